from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from registry.catalogue import cells
from registry.catalogue.cells import NoPicturesError
from tests.factories import sources

IMAGES = [(sources.picture(number), None) for number in range(5)]


def test_any_cell_is_found_among_the_row_groups(tmp_path: Path) -> None:
    file = sources.parquet(tmp_path / "x.parquet", IMAGES)
    assert [cells.read(str(file), row) for row in (4, 0, 3, 1, 2)] == [IMAGES[row][0] for row in (4, 0, 3, 1, 2)]
    assert [(first, len(table)) for first, table in cells.groups(file)] == [(0, 2), (2, 2), (4, 1)]


def test_a_row_that_is_not_there_or_has_no_bytes_is_no_picture(tmp_path: Path) -> None:
    file = sources.parquet(tmp_path / "x.parquet", [(None, "elsewhere")])
    for row in (0, 1):
        with pytest.raises(NoPicturesError):
            cells.read(str(file), row)


def test_what_is_no_parquet_file_or_has_no_pictures_is_told(tmp_path: Path) -> None:
    (tmp_path / "x.parquet").write_bytes(b"text")
    pq.write_table(pa.table({"text": ["a"], "odd": [{"bytes": 1, "path": "x"}]}), tmp_path / "y.parquet")
    for name in "xy":
        with pytest.raises(NoPicturesError):
            cells.read(str(tmp_path / f"{name}.parquet"), 0)
    with pytest.raises(NoPicturesError, match="damaged"):
        list(cells.groups(tmp_path / "x.parquet"))


def test_a_row_group_that_is_damaged_is_told(tmp_path: Path) -> None:
    file = sources.parquet(tmp_path / "x.parquet", IMAGES)
    data = bytearray(file.read_bytes())
    data[4:200] = bytes(196)
    (tmp_path / "damaged.parquet").write_bytes(data)
    with pytest.raises(OSError, match=r".+"):
        cells.read(str(tmp_path / "damaged.parquet"), 0)


def test_the_column_of_pictures_is_told_by_its_form() -> None:
    picture = pa.struct([("bytes", pa.binary()), ("path", pa.string())])
    assert cells.picture_column(pa.schema([("text", pa.string()), ("photo", picture)])) == "photo"
    assert cells.picture_column(pa.schema([("photo", pa.struct([("bytes", pa.binary())]))])) is None
    assert cells.is_parquet("a.parquet")


def test_a_large_row_group_comes_some_rows_at_a_time_and_every_cell_of_it_is_found(tmp_path: Path) -> None:
    count = 2 * cells.BATCH_ROWS + 3
    kind = pa.struct([("bytes", pa.binary()), ("path", pa.string())])
    rows = [{"bytes": b"%d" % number, "path": None} if number % 5 else None for number in range(count)]
    pq.write_table(pa.table({"image": pa.array(rows, kind)}), tmp_path / "x.parquet", row_group_size=count - 1)
    sizes = [(first, len(table)) for first, table in cells.groups(tmp_path / "x.parquet")]
    assert sizes == [(0, 64), (64, 64), (128, 2), (130, 1)]
    assert [cells.read(str(tmp_path / "x.parquet"), row) for row in (1, 64, 129, 63)] == [b"1", b"64", b"129", b"63"]
    with pytest.raises(NoPicturesError):
        cells.read(str(tmp_path / "x.parquet"), 130)


def test_a_row_group_that_unpacks_to_too_much_is_not_unpacked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # A few kilobytes of file for many megabytes of rows.
    bomb = sources.parquet(tmp_path / "x.parquet", [(bytes(1 << 20), None)] * 4)
    assert bomb.stat().st_size < 1 << 19
    monkeypatch.setattr(cells, "MAX_GROUP_BYTES", 1 << 20)
    with pytest.raises(NoPicturesError, match=r"x\.parquet has a row group of more than"):
        list(cells.groups(bomb))
    with pytest.raises(NoPicturesError, match="a row group of more than"):
        cells.read(str(bomb), 3)
