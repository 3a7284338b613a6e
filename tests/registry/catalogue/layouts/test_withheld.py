from pathlib import Path

from registry.catalogue.layout_names import LayoutName
from tests.factories import sources


def test_the_test_set_has_no_classes(tmp_path: Path) -> None:
    for number in (1, 2):
        (tmp_path / f"ILSVRC2012_test_{number:08d}.JPEG").write_bytes(sources.picture(number))
    found = sources.read(tmp_path)
    assert found.layout is LayoutName.WITHHELD
    assert set(found.labels.values()) == {None}
    assert "has 100,000 images; here are 2" in found.said
