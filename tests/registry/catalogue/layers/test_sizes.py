from dataclasses import replace
from pathlib import Path

import pytest

from registry.catalogue import manifests
from registry.catalogue.layers.sizes import Sizes
from tests.factories import trees

HERE = trees.entry("n01/ILSVRC2012_val_00000001.JPEG")


@pytest.fixture
def sizes(tmp_path: Path) -> Sizes:
    """Of one picture and of a file that is none."""
    manifests.write_source([HERE, replace(trees.entry("n02/text"), width=None, height=None)], tmp_path / "manifest")
    return Sizes.of_manifest(tmp_path / "manifest")


def test_a_name_with_a_folder_is_a_path_and_a_bare_one_a_stem(sizes: Sizes) -> None:
    assert sizes.of(HERE.path) == (64, 48)
    assert sizes.of("ILSVRC2012_val_00000001") == sizes.of("ILSVRC2012_val_00000001.png") == (64, 48)
    assert sizes.of("n02/ILSVRC2012_val_00000001.JPEG") is None


def test_what_is_no_picture_has_no_size(sizes: Sizes) -> None:
    assert (sizes.of("n02/text"), sizes.of("text")) == (None, None)
