"""How do row groups become a Parquet file that is whole or absent, and packed while other work goes on?"""

import os
import sys
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Executor, Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

import pyarrow as pa
import pyarrow.parquet as pq

from registry.blobs import storage_trouble
from registry.catalogue.manifests import columns, looks

Item = TypeVar("Item")
Made = TypeVar("Made")

# Small enough that a page anywhere is a quick read, large enough to compress well.
ROW_GROUP_ROWS = 32_768
ZSTD_LEVEL = 3
TURN_SECONDS = 0.0001
# How often a Bloom filter says "perhaps" where a digest is not: about four row groups among those of fourteen million.
FALSE_POSITIVES = 0.01
# What sorted paths and digests need (docs/adr/0012-columns.md has the sizes): neighbours share their beginning, sizes
# differ little, digests are noise. All other columns have few different values, and are dictionaries.
_ENCODINGS = {
    "path": "DELTA_BYTE_ARRAY",
    "url": "DELTA_BYTE_ARRAY",
    "size_bytes": "DELTA_BINARY_PACKED",
    "position": "DELTA_BINARY_PACKED",
    "changed_size_bytes": "DELTA_BINARY_PACKED",
    **dict.fromkeys(columns.DIGESTS, "PLAIN"),
}


@contextmanager
def new_file(file: Path) -> Iterator[pa.NativeFile]:
    """Where to write a file that takes its place only when everything is written and on disk.

    Arrow's own file: into one of Python's each page would go by way of the interpreter's lock, and wait for it.

    Raises:
        UnavailableError: it cannot be written; nothing is left behind.
    """
    draft = file.with_name(f".{file.name}.draft")
    try:
        with storage_trouble("the manifest"):
            with pa.OSFile(os.fspath(draft), "wb") as sink:
                yield sink
            with draft.open("rb") as whole:
                os.fsync(whole.fileno())
            draft.replace(file)
    except BaseException:
        draft.unlink(missing_ok=True)
        raise


def writer(sink: pa.NativeFile, schema: pa.Schema, group_rows: int) -> pq.ParquetWriter:
    """What writes row groups of at most so many rows, some or all columns of a manifest.

    Its Bloom filters let a digest be found without reading more than the row group that holds it.
    """
    digests = [name for name in columns.DIGESTS if name in schema.names] if group_rows else []
    filters = {name: {"ndv": group_rows, "fpp": FALSE_POSITIVES} for name in digests}
    encodings = {name: encoding for name, encoding in _ENCODINGS.items() if name in schema.names}
    encodings |= looks.ENCODINGS if "boxes" in schema.names else {}
    return pq.ParquetWriter(
        sink,
        schema,
        compression="zstd",
        compression_level=ZSTD_LEVEL,
        use_dictionary=_dictionaries(schema),
        column_encoding=encodings,
        bloom_filter_options=filters or None,
    )


@contextmanager
def in_turn(pack: Callable[[pa.Table], None], beside: Executor) -> Iterator[Callable[[pa.Table], None]]:
    """What packs a row group beside whatever else is done; never more than one is on its way."""
    underway: deque[Future[None]] = deque()

    def submit(group: pa.Table) -> None:
        while underway:
            underway.popleft().result()
        underway.append(beside.submit(pack, group))

    try:
        yield submit
    finally:
        # Also where something else has failed: the file is not closed while somebody writes to it.
        wait(underway)
    for last in underway:
        last.result()


def one_ahead(make: Callable[[Item], Made], items: Iterable[Item], beside: Executor) -> Iterator[Made]:
    """What is made of each, in their order: beside, while somebody still uses what was made of the one before.

    What goes wrong with one is raised in its place.
    """
    before: Future[Made] | None = None
    for item in items:
        ready, before = before, beside.submit(make, item)
        if ready is not None:
            yield ready.result()
    if before is not None:
        yield before.result()


@contextmanager
def two_threads() -> Iterator[tuple[Executor, Executor]]:
    """Where Arrow packs row groups and makes lines while Python hashes: they hardly wait for the lock that it holds.

    A thread each, so that each takes row groups in their order, and three kinds of work keep two processors busy.
    Who hashes small things never gives the interpreter's lock away, and whoever calls Arrow, forty times a row group,
    would wait for the usual five thousandths of a second each time.
    """
    usual = sys.getswitchinterval()
    sys.setswitchinterval(min(usual, TURN_SECONDS))
    try:
        with ThreadPoolExecutor(1, "manifest-pack") as packing, ThreadPoolExecutor(1, "manifest-count") as counting:
            yield packing, counting
    finally:
        sys.setswitchinterval(usual)


def _dictionaries(schema: pa.Schema) -> list[str]:
    """The leaf columns that are written as dictionaries: those of text and of small numbers that repeat."""
    leaves = {"thumbnails": "thumbnails.list.element", "reasons": "reasons.list.element"}
    plain = {*_ENCODINGS, "has_metadata", "boxes", "look", "pdq"}
    looked = [name for name in looks.DICTIONARIES if name.partition(".")[0] in schema.names]
    return [leaves.get(name, name) for name in schema.names if name not in plain] + looked
