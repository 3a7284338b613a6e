from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from registry.catalogue.layout_names import LayoutName
from registry.catalogue.layouts import choosing, look
from registry.errors import InvalidInputError
from tests.factories import sources, trees


def test_every_name_has_one_layout() -> None:
    assert [layout.name for layout in choosing.LAYOUTS] == [name for name in LayoutName if name is not LayoutName.AUTO]
    assert all(choosing.named(layout.name) is layout for layout in choosing.LAYOUTS)


def test_what_may_be_two_things_is_refused_with_what_was_seen(tmp_path: Path) -> None:
    sources.class_archives(tmp_path / "x")
    sources.parquet(tmp_path / "x/train.parquet", [(sources.picture(1), None)])
    with pytest.raises(
        InvalidInputError, match=r"may be two things: class-archives, because it holds 3 .*parquet.* --layout"
    ):
        choosing.chosen(look.take(tmp_path / "x"))
    assert sources.read(tmp_path / "x", LayoutName.PARQUET).layout is LayoutName.PARQUET


def test_a_table_beside_pictures_describes_them_and_a_table_of_pictures_may_be_meant_itself(tmp_path: Path) -> None:
    trees.plain(tmp_path)
    pq.write_table(pa.table({"path": ["a"], "boxes": [1]}), tmp_path / "boxes.parquet")
    assert sources.read(tmp_path).layout is LayoutName.IMAGE_FOLDER
    (tmp_path / "damaged.parquet").write_bytes(b"PAR1")
    assert sources.read(tmp_path).layout is LayoutName.IMAGE_FOLDER
    sources.parquet(tmp_path / "train.parquet", [(sources.picture(1), None)])
    assert sources.read(tmp_path).layout is LayoutName.PARQUET


def test_what_is_nothing_known_is_refused_with_what_was_seen(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("hello")
    with pytest.raises(InvalidInputError, match=r"no layout that is known: one file, such as notes\.txt"):
        choosing.chosen(look.take(tmp_path / "notes.txt"))


def test_a_bag_with_a_list_of_checksums_is_a_bag(tmp_path: Path) -> None:
    trees.plain(tmp_path / "data")
    for name in ("bagit.txt", "SHA256SUMS"):
        (tmp_path / name).touch()
    layout, why = choosing.chosen(look.take(tmp_path))
    assert (layout.name, why) == (LayoutName.BAG, "it holds bagit.txt and data")


@pytest.mark.parametrize("name", ["train-000000.tar.gz", "images.ZIP", "a.tgz"])
def test_a_source_of_compressed_archives_is_refused_with_what_to_do(tmp_path: Path, name: str) -> None:
    sources.folder(tmp_path / "x", {name: b"\x1f\x8b", "README.md": b"hello"})
    for root in (tmp_path / "x", tmp_path / "x" / name):
        with pytest.raises(InvalidInputError, match=rf"{name}: it is compressed, .* unpack it first"):
            choosing.chosen(look.take(root))
