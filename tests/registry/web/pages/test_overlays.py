"""Overlays are made on the page by those who may, and each of their releases shows that it is never looser."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from registry.home import Home
from tests.factories import browsing, homes, overlays, shown
from tests.factories.browsing import Visitor
from tests.factories.homes import FIRST, PERSON_FILTERED, VARIANT
from tests.factories.overlays import DERIVED, OURS, OWN_PIN, PIN

pytestmark = pytest.mark.xdist_group("shown")


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Home]:
    with shown.copied(shown.shared(), tmp_path / "home").open() as opened:
        yield overlays.with_copy(opened, tmp_path)


def test_there_is_none_and_only_those_who_plan_are_asked_for_one() -> None:
    assert "No variant stands on a release." in browsing.visitor().get("/overlays").text
    assert "Make one" not in browsing.visitor("rita").get("/overlays").text
    assert "There has to be a published release" not in browsing.visitor("rita").get("/overlays").text
    assert browsing.visitor("mara").get(f"/releases/{FIRST}/overlay").status_code == 404


def test_an_overlay_is_made_shown_and_led_to_from_both_sides(home: Home, tmp_path: Path) -> None:
    app = browsing.app_of(home)
    mara, stranger = Visitor(app, "mara"), Visitor(app)
    refused = mara.post("/overlays", variant=OURS, base=FIRST, pin=OWN_PIN)
    assert refused.status_code == 409
    assert "which is not pinned" in refused.text
    assert f'value="{OWN_PIN}" checked' in refused.text
    assert mara.post("/overlays", variant=OURS, base=FIRST, pin=[PIN, OWN_PIN]).status_code == 303
    page = mara.get("/overlays").text
    assert "no-waves@1" in page
    assert f'href="/releases/{FIRST}"' in page
    assert "No variant stands on a release." in stranger.get("/overlays").text
    assert "/overlays#group-ours" in mara.get(f"/datasets/{VARIANT}").text
    assert "/overlays#group-ours" in mara.get(f"/datasets/{OURS}").text
    assert "/overlays#group-ours" in mara.get(f"/releases/{FIRST}").text
    assert "/overlays#group-ours" not in stranger.get(f"/releases/{FIRST}").text

    homes.build(home, homes.plan(home, OURS, "no-waves"))
    assert "is it never looser?" in mara.get(f"/releases/{DERIVED}").text
    assert "Yes. Each of the 4 images" in mara.get(f"/releases/{DERIVED}/overlay").text
    assert stranger.get(f"/releases/{DERIVED}/overlay").status_code == 404

    with home.reading() as session:
        shutil.copy(homes.source_of(session) / homes.PERSON, tmp_path / "ours" / "n02000001" / "smuggled.jpg")
    homes.import_folder(home, tmp_path / "ours", OURS)
    label = homes.plan(home, OURS, PERSON_FILTERED)
    homes.build(home, label)
    page = mara.get(f"/releases/{label}/overlay").text
    assert "Of the 6 images that it hands out, 1 came from elsewhere" in page
    assert "n02000001/smuggled.jpg" in page
    assert "has no image under this path" in page


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({}, 422),
        ({"variant": OURS}, 422),
        ({"variant": OURS, "base": "a/b/c"}, 404),
        ({"variant": OURS, "base": FIRST}, 409),
    ],
)
def test_a_form_that_lacks_something_is_shown_again(home: Home, fields: dict[str, str], status: int) -> None:
    answer = Visitor(browsing.app_of(home), "mara").post("/overlays", **fields)
    assert answer.status_code == status
    assert "Make the overlay" in answer.text
