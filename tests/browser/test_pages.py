"""Every page in a real browser: nothing that it complains about, nothing from elsewhere, nothing cut off on a phone."""

from typing import Literal

import pytest
from playwright.sync_api import Browser, ViewportSize

from tests.factories import programs, shown
from tests.factories.browsers import Watched

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("shown")]

RELEASE = f"/releases/{shown.FIRST}"
PAGES = {
    None: [
        "/",
        f"/datasets/{shown.VARIANT}",
        RELEASE,
        f"{RELEASE}/datasheet",
        f"{RELEASE}/verify",
        "/policies/person-filtered-faces",
        "/policies/procedures",
        "/policies/procedures/release-approval@1",
        "/overlays",
        "/weights",
        "/takedowns",
        "/takedowns/status",
        "/revocations",
        "/log",
        "/sign-in",
    ],
    "ana": [
        f"/releases/{shown.SECOND}",
        f"{RELEASE}/pictures",
        f"{RELEASE}/pictures/one?path={shown.FACE}",
        f"/releases/{shown.SECOND}/diff?since=2026.1",
        f"{RELEASE}/faces",
        f"/datasets/{shown.VARIANT}/search?path=n0",
        f"/datasets/{shown.VARIANT}/statistics",
        f"{RELEASE}/reviews",
        "/exceptions",
        "/identify",
        "/occurrences",
        "/approvals",
        "/cases",
        "/account",
    ],
    "rita": [f"{RELEASE}/faces/one?path={shown.FACE}", f"{RELEASE}/reviews/one?path={shown.FACE}"],
    "mara": ["/policies/editor", "/overlays", "/policies/procedures"],
    "otto": ["/events"],
    "ada": ["/people"],
}
BARRIERS = """axe.run().then(found => found.violations.map(
    barrier => [barrier.id, barrier.help, barrier.nodes.map(node => node.html)]))"""
PHONE = ViewportSize(width=390, height=800)


@pytest.mark.parametrize("handle", PAGES)
def test_a_browser_has_nothing_to_complain_about_and_a_phone_shows_the_whole_width(
    browser: Browser, address: str, handle: str | None
) -> None:
    watched = Watched(browser, address)
    watched.page.set_viewport_size(PHONE)
    if handle:
        watched.sign_in(handle)
    for path in PAGES[handle]:
        watched.goto(path)
        assert watched.page.evaluate("document.documentElement.scrollWidth") == PHONE["width"], path
        broken = "[...document.images].filter(image => !image.complete || !image.naturalWidth).length"
        assert watched.page.evaluate(broken) == 0, path
    assert watched.complaints == []
    assert all(url.startswith(address) for url in watched.requested)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("handle", PAGES)
def test_a_program_that_looks_for_barriers_finds_none(
    browser: Browser, address: str, handle: str | None, scheme: Literal["light", "dark"]
) -> None:
    watched = Watched(browser, address)
    watched.page.emulate_media(color_scheme=scheme)
    if handle:
        watched.sign_in(handle)
    for path in PAGES[handle]:
        watched.goto(path)
        watched.page.evaluate(_axe())
        assert watched.page.evaluate(BARRIERS) == [], path


def _axe() -> str:
    """axe-core, the program that looks for them; it knows the WCAG 2 rules that a program can tell."""
    file = programs.ROOT / "tests" / "node" / "node_modules" / "axe-core" / "axe.min.js"
    if not file.is_file():
        programs.left_out("The packages of tests/node are not here (npm ci --prefix tests/node)")
    return file.read_text(encoding="utf-8")


def test_everything_is_reached_by_keyboard(browser: Browser, address: str) -> None:
    watched = Watched(browser, address)
    watched.goto("/takedowns")
    page = watched.page
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to the content"
    page.keyboard.press("Enter")
    reached = []
    for _ in range(12):
        page.keyboard.press("Tab")
        reached.append(page.evaluate("document.activeElement.name || document.activeElement.textContent"))
    assert [name for name in reached if name in {"subject_kind", "subject", "ground", "statement", "contact"}] == [
        "subject_kind",
        "subject",
        "ground",
        "statement",
        "contact",
    ]
    assert "Send the request" in reached
