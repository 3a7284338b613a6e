from pathlib import Path

import pytest

from tests.factories import browsing, shown

pytestmark = pytest.mark.xdist_group("shown")


def test_events_stand_newest_first_with_actor_subject_and_facts() -> None:
    page = browsing.visitor("otto").get("/events?event=release.published").text
    row = page.partition("<tbody>")[2]
    assert row.count("<tr>") == 1
    assert shown.FIRST in row
    assert "mara" in row


def test_events_are_found_by_actor_and_by_subject() -> None:
    visitor = browsing.visitor("otto")
    by_actor = visitor.get("/events?actor=mo").text.partition("<tbody>")[2]
    assert "release.signing-asked" in by_actor
    assert "release.planned" not in by_actor
    by_subject = visitor.get(f"/events?subject={shown.FIRST}").text.partition("<tbody>")[2]
    assert "release.planned" in by_subject
    assert "person.added" not in by_subject


def test_an_event_that_never_happened_is_not_there() -> None:
    assert "No such event." in browsing.visitor("otto").get("/events?actor=nobody").text


def test_a_list_is_shown_as_words(tmp_path: Path) -> None:
    with browsing.own_app(tmp_path) as app:
        ada = browsing.Visitor(app, "ada")
        ada.post("/people", handle="zoe", display_name="Zoe", role=["reviewer", "auditor"])
        page = ada.get("/events?event=person.added&subject=zoe").text
    assert "auditor, reviewer</span>" in page
