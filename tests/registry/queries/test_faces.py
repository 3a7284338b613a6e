from dataclasses import replace

import pytest

from registry.catalogue.decided import Decided
from registry.catalogue.entries import FaceZone
from registry.errors import NotFoundError, WrongStateError
from registry.home import Home
from registry.models.faces import FaceStep, FaceVerdict
from registry.queries import faces
from registry.queries.faces import Review, Standing
from registry.services.faces import Step
from tests.factories import homes, reviews
from tests.factories.homes import ASTRONAUT, FIRST, GPS, PERSON, WAVES
from tests.factories.reviews import AGAIN, BLURRED, DOUBTFUL, SECOND_DOUBT

ACCEPT, REJECT, ADD, MOVE = FaceStep.ACCEPTED, FaceStep.REJECTED, FaceStep.ADDED, FaceStep.MOVED
NEW = (1, 2, 11, 12)


@pytest.fixture
def home(furnished_home: Home) -> Home:
    """A home with a release in which something is doubtful."""
    reviews.build(furnished_home)
    return furnished_home


def standing(home: Home) -> Standing:
    with home.reading() as session:
        return faces.standing(session, home.blobs, homes.release(home, FIRST))


def listed(home: Home, *, is_open: bool = True) -> list[str]:
    """The paths of the queue, read one page of one after the other."""
    paths: list[str] = []
    after = None
    while True:
        with home.reading() as session:
            page = faces.list_reviews(session, home.blobs, FIRST, is_open=is_open, after=after, limit=1)
        paths += [review.entry.source.path for review in page.items]
        after = page.next
        if after is None:
            return paths


def read(home: Home, path: str) -> Review:
    with home.reading() as session:
        return faces.read_review(session, home.blobs, FIRST, path)


def test_the_queue_is_what_was_doubtful_when_the_release_was_built(home: Home) -> None:
    assert listed(home) == [ASTRONAUT, GPS, WAVES]
    assert standing(home) == Standing(3, 3, 0)
    assert [one.box for one in read(home, GPS).asked] == [DOUBTFUL, SECOND_DOUBT]
    assert read(home, PERSON).asked == ()


def test_what_is_decided_leaves_the_queue_once_all_of_it_is(home: Home) -> None:
    reviews.decide(home, GPS, Step(REJECT, DOUBTFUL.place))
    assert (listed(home), standing(home)) == ([ASTRONAUT, GPS, WAVES], Standing(3, 3, 0))
    reviews.decide(home, GPS, Step(REJECT, SECOND_DOUBT.place))
    assert (listed(home), standing(home)) == ([ASTRONAUT, WAVES], Standing(3, 2, 0))
    assert listed(home, is_open=False) == [ASTRONAUT, GPS, WAVES]
    assert [one.verdict for one in read(home, GPS).asked] == [FaceVerdict.NO_FACE] * 2


def test_a_face_that_the_release_does_not_blur_is_unmet(home: Home) -> None:
    reviews.decide(home, WAVES, Step(ACCEPT, DOUBTFUL.place))
    assert standing(home) == Standing(3, 2, 1)
    reviews.decide(home, WAVES, Step(REJECT, DOUBTFUL.place))
    assert standing(home) == Standing(3, 2, 1)
    reviews.decide(home, WAVES, Step(REJECT, DOUBTFUL.place), who="ruth")
    assert standing(home) == Standing(3, 2, 0)


def test_a_face_that_is_blurred_already_is_met(home: Home) -> None:
    reviews.decide(home, ASTRONAUT, Step(ACCEPT, BLURRED.place), Step(REJECT, AGAIN.place))
    assert standing(home) == Standing(3, 2, 0)


def test_what_a_policy_keeps_with_its_faces_shows_them_on_purpose(home: Home) -> None:
    reviews.decide(home, ASTRONAUT, Step(ADD, NEW))
    entry = read(home, ASTRONAUT).entry
    kept = tuple(box._replace(zone=FaceZone.LEAVE) for box in entry.boxes)
    assert standing(home).unmet == 1
    assert not faces._is_unmet(replace(entry, boxes=kept), Decided((NEW,)))


def test_the_newest_word_about_a_place_counts_and_all_are_kept(home: Home) -> None:
    reviews.decide(home, GPS, Step(MOVE, DOUBTFUL.place, NEW))
    reviews.decide(home, GPS, Step(ACCEPT, DOUBTFUL.place))
    sha256 = read(home, GPS).entry.source.sha256 or ""
    with home.reading() as session:
        assert faces.decided(session, [sha256, "0" * 64]) == {sha256: Decided(faces=(NEW, DOUBTFUL.place))}
        assert faces.decided(session) == faces.decided(session, [sha256])
        told = faces.history(session, sha256)
    assert [(line.step, line.verdict, line.person) for line in told] == [
        (MOVE, FaceVerdict.NO_FACE, "rita"),
        (MOVE, FaceVerdict.FACE, "rita"),
        (ACCEPT, FaceVerdict.FACE, "rita"),
    ]


def test_a_second_look_is_settled_by_other_words_than_a_first(home: Home) -> None:
    reviews.decide(home, ASTRONAUT, Step(REJECT, AGAIN.place))
    assert [one.verdict for one in read(home, ASTRONAUT).asked] == [FaceVerdict.HIDDEN]


def test_a_blur_that_one_person_would_take_away_waits_for_a_second_one(home: Home) -> None:
    def proposed(after: str | None = None) -> list[str]:
        with home.reading() as session:
            page = faces.list_proposed(session, home.blobs, FIRST, after=after)
        return [review.entry.source.path for review in page.items]

    assert proposed() == []
    reviews.decide(home, GPS, Step(REJECT, DOUBTFUL.place))
    reviews.decide(home, ASTRONAUT, Step(REJECT, BLURRED.place))
    assert (proposed(), proposed(after=ASTRONAUT), standing(home).proposed) == ([ASTRONAUT], [], 1)
    assert read(home, ASTRONAUT).proposed == (BLURRED,)
    sha256 = read(home, ASTRONAUT).entry.source.sha256 or ""
    with home.reading() as session:
        assert faces.decided(session, [sha256]) == {sha256: Decided(proposed=(BLURRED.place,))}
        assert list(faces.proposals(session, sha256)) == [BLURRED.place]
    reviews.decide(home, ASTRONAUT, Step(REJECT, BLURRED.place), who="ruth")
    assert (proposed(), standing(home).proposed) == ([], 0)
    with home.reading() as session:
        assert faces.decided(session, [sha256]) == {sha256: Decided(left=(BLURRED.place,))}


def test_what_is_not_built_or_not_there_has_no_queue(furnished_home: Home) -> None:
    label = homes.plan(furnished_home)
    with furnished_home.reading() as session:
        with pytest.raises(WrongStateError):
            faces.list_reviews(session, furnished_home.blobs, label)
        with pytest.raises(NotFoundError):
            faces.list_reviews(session, furnished_home.blobs, f"{homes.VARIANT}/1999.1")
        assert faces.known_of(session, homes.release(furnished_home, label).id) is None
