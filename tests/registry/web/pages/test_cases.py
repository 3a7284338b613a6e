from collections.abc import Iterator
from pathlib import Path

import pytest

from registry.home import Home
from tests.factories import browsing, shown
from tests.factories.browsing import Visitor

pytestmark = pytest.mark.xdist_group("shown")


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Home]:
    with shown.copied(shown.shared(), tmp_path / "home").open() as opened:
        yield opened


def test_the_queue_lists_open_cases_and_closed_ones_apart(home: Home) -> None:
    opened, closed = shown.ask(home, shown.FACE), shown.take_down(home, shown.PLAIN)
    visitor = Visitor(browsing.app_of(home), "rita")
    queue, decided = visitor.get("/cases").text, visitor.get("/cases?closed=yes").text
    assert opened.number in queue
    assert closed.number not in queue
    assert closed.number in decided
    assert opened.number not in decided


def test_an_empty_queue_says_so() -> None:
    assert "No case is open." in browsing.visitor("rita").get("/cases").text
    assert "No case is decided yet." in browsing.visitor("rita").get("/cases?closed=yes").text


def test_a_case_shows_words_and_names_but_no_picture(home: Home) -> None:
    receipt = shown.ask(home, shown.FACE)
    page = Visitor(browsing.app_of(home), "rita").get(f"/cases/{receipt.number}").text
    assert shown.FACE in page
    assert "<img" not in page
    assert "Place the hold" in page
    assert "(place a hold first)" in page


def test_whoever_may_only_confirm_sees_no_other_form(home: Home) -> None:
    receipt = shown.ask(home, shown.FACE)
    page = Visitor(browsing.app_of(home), "ben").get(f"/cases/{receipt.number}").text
    assert "Place the hold" not in page
    assert 'name="outcome"' not in page


@pytest.mark.parametrize("step", ["hold", "decide"])
def test_no_step_is_taken_without_a_reason(home: Home, step: str) -> None:
    receipt = shown.ask(home, shown.FACE)
    visitor = Visitor(browsing.app_of(home), "rita")
    answer = visitor.post(f"/cases/{receipt.number}/{step}", reason="  ", outcome="reject")
    assert answer.status_code == 422
    assert "needs a reason" in answer.text
    assert receipt.number in answer.text


def test_an_outcome_that_is_none_is_refused(home: Home) -> None:
    receipt = shown.ask(home, shown.FACE)
    visitor = Visitor(browsing.app_of(home), "rita")
    answer = visitor.post(f"/cases/{receipt.number}/decide", reason="because", outcome="maybe")
    assert answer.status_code == 422
    assert "upheld or rejected" in answer.text


def test_upholding_needs_a_hold_first(home: Home) -> None:
    receipt = shown.ask(home, shown.FACE)
    visitor = Visitor(browsing.app_of(home), "rita")
    answer = visitor.post(f"/cases/{receipt.number}/decide", reason="because", outcome="uphold")
    assert answer.status_code == 409
    assert "A request is upheld only while its images are held" in answer.text


def test_a_case_goes_through_four_eyes(home: Home) -> None:
    receipt = shown.ask(home, shown.FACE)
    app = browsing.app_of(home)
    reviewer, second = Visitor(app, "rita"), Visitor(app, "ben")
    url = f"/cases/{receipt.number}"
    assert reviewer.post(f"{url}/hold", reason="A child.").status_code == 303
    assert reviewer.post(f"{url}/decide", reason="Never agreed.", outcome="uphold").status_code == 303
    assert "rita decided that the request is upheld. Do you agree?" in second.get(url).text
    assert second.post(f"{url}/confirm", reason="No.", answer="disagree").status_code == 303
    assert "On hold" in second.get(url).text
    assert reviewer.post(f"{url}/decide", reason="Yes, really.", outcome="uphold").status_code == 303
    assert second.post(f"{url}/confirm", reason="I see.", answer="").status_code == 422
    assert second.post(f"{url}/confirm", reason="I see.", answer="agree").status_code == 303
    page = reviewer.get(url).text
    for words in ("Hold placed", "Sent back by a second person", "Confirmed by a second person", "Yes, really."):
        assert words in page


def test_who_decided_does_not_confirm(home: Home) -> None:
    shown.give_roles(home, "rita", "reviewer", "approver")
    receipt = shown.ask(home, shown.FACE)
    visitor = Visitor(browsing.app_of(home), "rita")
    url = f"/cases/{receipt.number}"
    visitor.post(f"{url}/hold", reason="A child.")
    visitor.post(f"{url}/decide", reason="Never agreed.", outcome="uphold")
    assert "somebody else has to agree" in visitor.get(url).text
    answer = visitor.post(f"{url}/confirm", reason="Me again.", answer="agree")
    assert answer.status_code == 409
    assert "somebody other than the person who made it" in answer.text


def test_a_case_that_does_not_exist_cannot_be_worked_on() -> None:
    assert browsing.visitor("rita").post("/cases/TD-2222-2222/hold", reason="because").status_code == 404


def test_an_image_that_the_search_did_not_find_is_added_with_a_reason(home: Home) -> None:
    receipt = shown.ask(home, "elsewhere/unknown.jpg")
    visitor = Visitor(browsing.app_of(home), "rita")
    url = f"/cases/{receipt.number}"
    assert "None was found in any variant." in visitor.get(url).text
    form = {"subject_kind": "path", "subject": shown.FACE, "reason": "It is the same picture, cropped."}
    assert visitor.post(f"{url}/images", **form).status_code == 303
    page = visitor.get(url).text
    assert shown.FACE in page
    assert "Place the hold" in page
    assert "It is the same picture, cropped." in page


@pytest.mark.parametrize(
    ("wrong", "status", "sentence"),
    [
        ({"subject": "no/such.jpg"}, 404, "No variant holds such an image."),
        ({"subject": ""}, 422, "Say which image."),
        ({"subject_kind": "sha256", "subject": "abc"}, 422, "64"),
        ({"reason": " "}, 422, "needs a reason"),
        ({"subject_kind": "smell"}, 422, "Choose how you name the image."),
    ],
)
def test_an_image_that_is_nowhere_or_without_a_reason_is_not_added(
    home: Home, wrong: dict[str, str], status: int, sentence: str
) -> None:
    receipt = shown.ask(home, "elsewhere/unknown.jpg")
    form = {"subject_kind": "path", "subject": shown.FACE, "reason": "because"} | wrong
    answer = Visitor(browsing.app_of(home), "rita").post(f"/cases/{receipt.number}/images", **form)
    assert answer.status_code == status
    assert sentence in answer.text


def test_what_is_taken_down_is_offered_to_nobody(home: Home) -> None:
    receipt = shown.take_down(home, shown.FACE)
    page = Visitor(browsing.app_of(home), "rita").get(f"/cases/{receipt.number}").text
    assert "Nobody is shown what is taken down." in page
    assert 'action="/originals"' not in page
