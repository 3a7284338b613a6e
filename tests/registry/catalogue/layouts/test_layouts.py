from pathlib import Path

from registry.catalogue.layouts import Found, Kind, Layout
from registry.catalogue.layouts.image_folder import ImageFolder


def test_an_image_folder_is_a_layout(tmp_path: Path) -> None:
    (tmp_path / "a.JPEG").touch()
    layout: Layout = ImageFolder()
    assert list(layout.walk(tmp_path)) == [Found("a.JPEG", bytes(tmp_path / "a.JPEG"), None, Kind.FILE)]
