"""The page of procedures: anybody reads which is in force, one person proposes, another agrees."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from registry.home import Home
from tests.factories import browsing, shown
from tests.factories import procedures as made
from tests.factories.browsing import Visitor
from tests.factories.procedures import QUICK, SHIPPED_APPROVAL, THREE

pytestmark = pytest.mark.xdist_group("shown")

INDEX = "/policies/procedures"


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Home]:
    with shown.copied(shown.shared(), tmp_path / "home").open() as opened:
        yield opened


def test_anybody_reads_what_is_in_force_and_what_it_says() -> None:
    stranger = browsing.visitor()
    page = stranger.get(INDEX).text
    assert page.count("in force</span>") == 2
    assert "1 release on its way was planned under the one that is in force now" in page
    approval = stranger.get(f"{INDEX}/release-approval@1").text
    assert "Three people approve a release that lifts exclusions." in approval
    assert "3 approvers and 1 reviewer" in approval
    assert SHIPPED_APPROVAL in approval
    takedowns = stranger.get(f"{INDEX}/takedowns-dmca-gdpr-dsa").text
    assert "48 hours" in takedowns
    assert "10 business days" in takedowns
    assert stranger.get(f"{INDEX}/none").status_code == 404


def test_the_document_is_the_very_bytes(home: Home) -> None:
    made.publish(home, THREE)
    answer = Visitor(browsing.app_of(home)).get(f"{INDEX}/ours/document")
    assert answer.get_data() == THREE
    assert "ours@1.yaml" in answer.headers["Content-Disposition"]


def proposed(home: Home, visitor: Visitor, begins: str = "") -> str:
    """The path of the proposal that the visitor makes by the form."""
    made.publish(home, QUICK)
    assert "<option>our-clocks@1</option>" in visitor.get(INDEX).text
    answer = visitor.post(f"{INDEX}/propose", name="our-clocks@1", begins=begins, reason="Thirty days are long.")
    assert answer.status_code == 303
    found = re.search(rf"{INDEX}/changes/[0-9a-f-]+", visitor.get(INDEX).text)
    assert found is not None
    return found[0]


def test_one_proposes_and_sees_the_difference_and_another_puts_it_in_force(home: Home) -> None:
    app = browsing.app_of(home)
    rita, ben = Visitor(app, "rita"), Visitor(app, "ben")
    change = proposed(home, rita)
    page = ben.get(INDEX).text
    assert "rita proposed it" in page
    assert "+    clock: {days: 10}" in page
    answer = ben.post(f"{change}/settle", answer="agree", reason="They are.")
    assert answer.status_code == 303
    page = ben.get(INDEX).text
    assert "confirmed by ben" in page
    assert "waits for a second person" not in page
    assert "in force</span>" in ben.get(f"{INDEX}/our-clocks@1").text


def test_the_second_person_may_refuse_and_the_first_take_it_back(home: Home) -> None:
    app = browsing.app_of(home)
    rita, ben = Visitor(app, "rita"), Visitor(app, "ben")
    change = proposed(home, rita, "2999-01-01")
    assert "Take my proposal back" in rita.get(INDEX).text
    assert "to be in force from" in rita.get(INDEX).text
    assert rita.post(f"{change}/take-back", reason="I was wrong.").status_code == 303
    change = proposed(home, rita)
    assert ben.post(f"{change}/settle", answer="disagree", reason="Leave it.").status_code == 303
    assert "refused by ben" in rita.get(INDEX).text
    assert "not in force" in rita.get(INDEX).text


@pytest.mark.parametrize(
    ("path", "fields", "status"),
    [
        ("propose", {"name": "none", "reason": "Why not."}, 404),
        ("propose", {"name": "our-clocks@1"}, 422),
        ("propose", {"name": "our-clocks@1", "reason": "Why.", "begins": "tomorrow"}, 422),
        ("propose", {"name": "our-clocks@1", "reason": "Why.", "begins": "2001-01-01"}, 422),
        ("changes/00000000-0000-0000-0000-000000000000/take-back", {"reason": "Why."}, 403),
    ],
)
def test_a_form_that_says_too_little_is_refused(home: Home, path: str, fields: dict[str, str], status: int) -> None:
    made.publish(home, QUICK)
    assert Visitor(browsing.app_of(home), "mara").post(f"{INDEX}/{path}", **fields).status_code == status


def test_an_answer_is_agree_or_disagree_and_nobody_agrees_with_themselves(home: Home) -> None:
    shown.give_roles(home, "rita", "reviewer", "approver")
    rita = Visitor(browsing.app_of(home), "rita")
    change = proposed(home, rita)
    assert rita.post(f"{change}/settle", answer="perhaps", reason="Why.").status_code == 422
    assert rita.post(f"{change}/settle", answer="agree", reason="I do.").status_code == 403


def test_a_release_and_a_case_say_under_which_procedure_they_run(home: Home) -> None:
    receipt = shown.ask(home, shown.FACE)
    visitor = Visitor(browsing.app_of(home), "rita")
    assert f'href="{INDEX}/release-approval@1"' in visitor.get(f"/releases/{shown.SECOND}").text
    assert f'href="{INDEX}/takedowns-dmca-gdpr-dsa@1"' in visitor.get(f"/cases/{receipt.number}").text
