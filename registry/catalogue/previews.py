"""Where are the small pictures of a release, and which is that of one image?

All of them are in one Parquet file, sorted by path like the manifest: a million files of half a kilobyte would cost
more than the pictures. Only the row group that holds a path is read, also where the file lies in a remote store.
"""

from bisect import bisect_right
from collections.abc import Iterable
from itertools import islice
from pathlib import Path
from typing import Any, BinaryIO

import pyarrow as pa
import pyarrow.parquet as pq

ROWS_PER_GROUP = 1024
_SCHEMA = pa.schema([pa.field("path", pa.string(), nullable=False), pa.field("preview", pa.binary(), nullable=False)])


def write(previews: Iterable[tuple[str, bytes]], file: Path) -> None:
    """The small pictures, each with its path, in the order of the paths."""
    left = iter(previews)
    # They are compressed already.
    with pq.ParquetWriter(file, _SCHEMA, compression="none", use_dictionary=False) as out:
        while group := list(islice(left, ROWS_PER_GROUP)):
            paths, data = zip(*group, strict=True)
            out.write_table(pa.table([list(paths), list(data)], schema=_SCHEMA), ROWS_PER_GROUP)


def find(stream: BinaryIO, path: str) -> bytes | None:
    """The small picture of the image with this path, from what `write` has written; None where there is none."""
    file = pq.ParquetFile(stream)
    groups = range(file.num_row_groups)
    at = bisect_right(groups, path, key=lambda group: _first_path(file, group)) - 1
    if at < 0:
        return None
    table = file.read_row_group(at)
    place = pa.compute.index(table["path"], path).as_py()
    return None if place < 0 else bytes(table["preview"][place].as_py())


def _first_path(file: Any, group: int) -> str:  # noqa: ANN401 - pyarrow has no types
    """The least path of a row group; its column is read where it is too long for the file's own statistics."""
    statistics = file.metadata.row_group(group).column(0).statistics
    if statistics is not None and statistics.has_min_max:
        return str(statistics.min)
    return str(file.read_row_group(group, columns=["path"])["path"][0].as_py())
