import re
from pathlib import Path

import pytest

from policies import shipped
from registry.access import Permission
from registry.models.people import PersonRole, Role
from registry.web.pages import editor
from tests.factories import browsing, homes, policies, rows, shown

pytestmark = pytest.mark.xdist_group("shown")

URL = "/policies/editor"
VARIANT = shown.FIRST.rpartition("/")[0]
PERSON_FILTERED = shipped.read("person-filtered-faces").decode()
FAULTY = policies.text(policies.document(strategy="best")).decode()


def previewed(document: str, part: str = "", **fields: str) -> str:
    return browsing.visitor("mara").post(f"{URL}{part}", document=document, variant=VARIANT, **fields).text


def test_the_form_begins_with_a_shipped_policy() -> None:
    page = browsing.visitor("mara").get(URL).text
    assert "person-classes" in page
    assert f"<option>{VARIANT}</option>" in page
    assert editor.EXAMPLE in shipped.names()


def test_a_preview_shows_counts_classes_and_a_picture() -> None:
    page = previewed(PERSON_FILTERED.replace("\n", "\r\n"), floor="3")
    assert "What person-filtered-faces@1 would do" in page
    assert "<svg" in page
    assert "Nothing is left of" in page
    assert "May fall below 3" in page


def test_a_faulty_document_is_answered_with_its_line_and_stays_in_the_form_to_the_letter() -> None:
    page = previewed(f"\n  # so it began\n{FAULTY}", floor="many")
    assert "is not a possible `strategy`" in page
    assert "<b>Line 3</b>" in page
    assert ">\n\n  # so it began\n{&#39;format" in page
    assert "What test-policy" not in page


def test_an_answer_in_parts_is_that_of_the_page() -> None:
    effect, beyond = (previewed(PERSON_FILTERED, part) for part in ("/effect", "/beyond"))
    page = previewed(PERSON_FILTERED)
    assert "What person-filtered-faces@1 would do" in effect
    assert "<html" not in effect + beyond
    assert "Whom else it concerns" not in effect
    assert ("Whom else it concerns" in page) is ("Whom else it concerns" in beyond)


def test_a_part_answers_a_faulty_document_with_its_lines() -> None:
    answer = browsing.visitor("mara").post(f"{URL}/effect", document=FAULTY, variant=VARIANT)
    assert answer.status_code == 200
    assert re.findall(r'data-line="(\d+)"', answer.text) == ["1"]
    assert previewed(FAULTY, "/beyond").strip() == ""


def test_a_variant_that_is_not_there_is_no_fault_of_a_line() -> None:
    page = browsing.visitor("mara").post(URL, document=PERSON_FILTERED, variant="sample/none").text
    assert "There is no variant sample/none" in page
    assert "data-line" not in page


def test_no_picture_is_shown_and_only_who_may_is_offered_to_ask_for_one() -> None:
    page = previewed(PERSON_FILTERED)
    assert shown.PERSON in page
    assert "<img" not in page
    assert "Show the original" not in page
    assert "A reviewer or an approver may ask for an original" in page


def test_who_may_reveal_can_ask_for_the_original_beside_the_page(tmp_path: Path) -> None:
    with shown.copied(shown.shared(), tmp_path / "home").open() as home:
        with home.sessions() as session:
            session.add(PersonRole(person_id=rows.mara(session), role=Role.REVIEWER))
            session.commit()
        mara = browsing.Visitor(browsing.app_of(home), "mara")
        page = mara.post(f"{URL}/effect", document=PERSON_FILTERED, variant=VARIANT).text
        assert "Show the original" in page
        assert 'target="_blank"' in page
        assert "<img" not in page
        asked = mara.post("/originals", place=VARIANT, path=shown.PERSON)
        assert asked.status_code == 303
        assert homes.events(home)[-1].event == "image.revealed"


def test_a_document_in_an_old_form_is_given_back() -> None:
    client = browsing.visitor("mara").client
    answer = client.post(URL, data={"document": PERSON_FILTERED}, headers={"Accept": browsing.HTML})
    assert answer.status_code == 400
    assert "What you wrote, to copy" in answer.text
    assert "person-classes" in answer.text


def test_only_who_may_plan_tries_policies() -> None:
    assert Permission.RELEASE_PLAN.value == "release.plan"
    assert browsing.visitor("ana").get(URL).status_code == 403
