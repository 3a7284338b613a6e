"""Which cells of a Parquet file are pictures? Those of the form that Hugging Face datasets have: `{bytes, path}`.

A row group is read some rows at a time, because a few megabytes may unpack to many gigabytes; the last one of which a
cell was asked for stays in memory, for whoever reads its neighbours next.
"""

from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

SUFFIX = ".parquet"
LABEL = "label"
BATCH_ROWS = 64
# What the rows of one row group may come to; pictures are written in groups of hundreds of megabytes at most.
MAX_GROUP_BYTES = 4 << 30


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
    """Some rows after others, in tables: the number of the first row, pictures, and whatever else the file has.

    No table has rows of two row groups.

    Raises:
        OSError: it cannot be read.
    """
    try:
        with pq.ParquetFile(file) as parquet:
            first = 0
            for number in range(parquet.num_row_groups):
                for batch in _batches(file.name, parquet, number):
                    yield first, pa.Table.from_batches([batch])
                    first += len(batch)
    except pa.ArrowException as error:
        raise NoPicturesError(f"{file.name} is no Parquet file, or is damaged") from error


def _batches(
    name: str, parquet: pq.ParquetFile, group: int, columns: list[str] | None = None
) -> Iterator[pa.RecordBatch]:
    """The rows of a row group, a few at a time, as long as they do not come to too much."""
    total = 0
    for batch in parquet.iter_batches(BATCH_ROWS, row_groups=[group], columns=columns):
        total += batch.nbytes
        if total > MAX_GROUP_BYTES:
            raise NoPicturesError(
                f"{name} has a row group of more than {MAX_GROUP_BYTES >> 30} GiB; write smaller ones"
            )
        yield batch


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
            found = pa.Table.from_batches(_batches(Path(name).name, parquet, group, [column]))
            return pa.chunked_array([chunk.field("bytes") for chunk in found[column].chunks], pa.binary())
    except pa.ArrowException as error:
        raise NoPicturesError("This row group cannot be read.") from error
