from pathlib import Path

import pytest

from registry.catalogue import manifests
from registry.catalogue.layers import content, coverage
from registry.catalogue.layers.coverage import Coverage
from registry.catalogue.layers.kinds import Kind
from registry.errors import InvalidInputError
from tests.factories import trees

PATHS = ["n1/one.JPEG", "n1/two.JPEG", "n2/three.JPEG"]


@pytest.mark.parametrize(
    ("images", "wanted"),
    [
        (["one.JPEG", "two.JPEG"], Coverage(2, 2, 3, 2)),
        (["one", "two.png", "nine"], Coverage(3, 2, 3, 2)),
        (["n1/one.JPEG", "n9/two.JPEG"], Coverage(2, 1, 3, 1)),
    ],
)
def test_an_image_is_meant_by_its_path_or_by_its_bare_name(tmp_path: Path, images: list[str], wanted: Coverage) -> None:
    manifests.write_source(map(trees.entry, sorted(PATHS)), tmp_path / "manifest")
    content.write(Kind.LABELS, content.ordered((image, ()) for image in images), tmp_path / "layer")
    assert coverage.measure(tmp_path / "layer", tmp_path / "manifest") == wanted


def test_a_list_of_synsets_speaks_of_no_images(tmp_path: Path) -> None:
    manifests.write_source(map(trees.entry, sorted(PATHS)), tmp_path / "manifest")
    content.write(Kind.SYNSETS, [("n1",)], tmp_path / "layer")
    with pytest.raises(InvalidInputError):
        coverage.measure(tmp_path / "layer", tmp_path / "manifest")
