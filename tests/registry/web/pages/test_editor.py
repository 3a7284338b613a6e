import pytest

from policies import shipped
from registry.access import Permission
from registry.web.pages import editor
from tests.factories import browsing, policies, shown

pytestmark = pytest.mark.xdist_group("shown")

URL = "/policies/editor"
VARIANT = shown.FIRST.rpartition("/")[0]


def previewed(document: str, **fields: str) -> str:
    return browsing.visitor("mara").post(URL, document=document, variant=VARIANT, **fields).text


def test_the_form_begins_with_a_shipped_policy() -> None:
    page = browsing.visitor("mara").get(URL).text
    assert "person-classes" in page
    assert f"<option>{VARIANT}</option>" in page
    assert editor.EXAMPLE in shipped.names()


def test_a_preview_shows_counts_classes_and_a_picture() -> None:
    page = previewed(shipped.read("person-filtered-faces").decode().replace("\n", "\r\n"), floor="3")
    assert "What person-filtered-faces@1 would do" in page
    assert "<svg" in page
    assert "Nothing is left of" in page
    assert "May fall below 3" in page


def test_a_faulty_document_is_answered_with_its_line_and_stays_in_the_form() -> None:
    faulty = policies.text(policies.document(strategy="best")).decode()
    page = previewed(faulty, floor="many")
    assert "is not a possible `strategy`" in page
    assert "test-policy" in page
    assert "What test-policy" not in page


def test_only_who_may_plan_tries_policies() -> None:
    assert Permission.RELEASE_PLAN.value == "release.plan"
    assert browsing.visitor("ana").get(URL).status_code == 403
