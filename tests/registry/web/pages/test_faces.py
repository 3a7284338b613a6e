from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from registry.home import Home
from registry.models.faces import FaceStep, FaceVerdict
from registry.queries import faces
from registry.services.faces import Step
from tests.factories import browsing, homes, reviews, shown
from tests.factories.browsing import Visitor
from tests.factories.homes import ASTRONAUT, FIRST, GPS, PERSON, TWINS, WAVES, Stage, Stock
from tests.factories.reviews import AGAIN, BLURRED, DOUBTFUL, REASON, SECOND_DOUBT

PAGE = f"/releases/{FIRST}/faces"
Fields = dict[str, str | list[str]]

BOX, OTHER = (",".join(map(str, box.place)) for box in (DOUBTFUL, SECOND_DOUBT))


@pytest.fixture
def home(sqlite_stock: Stock, tmp_path: Path) -> Iterator[Home]:
    """A home with a release in which something is doubtful."""
    with sqlite_stock.opened(Stage.FURNISHED, tmp_path / "home") as opened:
        reviews.build(opened)
        yield opened


@pytest.fixture
def app(home: Home) -> Flask:
    return browsing.app_of(home)


@pytest.fixture
def rita(app: Flask) -> Visitor:
    return Visitor(app, "rita")


def said(home: Home, path: str) -> list[FaceVerdict | None]:
    """What is decided about the boxes of a picture."""
    with home.reading() as session:
        return [one.verdict for one in faces.read_review(session, home.blobs, FIRST, path).asked]


def test_the_queue_shows_previews_with_outlines_and_says_what_stands_in_the_way(rita: Visitor) -> None:
    page = rita.get(PAGE).text
    assert "3 of 3 doubtful pictures wait" in page
    assert "3 pictures wait for somebody to decide what is a face; the policy signs with 0 at most." in page
    assert page.count('class="asked-box"') == 4
    assert f"pictures/preview?path={GPS}" in page
    assert "pictures/file" not in page
    assert rita.get(f"{PAGE}?all=1").text.count('class="plate"') == 3


def test_a_picture_is_shown_with_everything_hidden_that_may_be_a_face(rita: Visitor) -> None:
    page = rita.get(f"{PAGE}/one?path={ASTRONAUT}").text
    assert f"pictures/preview?path={ASTRONAUT}" in page
    assert "originals/" not in page
    assert "still seen in the blurred picture" in page
    assert page.count('class="quiet-box"') == 1
    assert '<form method="post" action="/originals">' in page


def test_a_score_is_that_of_whoever_saw_something(rita: Visitor) -> None:
    page = rita.get(f"{PAGE}/one?path={GPS}").text
    assert "(score 0.04)" in page
    assert "(score 0.35, of one look alone)" in page
    page = rita.get(f"{PAGE}/one?path={WAVES}").text
    assert "(score under 0.01)" in page
    pictures = [rita.get(f"/releases/{FIRST}/pictures/one?path={path}").text for path in (GPS, WAVES)]
    assert ">0.35<" in pictures[0]
    assert ">one-look<" in pictures[0]
    assert ">under 0.01<" in pictures[1]
    assert "0.00" not in page


def test_answers_are_recorded_and_the_next_picture_that_waits_is_shown(home: Home, rita: Visitor) -> None:
    fields: Fields = {"path": GPS, "place": [BOX, OTHER], "answer-0": "face", "answer-1": "none", "reason": REASON}
    answer = rita.post(f"{PAGE}/one", **fields)
    assert (answer.status_code, answer.headers["Location"]) == (303, f"{PAGE}/one?path={WAVES}")
    assert said(home, GPS) == [FaceVerdict.FACE, FaceVerdict.NO_FACE]
    assert f"Recorded, about {GPS}." in rita.get(f"{PAGE}/one?path={WAVES}").text
    last = {"path": WAVES, "place": BOX, "answer-0": "moved", "to-0": "1 2 11, 12", "add-2": "20,20,30,30"}
    answer = rita.post(f"{PAGE}/one", **last, reason=REASON)
    assert answer.headers["Location"] == PAGE
    page = rita.get(f"{PAGE}/one?path={WAVES}").text
    assert "moved: no-face" in page
    assert "added: face" in page
    assert "1 of 3 doubtful pictures wait" in rita.get(PAGE).text


def test_what_was_blurred_can_be_called_no_face(home: Home, rita: Visitor) -> None:
    places = [",".join(map(str, box.place)) for box in (AGAIN, BLURRED)]
    fields: Fields = {"path": ASTRONAUT, "place": places, "answer-0": "none", "answer-1": "none"}
    assert rita.post(f"{PAGE}/one", **fields, reason=REASON).status_code == 303
    assert said(home, ASTRONAUT) == [FaceVerdict.HIDDEN]
    page = rita.get(f"{PAGE}/one?path={ASTRONAUT}").text
    assert "rejected: no-face" in page
    assert "until a second person says the same" in page
    assert "You proposed to take the blur away" in page
    assert 'value="none" disabled' in page


def test_a_second_person_finds_what_the_first_proposed_and_agrees(app: Flask, rita: Visitor) -> None:
    ruth = Visitor(app, "ruth")
    empty = ruth.get(f"{PAGE}?proposed=1").text
    assert "Nobody has proposed to take a blur away." in empty
    fields: Fields = {"path": ASTRONAUT, "place": ",".join(map(str, BLURRED.place)), "answer-0": "none"}
    rita.post(f"{PAGE}/one", **fields, reason=REASON)
    again = rita.post(f"{PAGE}/one", **fields, reason=REASON)
    assert (again.status_code, "somebody else has to agree" in again.text) == (403, True)
    queue = ruth.get(f"{PAGE}?proposed=1").text
    assert "For a second person 1" in queue
    assert "one person would not blur it" in queue
    page = ruth.get(f"{PAGE}/one?path={ASTRONAUT}").text
    assert "rita proposed to take the blur away" in page
    assert page.count('class="asked-box"') == 2
    assert "2: blurred, at" in page
    assert "I agree, take the blur away" in page
    assert ruth.post(f"{PAGE}/one", **fields, reason=REASON).status_code == 303
    assert "For a second person 0" in ruth.get(PAGE).text
    assert "proposed to take the blur away" not in ruth.get(f"{PAGE}/one?path={ASTRONAUT}").text


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"reason": REASON}, "Say what is to be done with at least one box."),
        ({"place": BOX, "answer-0": "face"}, "A decision needs a reason"),
        ({"place": BOX, "answer-0": "perhaps", "reason": REASON}, "Choose what the box shows."),
        ({"place": BOX, "answer-0": "moved", "reason": REASON}, "A box is four whole numbers"),
        ({"place": "a", "answer-0": "face", "reason": REASON}, "A box is four whole numbers"),
        ({"add-1": "0,0,999,5", "reason": REASON}, "not one inside this picture"),
    ],
)
def test_a_form_that_makes_no_sense_comes_back_with_what_was_typed(
    home: Home, rita: Visitor, fields: Fields, sentence: str
) -> None:
    answer = rita.post(f"{PAGE}/one", path=GPS, **fields)
    assert answer.status_code == 422
    assert sentence in answer.text
    assert all(str(value) in answer.text for name, value in fields.items() if name in {"reason", "add-1"})
    assert said(home, GPS) == [None, None]


def test_a_form_without_a_picture_is_refused(rita: Visitor) -> None:
    assert rita.post(f"{PAGE}/one", reason=REASON).status_code == 422
    assert rita.post(f"{PAGE}/one", path="no/such.jpg", reason=REASON).status_code == 404


def test_a_picture_without_a_doubt_is_shown_small_and_can_get_a_box(rita: Visitor) -> None:
    page = rita.get(f"{PAGE}/one?path={TWINS[0]}").text
    assert f"pictures/preview?path={TWINS[0]}" in page
    assert "pictures/file" not in page
    fields = {"path": TWINS[0], "add-1": "1,1,9,9", "reason": REASON}
    assert rita.post(f"{PAGE}/one", **fields).status_code == 303
    assert "added: face" in rita.get(f"{PAGE}/one?path={TWINS[1]}").text


def test_what_is_excluded_held_or_taken_down_is_not_shown(home: Home, rita: Visitor) -> None:
    assert "This image is not in the release." in rita.get(f"{PAGE}/one?path={PERSON}").text
    shown.hold(home, GPS)
    assert "it is not shown" in rita.get(f"{PAGE}/one?path={GPS}").text
    assert "on hold or taken down" in rita.get(PAGE).text


def test_who_may_not_decide_gets_no_form(app: Flask) -> None:
    mara = Visitor(app, "mara")
    assert "What is it?" not in mara.get(f"{PAGE}/one?path={GPS}").text
    assert mara.post(f"{PAGE}/one", path=GPS, place=BOX, reason=REASON).status_code == 403


def test_a_release_that_is_not_built_has_no_queue(home: Home, rita: Visitor) -> None:
    label = homes.plan(home)
    assert rita.get(f"/releases/{label}/faces").status_code == 409


def test_the_page_of_a_release_counts_what_waits_and_a_plan_what_is_decided(home: Home, rita: Visitor) -> None:
    page = rita.get(f"/releases/{FIRST}").text
    assert "3 of 3 doubtful pictures wait for somebody to decide." in page
    assert "The policy signs with 0 at most." in page
    assert "3 pictures wait for somebody to decide what is a face" in page
    reviews.decide(home, GPS, Step(FaceStep.ACCEPTED, DOUBTFUL.place))
    reviews.decide(home, WAVES, Step(FaceStep.REJECTED, DOUBTFUL.place))
    planned = rita.get(f"/releases/{homes.plan(home, policy=homes.FACES)}").text
    assert "decided about faces in 1 image of this import" in planned
    assert "signs with 0 pictures at most that wait" in planned
    assert "decided about faces" in rita.get(f"/releases/{homes.plan(home)}").text


def test_the_page_of_a_picture_proves_what_became_of_its_faces(app: Flask, rita: Visitor) -> None:
    url = f"/releases/{FIRST}/pictures/one?path="
    page = rita.get(url + ASTRONAUT).text
    assert "centerface on cpu" in page
    assert "Looked at again by" in page
    assert "sha256:" + "1" * 64 in page
    assert "7, of any value far from every face" in page
    assert page.count("second-look") == 1
    assert "Decide what is a face" in page
    assert "What was decided about them" in Visitor(app, "mara").get(url + GPS).text
    assert "Looked at by" not in rita.get(url + TWINS[0]).text
