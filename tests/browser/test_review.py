"""A release with something doubtful is reviewed by keyboard alone; the next build obeys, and is signed."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from registry.catalogue import manifests
from registry.catalogue.entries import FaceOrigin, FaceZone, ReleaseEntry
from registry.errors import WrongStateError
from registry.home import Home
from registry.models.releases import ReleaseState
from registry.proof.manifest import Verdict
from registry.services import releases
from tests.factories import browsers, browsing, homes
from tests.factories.browsers import Watched
from tests.factories.homes import ASTRONAUT, FIRST, VARIANT, WAVES, Stage, Stock

pytestmark = [pytest.mark.browser, pytest.mark.slow]

SECOND = f"{VARIANT}/2026.2"
NEW = (10, 10, 30, 30)


@pytest.fixture
def home(sqlite_stock: Stock, tmp_path: Path) -> Iterator[Home]:
    """A home with a release that was built by a recipe which blurs too little, and by a policy that wants a review."""
    with sqlite_stock.opened(Stage.FURNISHED, tmp_path / "home") as opened:
        built(opened)
        yield opened


def built(home: Home) -> str:
    """The label of a new release, built."""
    label = homes.plan(home, policy=homes.FACES, recipe=homes.careful_recipe(home))
    homes.build(home, label)
    return label


def entry(home: Home, label: str, path: str) -> ReleaseEntry:
    with manifests.opened(home.blobs, homes.release(home, label).manifest_sha256 or "") as file:
        (found,) = manifests.find(file, path=path)
    return found


def review(opened: Browser, address: str) -> None:
    """Somebody looks at what waits, says that it is hidden well enough, and adds a face to another picture."""
    watched = Watched(opened, address)
    watched.sign_in("rita")
    page = watched.page
    watched.goto(f"/releases/{FIRST}/faces")
    expect(page.get_by_text("1 of 1 doubtful pictures wait")).to_be_visible()
    expect(page.get_by_text("1 picture waits for somebody to decide what is a face")).to_be_visible()
    page.get_by_role("link", name=ASTRONAUT).focus()
    page.keyboard.press("Enter")
    expect(
        page.get_by_role("img", name="A small coarse copy, in which everything that may be a face is hidden")
    ).to_be_visible()
    for box in page.get_by_label("hidden well enough").all():
        box.focus()
        page.keyboard.press("Space")
    page.get_by_label("Reason").focus()
    page.keyboard.type("Nobody can be recognised.")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Nothing waits.")).to_be_visible()
    watched.goto(f"/releases/{FIRST}/faces/one?path={WAVES}")
    page.get_by_label("Left, top, right, bottom").first.focus()
    page.keyboard.type(", ".join(map(str, NEW)))
    page.get_by_label("Reason").focus()
    page.keyboard.type("Overlooked.")
    page.keyboard.press("Enter")
    expect(page.get_by_text(f"Recorded, about {WAVES}.")).to_be_visible()
    assert watched.complaints == []
    assert all(url.startswith(address) for url in watched.requested)


def sign(home: Home, label: str) -> None:
    homes.approve(home, label)
    homes.sign_release(home, label)


def test_what_is_decided_on_the_page_is_obeyed_by_the_next_build_which_is_then_signed(home: Home) -> None:
    assert {box.origin for box in entry(home, FIRST, ASTRONAUT).reviews} == {FaceOrigin.SECOND_LOOK}
    assert entry(home, FIRST, WAVES).verdict is Verdict.KEEP
    with browsers.served(browsing.app_of(home)) as address, browsers.browser() as opened:
        review(opened, address)
    homes.approve(home, FIRST)
    with pytest.raises(WrongStateError, match="confirmed after they were built"), homes.act(home, "mo") as act:
        releases.ask_signature(act, home.blobs, FIRST)
    assert built(home) == SECOND
    waves = entry(home, SECOND, WAVES)
    assert waves.verdict is Verdict.BLUR
    assert [(box.place, box.zone, box.origin) for box in waves.boxes] == [(NEW, FaceZone.BLUR, FaceOrigin.KNOWN)]
    assert entry(home, SECOND, ASTRONAUT).reviews == ()
    sign(home, SECOND)
    assert homes.release(home, SECOND).state is ReleaseState.SIGNED
