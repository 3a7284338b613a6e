"""Somebody writes a policy in a real browser: what it would do follows the keys, and nothing written is lost."""

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from tests.factories import shown
from tests.factories.browsers import Watched

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("shown")]

URL = f"/policies/editor?variant={shown.VARIANT}"
TYPED = "frobnicate: true\n"


@pytest.fixture
def watched(browser: Browser, address: str) -> Watched:
    watched = Watched(browser, address)
    watched.sign_in("mara")
    watched.goto(URL)
    return watched


def type_at_the_start(page: Page, text: str) -> None:
    page.get_by_label("The policy").focus()
    page.keyboard.press("Control+Home")
    page.keyboard.type(text)


def test_a_fault_stands_beside_its_line_while_somebody_types_and_goes_when_it_is_mended(watched: Watched) -> None:
    page = watched.page
    page.get_by_role("heading", name="What person-filtered-faces@1 would do").wait_for()
    type_at_the_start(page, TYPED)
    page.locator(".note").wait_for()
    assert page.locator("#faults [data-line]").first.get_attribute("data-line") == "1"
    assert "old" in (page.locator("#effect").get_attribute("class") or "")
    page.get_by_role("button", name="Line 1", exact=True).press("Enter")
    assert page.evaluate("document.activeElement.id") == "document"
    for _ in range(2):
        page.keyboard.press("Delete")
    page.locator(".note").wait_for(state="detached")
    page.locator("#effect:not(.old)").wait_for()
    assert watched.complaints == []
    assert all(url.startswith(watched.address) for url in watched.requested)


def test_the_answer_to_an_older_document_is_never_shown(watched: Watched) -> None:
    page = watched.page
    page.get_by_role("heading", name="What person-filtered-faces@1 would do").wait_for()
    waiting: list[Route] = []
    page.route("**/effect", lambda route: waiting.append(route) if not waiting else route.continue_())
    type_at_the_start(page, TYPED)
    page.get_by_text("Looking …").wait_for()
    page.get_by_label("The policy").fill(page.get_by_label("The policy").input_value().replace(TYPED, "# mended\n"))
    page.locator("#effect:not(.old)").wait_for()
    expect(page.locator("#state")).to_have_text("", timeout=30_000)
    for route in waiting:
        route.abort()
    assert page.locator("#faults [data-line]").count() == 0


def test_what_was_written_is_still_there_when_nobody_answers(watched: Watched) -> None:
    page = watched.page
    page.get_by_role("heading", name="What person-filtered-faces@1 would do").wait_for()
    page.route("**/effect", lambda route: route.abort())
    type_at_the_start(page, "# mine\n")
    page.get_by_text("What you wrote is still here.").wait_for()
    assert page.get_by_label("The policy").input_value().startswith("# mine\n")


def test_without_a_script_the_form_is_sent_and_comes_back(browser: Browser, address: str) -> None:
    watched = Watched(browser, address)
    watched.sign_in("mara")
    cookies = watched.page.context.cookies()
    context = browser.new_context(java_script_enabled=False)
    context.add_cookies(cookies)  # type: ignore[arg-type]  # what a browser gives it takes
    page = context.new_page()
    page.goto(address + URL)
    page.get_by_label("The policy").fill("name: [")
    page.get_by_role("button", name="Preview").click()
    page.get_by_text("This document cannot be run as it is written.").wait_for()
    assert page.get_by_label("The policy").input_value() == "name: [\n"
