from pathlib import Path

from registry.catalogue.layout_names import LayoutName
from registry.catalogue.layouts import imagenet21k_p
from tests.factories import sources, trees


def test_the_class_is_the_folder_below_the_split(tmp_path: Path) -> None:
    trees.plain(tmp_path / "imagenet21k_train")
    trees.plain(tmp_path / "imagenet21k_val", per_class=1)
    found = sources.read(tmp_path)
    assert found.layout is LayoutName.IMAGENET_21K_P
    assert len(found.entries) == 9
    assert found.labels["imagenet21k_val/n02084071/n02084071_0.JPEG"] == "n02084071"


def test_what_lies_beside_the_classes_has_none() -> None:
    assert imagenet21k_p.label_of("imagenet21k_train/readme.txt") is None
