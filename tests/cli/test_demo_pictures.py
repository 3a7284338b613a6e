from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image

from cli import demo_pictures
from registry.catalogue import intake
from registry.catalogue.entries import Defect, SourceEntry, Thumbnail
from registry.catalogue.layouts import folders
from registry.catalogue.reports import ImportReport
from registry.errors import NotFoundError


@pytest.fixture(scope="module")
def entries(tmp_path_factory: pytest.TempPathFactory) -> dict[str, SourceEntry]:
    folder = tmp_path_factory.mktemp("pictures")
    demo_pictures.make(folder)
    return {entry.path: entry for entry in intake.scan(folders.walk(folder), ImportReport())}


def test_every_kind_of_broken_file_is_among_them(entries: dict[str, SourceEntry]) -> None:
    defects = {entry.defect for entry in entries.values()} - {None}
    assert defects == {
        Defect.EMPTY,
        Defect.TRUNCATED,
        Defect.NOT_AN_IMAGE,
        Defect.DECOMPRESSION_BOMB,
        Defect.SYMLINK,
        Defect.UNPORTABLE_NAME,
    }


def test_a_turned_photograph_carries_its_unblurred_thumbnail(entries: dict[str, SourceEntry]) -> None:
    turned = entries[f"{demo_pictures.SHUTTLE}/portrait-turned.JPEG"]
    assert turned.orientation == 6
    assert turned.thumbnails == (Thumbnail.EXIF,)


def test_a_photograph_says_where_it_was_taken(entries: dict[str, SourceEntry]) -> None:
    assert entries[f"{demo_pictures.SHUTTLE}/portrait-somewhere.JPEG"].has_metadata


def test_a_png_is_named_jpeg_and_two_files_have_equal_bytes(entries: dict[str, SourceEntry]) -> None:
    assert entries[f"{demo_pictures.SHUTTLE}/png-inside.JPEG"].format == "png"
    twins = [entry.sha256 for path, entry in entries.items() if path.endswith("chelsea.JPEG")]
    assert len(twins) == 2
    assert len(set(twins)) == 1


def test_a_person_class_is_there_for_a_policy_to_exclude(entries: dict[str, SourceEntry]) -> None:
    assert demo_pictures.GROOM in {entry.label for entry in entries.values()}


def test_the_bomb_is_small_and_says_that_it_is_huge() -> None:
    data = demo_pictures._bomb()
    assert len(data) < 200
    with pytest.raises(Image.DecompressionBombError):
        Image.open(BytesIO(data))


def test_without_the_library_that_has_the_photographs_it_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda _: None)
    with pytest.raises(NotFoundError, match="--source"):
        demo_pictures.make(tmp_path)
