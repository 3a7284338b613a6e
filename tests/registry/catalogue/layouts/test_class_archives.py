from pathlib import Path

from registry.catalogue.layout_names import LayoutName
from tests.factories import sources


def test_a_folder_of_class_tars_has_the_classes_of_their_names(tmp_path: Path) -> None:
    folder = sources.class_archives(tmp_path / "winter21")
    (folder / "readme.txt").write_text("hello")
    found = sources.read(folder)
    assert found.layout is LayoutName.CLASS_ARCHIVES
    assert found.labels == {f"{wnid}/{wnid}_{number}.JPEG": wnid for wnid in sources.WNIDS for number in range(2)}
    assert "readme.txt is no class archive, and was passed over." in found.said


def test_a_folder_with_other_archives_too_is_not_taken_for_one(tmp_path: Path) -> None:
    folder = sources.class_archives(tmp_path / "winter21")
    (folder / "other.tar").write_bytes(sources.tar({"x.JPEG": sources.picture(1)}))
    assert sources.read(folder).layout is LayoutName.IMAGE_FOLDER
