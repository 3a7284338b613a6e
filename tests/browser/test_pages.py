"""Every page in a real browser: nothing that it complains about, nothing from elsewhere, nothing cut off on a phone."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, ViewportSize

from tests.factories import browsers, browsing, shown
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
        "/approvals",
        "/cases",
        "/account",
    ],
    "otto": ["/events"],
    "ada": ["/people"],
}
PHONE = ViewportSize(width=390, height=800)


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with browsers.served(browsing.shared_app()) as served:
        yield served


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with browsers.browser() as opened:
        yield opened


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
