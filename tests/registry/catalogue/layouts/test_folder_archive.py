import tarfile
from pathlib import Path

import pytest

from registry.catalogue.layout_names import LayoutName
from registry.errors import InvalidInputError
from tests.factories import sources


def test_the_folder_that_holds_everything_is_no_class(tmp_path: Path) -> None:
    files = {
        f"imagenet-a/{wnid}/{name}": data for wnid, of in sources.class_images().items() for name, data in of.items()
    }
    (tmp_path / "imagenet-a.tar").write_bytes(sources.tar(files, [sources.member("imagenet-a", tarfile.DIRTYPE)]))
    found = sources.read(tmp_path / "imagenet-a.tar")
    assert found.layout is LayoutName.FOLDER_ARCHIVE
    assert set(found.labels.values()) == set(sources.WNIDS)
    assert "All images lie below imagenet-a/, which is no class." in found.said


def test_class_folders_at_the_top_and_files_beside_them(tmp_path: Path) -> None:
    (tmp_path / "x.tar").write_bytes(
        sources.tar({"./cat/1.JPEG": sources.picture(1), "loose.JPEG": sources.picture(2)})
    )
    assert sources.read(tmp_path / "x.tar").labels == {"cat/1.JPEG": "cat", "loose.JPEG": None}


@pytest.mark.parametrize("layout", [LayoutName.AUTO, LayoutName.FOLDER_ARCHIVE])
def test_an_archive_of_nothing_is_refused(tmp_path: Path, layout: LayoutName) -> None:
    (tmp_path / "x.tar").write_bytes(sources.tar({}))
    with pytest.raises(InvalidInputError, match=r"no layout that is known|holds no files of the layout"):
        sources.read(tmp_path / "x.tar", layout)
