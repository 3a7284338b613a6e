"""Which cells of a Parquet file are pictures? Those of the form that Hugging Face datasets have: `{bytes, path}`.

A row group is read at a time, and the last one stays in memory for whoever reads its neighbours next.
"""

from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

SUFFIX = ".parquet"
LABEL = "label"


class NoPicturesError(OSError):
    """The file has no column of pictures, or is no Parquet file."""


def is_parquet(name: str) -> bool:
    """Whether a file of this name is one."""
    return name.endswith(SUFFIX)


def picture_column(schema: pa.Schema) -> str | None:
    """The first column whose cells have bytes and a path; null where there is none."""
    for field in schema:
        if pa.types.is_struct(field.type):
            parts = {field.type.field(i).name: field.type.field(i).type for i in range(field.type.num_fields)}
            if parts.keys() >= {"bytes", "path"} and pa.types.is_binary(parts["bytes"]):
                return str(field.name)
    return None


def has_pictures(file: Path) -> bool:
    """Whether a file says that it has a column of pictures; nothing but its end is read."""
    try:
        return picture_column(pq.read_schema(file)) is not None
    except (OSError, pa.ArrowException):
        return False


def groups(file: Path) -> Iterator[tuple[int, pa.Table]]:
    """Each row group's first row and its table: pictures, and whatever else the file has.

    Raises:
        OSError: it cannot be read.
    """
    try:
        with pq.ParquetFile(file) as parquet:
            first = 0
            for number in range(parquet.num_row_groups):
                table = parquet.read_row_group(number)
                yield first, table
                first += len(table)
    except pa.ArrowException as error:
        raise NoPicturesError(f"{file.name} is no Parquet file, or is damaged") from error


def read(name: str, row: int) -> bytes:
    """The bytes of the picture in a row.

    Raises:
        OSError: there is no such row, or it has no bytes.
    """
    for number, (first, count) in enumerate(_rows_of(name)):
        if first <= row < first + count:
            data = _pictures(name, number)[row - first].as_py()
            if isinstance(data, bytes):
                return data
    raise NoPicturesError("There is no picture in this row.")


@lru_cache(maxsize=64)
def _rows_of(name: str) -> tuple[tuple[int, int], ...]:
    """First row and number of rows of each row group."""
    try:
        with pq.ParquetFile(name) as parquet:
            counts = [parquet.metadata.row_group(number).num_rows for number in range(parquet.num_row_groups)]
    except pa.ArrowException as error:
        raise NoPicturesError("This is no Parquet file.") from error
    firsts = [sum(counts[:number]) for number in range(len(counts))]
    return tuple(zip(firsts, counts, strict=True))


@lru_cache(maxsize=1)
def _pictures(name: str, group: int) -> pa.Array:
    try:
        with pq.ParquetFile(name) as parquet:
            column = picture_column(parquet.schema_arrow)
            if column is None:
                raise NoPicturesError("The file has no column of pictures.")
            return parquet.read_row_group(group, columns=[column])[column].combine_chunks().field("bytes")
    except pa.ArrowException as error:
        raise NoPicturesError("This row group cannot be read.") from error
