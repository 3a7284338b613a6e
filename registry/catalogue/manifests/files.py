"""How are entries written to a manifest's Parquet file and read back, fourteen million of them in flat memory?

Rows go in row groups of a fixed size, so that equal rows give equal bytes, however they arrived. A file is whole or
absent.
"""

import os
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import chain, islice
from pathlib import Path
from typing import Any, TypeVar

import pyarrow as pa
import pyarrow.parquet as pq

from registry.blobs import storage_trouble
from registry.catalogue.entries import ReleaseEntry, SourceEntry
from registry.catalogue.manifests import columns
from registry.errors import InvalidInputError
from registry.proof import merkle
from registry.proof.manifest import Tally, Totals

# Small enough that a page anywhere is a quick read, large enough to compress well.
ROW_GROUP_ROWS = 32_768
READ_ROWS = 4096
# How often a Bloom filter says "perhaps" where a digest is not: about four row groups among those of fourteen million.
FALSE_POSITIVES = 0.01

Entry = TypeVar("Entry", SourceEntry, ReleaseEntry)


@dataclass(frozen=True)
class SourceTotals:
    """What a source adds up to.

    Attributes:
        rows: entries, defects included.
        size_bytes: of all files that could be read.
        parent_root: `sha256:<hex>`, the Merkle root over the parent's canonical lines.
        formats: entries by format; those without one are not counted.
        defects: entries by defect.
        labels: entries by class; those without one are not counted.
    """

    rows: int
    size_bytes: int
    parent_root: str
    formats: dict[str, int]
    defects: dict[str, int]
    labels: dict[str, int]


def write_source(entries: Iterable[SourceEntry], file: Path) -> SourceTotals:
    """Write a source's manifest, replacing what lies there; entries come in ascending path order.

    Raises:
        InvalidInputError: an entry is out of order, repeated, or has a path no manifest may hold.
        UnavailableError: the file cannot be written; nothing is left behind.
    """
    tree = merkle.Tree()
    size_bytes = 0
    formats, defects, labels = Counter[str](), Counter[str](), Counter[str]()
    group_rows, groups = _sized(_groups(entries, lambda entry: entry.path))
    with _new_file(file, columns.SOURCE, group_rows) as writer:
        for group in groups:
            tree.extend([merkle.leaf_hash(entry.line()) for entry in group])
            size_bytes += sum([entry.size_bytes or 0 for entry in group])
            formats.update([entry.format for entry in group if entry.format])
            defects.update([entry.defect for entry in group if entry.defect])
            labels.update([entry.label for entry in group if entry.label])
            writer.write_table(columns.source_table(group), ROW_GROUP_ROWS)
    return SourceTotals(
        rows=tree.size,
        size_bytes=size_bytes,
        parent_root=f"sha256:{tree.root().hex()}",
        formats=_sorted(formats),
        defects=_sorted(defects),
        labels=_sorted(labels),
    )


def write_release(entries: Iterable[ReleaseEntry], file: Path) -> Totals:
    """Write a release's manifest, replacing what lies there; entries come in ascending path order.

    Returns:
        The totals of its canonical lines: roots, verdicts, reasons, sizes.

    Raises:
        InvalidInputError: an entry is out of order, repeated, or contradicts itself.
        UnavailableError: the file cannot be written; nothing is left behind.
    """
    tally = Tally()
    group_rows, groups = _sized(_groups(entries, lambda entry: entry.source.path))
    with _new_file(file, columns.RELEASE, group_rows) as writer:
        for group in groups:
            for entry in group:
                row = entry.to_row()
                tally.add(row, row.line())
            writer.write_table(columns.release_table(group), ROW_GROUP_ROWS)
    return tally.totals()


def iter_source(file: Path) -> Iterator[SourceEntry]:
    """The entries of a source's manifest, or the source's side of a release's, in path order.

    Raises:
        InvalidInputError: the file is no manifest.
    """
    return columns.source_entries(_rows(file, columns.SOURCE))


def iter_release(file: Path) -> Iterator[ReleaseEntry]:
    """The entries of a release's manifest, in path order.

    Raises:
        InvalidInputError: the file is no manifest of a release.
    """
    return columns.release_entries(_rows(file, columns.RELEASE))


@contextmanager
def _new_file(file: Path, schema: pa.Schema, group_rows: int) -> Iterator[Any]:
    """A Parquet writer whose file takes its place only when everything is written and on disk.

    Its Bloom filters let a digest be found without reading more than the row group that holds it.
    """
    digests = [name for name in columns.DIGESTS if name in schema.names] if group_rows else []
    filters = {name: {"ndv": group_rows, "fpp": FALSE_POSITIVES} for name in digests}
    draft = file.with_name(f".{file.name}.draft")
    try:
        with storage_trouble("the manifest"):
            with (
                draft.open("wb") as sink,
                pq.ParquetWriter(
                    sink, schema, compression="zstd", compression_level=1, bloom_filter_options=filters or None
                ) as writer,
            ):
                yield writer
            _fsync(draft)
            draft.replace(file)
    except BaseException:
        draft.unlink(missing_ok=True)
        raise


def _fsync(file: Path) -> None:
    with file.open("rb") as written:
        os.fsync(written.fileno())


def _groups(entries: Iterable[Entry], path_of: Callable[[Entry], str]) -> Iterator[list[Entry]]:
    source = iter(entries)
    previous = ""
    while group := list(islice(source, ROW_GROUP_ROWS)):
        for entry in group:
            path = path_of(entry)
            if path <= previous:
                raise InvalidInputError(f"The entry of {path!a} is out of order or repeated.")
            previous = path
        yield group


def _sized(groups: Iterator[list[Entry]]) -> tuple[int, Iterator[list[Entry]]]:
    """The size of the first group, which no later one exceeds, and all groups."""
    first = next(groups, None)
    return (0, groups) if first is None else (len(first), chain((first,), groups))


def _rows(file: Path, schema: pa.Schema) -> Iterator[tuple[Any, ...]]:
    try:
        with pq.ParquetFile(file) as parquet:
            if not set(schema.names) <= set(parquet.schema_arrow.names):
                raise InvalidInputError(f"{file.name} is no manifest of the kind that is needed.")
            for batch in parquet.iter_batches(READ_ROWS, columns=schema.names):
                yield from zip(*map(columns.values, batch.columns), strict=True)
    except (pa.ArrowException, FileNotFoundError) as error:
        raise InvalidInputError(f"{file.name} is no manifest.") from error


def _sorted(counts: Counter[str]) -> dict[str, int]:
    return {str(name): counts[name] for name in sorted(counts)}
