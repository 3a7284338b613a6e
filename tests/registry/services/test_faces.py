import pytest
from sqlmodel import select

from registry.errors import ForbiddenError, InvalidInputError, NotFoundError
from registry.home import Home
from registry.models.faces import FaceDecision, FaceStep, FaceVerdict
from registry.queries import faces as queries
from registry.services import faces
from registry.services.faces import Step
from tests.factories import homes, reviews, shown
from tests.factories.homes import ASTRONAUT, FIRST, GPS, PERSON, TWINS, WAVES
from tests.factories.reviews import AGAIN, BLURRED, DOUBTFUL, REASON, SECOND_DOUBT

ACCEPT, REJECT, ADD, MOVE = FaceStep.ACCEPTED, FaceStep.REJECTED, FaceStep.ADDED, FaceStep.MOVED
NEW = (1, 2, 11, 12)


@pytest.fixture
def home(furnished_home: Home) -> Home:
    """A home with a release in which something is doubtful."""
    reviews.build(furnished_home)
    return furnished_home


def rows(home: Home) -> list[tuple[FaceStep, FaceVerdict, tuple[int, int, int, int]]]:
    """What was written down, in order."""
    with home.reading() as session:
        found = session.exec(select(FaceDecision).order_by(FaceDecision.id))  # type: ignore[arg-type]
        return [(row.step, row.verdict, queries.place_of(row)) for row in found]


def refused(home: Home, *steps: Step, path: str = GPS, reason: str = REASON, who: str = "rita") -> str:
    """The sentence of the refusal of a decision."""
    with pytest.raises((InvalidInputError, NotFoundError, ForbiddenError)) as caught, homes.act(home, who) as act:
        faces.decide(act, home.blobs, FIRST, path, steps, reason)
    return caught.value.sentence


def test_what_a_reviewer_says_about_boxes_is_on_record(home: Home) -> None:
    reviews.decide(home, GPS, Step(ACCEPT, DOUBTFUL.place), Step(REJECT, SECOND_DOUBT.place), Step(ADD, NEW))
    assert rows(home) == [
        (ACCEPT, FaceVerdict.FACE, DOUBTFUL.place),
        (REJECT, FaceVerdict.NO_FACE, SECOND_DOUBT.place),
        (ADD, FaceVerdict.FACE, NEW),
    ]
    event = homes.events(home)[-1]
    assert (event.event, event.actor_name, event.subject_kind) == ("faces.decided", "rita", "image")
    assert event.facts == {"release": FIRST, "path": GPS, "accepted": 1, "rejected": 1, "added": 1, "moved": 0}


def test_a_box_that_moves_is_no_face_where_it_was_and_one_where_it_is(home: Home) -> None:
    reviews.decide(home, GPS, Step(MOVE, DOUBTFUL.place, NEW))
    assert rows(home) == [(MOVE, FaceVerdict.NO_FACE, DOUBTFUL.place), (MOVE, FaceVerdict.FACE, NEW)]


def test_rejecting_what_a_second_look_found_takes_no_blur_away(home: Home) -> None:
    reviews.decide(home, ASTRONAUT, Step(REJECT, AGAIN.place))
    assert rows(home) == [(REJECT, FaceVerdict.HIDDEN, AGAIN.place)]


def test_rejecting_what_was_blurred_says_that_it_is_no_face(home: Home) -> None:
    reviews.decide(home, ASTRONAUT, Step(REJECT, BLURRED.place))
    assert rows(home) == [(REJECT, FaceVerdict.NO_FACE, BLURRED.place)]


def test_nobody_agrees_with_themselves(home: Home) -> None:
    reviews.decide(home, ASTRONAUT, Step(REJECT, BLURRED.place))
    assert "somebody else has to agree" in refused(home, Step(REJECT, BLURRED.place), path=ASTRONAUT)
    assert "somebody else has to agree" in refused(home, Step(MOVE, BLURRED.place, NEW), path=ASTRONAUT)
    assert len(rows(home)) == 1
    reviews.decide(home, ASTRONAUT, Step(ACCEPT, BLURRED.place))
    reviews.decide(home, ASTRONAUT, Step(REJECT, BLURRED.place))
    assert len(rows(home)) == 3


def test_a_decision_says_how_much_of_it_waits_for_a_second_person(home: Home) -> None:
    def decided(who: str, *steps: Step) -> int:
        with homes.act(home, who) as act:
            return faces.decide(act, home.blobs, FIRST, ASTRONAUT, steps, REASON)

    assert decided("rita", Step(ADD, NEW), Step(REJECT, AGAIN.place)) == 0
    assert decided("rita", Step(REJECT, BLURRED.place), Step(REJECT, NEW)) == 2
    assert decided("ruth", Step(REJECT, BLURRED.place), Step(ACCEPT, NEW)) == 0


def test_what_was_added_can_be_rejected_again(home: Home) -> None:
    reviews.decide(home, WAVES, Step(ADD, NEW))
    reviews.decide(home, WAVES, Step(REJECT, NEW))
    assert [verdict for _, verdict, _ in rows(home)] == [FaceVerdict.FACE, FaceVerdict.NO_FACE]


@pytest.mark.parametrize(
    ("steps", "sentence"),
    [
        ((), "at least one box"),
        ((Step(ACCEPT, NEW),), "There is no box at 1,2,11,12"),
        ((Step(ADD, (0, 0, 0, 5)),), "not one inside this picture of 64 by 48"),
        ((Step(ADD, (0, 0, 65, 5)),), "not one inside this picture"),
        ((Step(ADD, (-1, 0, 5, 5)),), "not one inside this picture"),
        ((Step(MOVE, DOUBTFUL.place, (0, 0, 5, 49)),), "not one inside this picture"),
        ((Step(MOVE, DOUBTFUL.place),), "where the box at 5,6,25,26 is moved to"),
        ((Step(ACCEPT, DOUBTFUL.place), Step(REJECT, DOUBTFUL.place)), "Two decisions"),
        ((Step(MOVE, DOUBTFUL.place, NEW), Step(ADD, NEW)), "Two decisions"),
    ],
)
def test_a_step_that_makes_no_sense_is_refused_and_nothing_is_recorded(
    home: Home, steps: tuple[Step, ...], sentence: str
) -> None:
    assert sentence in refused(home, *steps)
    assert rows(home) == []


@pytest.mark.parametrize("reason", ["", "  ", "x" * 2001])
def test_a_decision_needs_a_reason(home: Home, reason: str) -> None:
    assert "needs a reason" in refused(home, Step(ACCEPT, DOUBTFUL.place), reason=reason)


def test_what_is_in_no_release_is_not_decided_about(home: Home) -> None:
    assert "does not hand out" in refused(home, Step(ACCEPT, DOUBTFUL.place), path=PERSON)
    assert "no image with this path" in refused(home, Step(ACCEPT, DOUBTFUL.place), path="no/such.jpg")


def test_what_is_taken_down_is_not_decided_about(home: Home) -> None:
    shown.take_down(home, GPS)
    assert "taken down" in refused(home, Step(ACCEPT, DOUBTFUL.place))


@pytest.mark.parametrize("who", ["mara", "ana", "ada"])
def test_only_reviewers_decide(home: Home, who: str) -> None:
    assert "faces.decide" in refused(home, Step(ACCEPT, DOUBTFUL.place), who=who)


def test_equal_bytes_under_two_names_are_one_image(home: Home) -> None:
    reviews.decide(home, TWINS[0], Step(ADD, NEW))
    with home.reading() as session:
        other = queries.read_review(session, home.blobs, FIRST, TWINS[1])
        said = queries.decided(session, [other.entry.source.sha256 or ""])
    assert [decided.faces for decided in said.values()] == [(NEW,)]
