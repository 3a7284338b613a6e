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
