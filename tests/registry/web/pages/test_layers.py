from pathlib import Path

import pytest

from registry.catalogue.layers.kinds import Kind
from registry.home import Home
from tests.factories import browsing, homes, layers, shown
from tests.factories.layers import CAT, DOG

pytestmark = pytest.mark.xdist_group("shown")

URL = f"/datasets/{shown.VARIANT}/layers"
ROWS = [(path, (CAT, DOG)) for path in homes.PATHS[:2]] + [("elsewhere.jpg", ())]


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """A home with a layer."""
    opened = shown.copied(shown.shared(), tmp_path / "home").open()
    layers.add(opened, Kind.LABELS, "real", ROWS)
    layers.add(opened, Kind.SYNSETS, "two", [(CAT,), (DOG,)])
    return opened


def test_a_variant_names_its_layers(home: Home) -> None:
    page = browsing.Visitor(browsing.app_of(home)).get(f"/datasets/{shown.VARIANT}").text
    assert f'href="{URL}/labels/real@1"' in page
    assert f'href="{URL}/synsets/two@1"' in page


def test_everybody_sees_what_a_layer_adds_up_to_and_people_of_the_registry_its_rows(home: Home) -> None:
    app = browsing.app_of(home)
    public = browsing.Visitor(app).get(f"{URL}/labels/real").text
    assert "With several labels</th>" in public
    assert "Of its images, in the newest import</th>" in public
    assert CAT not in public
    assert "by mara" not in public
    insider = browsing.Visitor(app, "mara").get(f"{URL}/labels/real@1").text
    assert f"<td>{CAT}, {DOG}</td>" in insider
    assert "<td>none</td>" in insider
    assert "elsewhere.jpg" not in browsing.Visitor(app, "mara").get(f"{URL}/labels/real?image={homes.PATHS[0]}").text


def test_a_list_of_synsets_is_shown_too(home: Home) -> None:
    page = browsing.Visitor(browsing.app_of(home), "mara").get(f"{URL}/synsets/two").text
    assert f"<td>{DOG}</td>" in page
    assert "Only what is said about one image" not in page


def test_a_layer_that_is_not_there_is_not_found(home: Home) -> None:
    visitor = browsing.Visitor(browsing.app_of(home))
    assert visitor.get(f"{URL}/labels/none").status_code == 404
    assert visitor.get(f"{URL}/colours/real").status_code == 422
    assert visitor.get("/datasets/sample/none/layers/labels/real").status_code == 404
