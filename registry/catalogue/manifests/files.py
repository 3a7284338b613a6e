"""How are entries written to a manifest's Parquet file and read back, fourteen million of them in flat memory?

Rows go in row groups of a fixed size, so that equal rows give equal bytes, however they arrived. A file is whole or
absent. What is said of many rows at once is asked of columns, never of one row after the other.
"""

from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Executor
from contextlib import contextmanager, nullcontext
from itertools import chain
from pathlib import Path
from typing import Any, Protocol, TypeVar

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from registry.catalogue.entries import ReleaseEntry, SourceEntry
from registry.catalogue.manifests import columns, lines, packing
from registry.catalogue.manifests.lines import ParentLines, ReleaseLines
from registry.catalogue.manifests.parents import Parent, in_step
from registry.catalogue.manifests.totals import ReleaseTally, SourceTally, SourceTotals
from registry.errors import DamagedError, InvalidInputError
from registry.proof.manifest import Totals

READ_ROWS = 4096


Lines = TypeVar("Lines", bound=ParentLines)
Sum_co = TypeVar("Sum_co", covariant=True)


class _Tally(Protocol[Lines, Sum_co]):
    def count(self, table: pa.Table) -> Lines: ...

    def grow(self, rows: Lines) -> None: ...

    def totals(self) -> Sum_co: ...


def write_source(entries: Iterable[SourceEntry], file: Path, extras: Sequence[str] = ()) -> SourceTotals:
    """Write a source's manifest, replacing what lies there; entries come in ascending path order.

    Args:
        entries: the rows.
        file: where to.
        extras: which columns of `columns.EXTRAS` it has.

    Raises:
        InvalidInputError: an entry is out of order, repeated, or has a path no manifest may hold.
        UnavailableError: the file cannot be written; nothing is left behind.
    """
    return write_source_tables(columns.source_tables(entries, extras), file)


def write_source_tables(tables: Iterable[pa.Table], file: Path) -> SourceTotals:
    """As `write_source`, of tables that all have the columns of `columns.SOURCE` and the same of `columns.EXTRAS`."""
    with packing.two_threads() as threads:
        return _write(tables, columns.SOURCE, SourceTally(), file, threads)


def write_release(
    entries: Iterable[ReleaseEntry], file: Path, extras: Sequence[str] = (), *, parent: Parent | None = None
) -> Totals:
    """Write a release's manifest, replacing what lies there; entries come in ascending path order.

    Args:
        entries: the rows.
        file: where to.
        extras: which columns of `columns.EXTRAS` it has.
        parent: what the rows are to be those of, in every column of a source; nobody hashes its lines again.

    Returns:
        The totals of its canonical lines: roots, verdicts, reasons, sizes.

    Raises:
        AccountNotClosedError: the rows are not those of the parent.
        DamagedError: the parent's file is damaged.
        InvalidInputError: an entry is out of order, repeated, or contradicts itself.
        UnavailableError: the file cannot be written; nothing is left behind.
    """
    return write_release_tables(columns.release_tables(entries, extras), file, parent=parent)


def write_release_tables(tables: Iterable[pa.Table], file: Path, *, parent: Parent | None = None) -> Totals:
    """As `write_release`, of tables that all have the columns of `columns.RELEASE` and the same of `columns.EXTRAS`."""
    # The parent's file stays open until nobody beside reads it any more.
    with nullcontext() if parent is None else in_step(parent) as rows, packing.two_threads() as threads:
        return _write(tables, columns.RELEASE, ReleaseTally(rows), file, threads)


def iter_source(file: Path) -> Iterator[SourceEntry]:
    """The entries of a source's manifest, or the source's side of a release's, in path order.

    Raises:
        InvalidInputError: the file is no manifest of the kind that is needed.
        DamagedError: the file is damaged.
    """
    return columns.source_entries(_rows(file, columns.SOURCE))


def iter_release(file: Path) -> Iterator[ReleaseEntry]:
    """The entries of a release's manifest, in path order.

    Raises:
        InvalidInputError: the file is no manifest of a release.
        DamagedError: the file is damaged.
    """
    return columns.release_entries(_rows(file, columns.RELEASE))


def iter_lines(file: Path) -> Iterator[memoryview]:
    """The canonical lines of a release's manifest, some thousand at a time, each with its LF.

    Raises:
        InvalidInputError: the file is no manifest of a release.
        DamagedError: the file is damaged.
    """
    with opened(file, columns.RELEASE) as parquet:
        for group in range(parquet.num_row_groups):
            yield ReleaseLines(parquet.read_row_group(group, columns=lines.COLUMNS)).file()


def have_same_sources(one: Path, other: Path) -> bool:
    """Whether two manifests of either kind are about the very same images, in every column of a source.

    Raises:
        DamagedError: a file is no manifest.
    """
    names = columns.SOURCE.names
    with opened(one, columns.SOURCE) as here, opened(other, columns.SOURCE) as there:
        if here.metadata.num_rows != there.metadata.num_rows:
            return False
        both = (file.iter_batches(packing.ROW_GROUP_ROWS, columns=names) for file in (here, there))
        return all(ours.equals(theirs) for ours, theirs in zip(*both, strict=True))


def extras_of(file: Path) -> list[str]:
    """Which columns of `columns.EXTRAS` a manifest has.

    Raises:
        InvalidInputError: the file is no manifest of the kind that is needed.
        DamagedError: the file is damaged.
    """
    with opened(file, columns.SOURCE) as parquet:
        return columns.extras_of(parquet.schema_arrow.names)


def _write(
    tables: Iterable[pa.Table],
    schema: pa.Schema,
    tally: _Tally[Lines, Sum_co],
    file: Path,
    threads: tuple[Executor, Executor],
) -> Sum_co:
    waiting = _groups(tables)
    first = next(waiting, None)
    rows = 0 if first is None else len(first)
    schema = schema if first is None else first.schema
    to_pack, to_count = threads
    with packing.new_file(file) as out, packing.writer(out, schema, rows) as writer:

        def in_order() -> Iterator[pa.Table]:
            previous = ""
            for group in chain([] if first is None else [first], waiting):
                previous = expect_order(group, previous)
                submit(group)
                yield group

        with packing.in_turn(lambda group: writer.write_table(group, packing.ROW_GROUP_ROWS), to_pack) as submit:
            for counted in packing.one_ahead(tally.count, in_order(), to_count):
                tally.grow(counted)
        # Asked for before the file takes its place: a tally may have something against the last rows.
        return tally.totals()


def _groups(tables: Iterable[pa.Table]) -> Iterator[pa.Table]:
    """The rows in tables of one row group each, however they arrived."""
    waiting: list[pa.Table] = []
    count = 0
    for table in tables:
        waiting.append(table)
        count += len(table)
        while count >= packing.ROW_GROUP_ROWS:
            whole = pa.concat_tables(waiting)
            yield whole.slice(0, packing.ROW_GROUP_ROWS).combine_chunks()
            waiting, count = [whole.slice(packing.ROW_GROUP_ROWS)], count - packing.ROW_GROUP_ROWS
    if count:
        yield pa.concat_tables(waiting).combine_chunks()


def expect_order(group: pa.Table, previous: str) -> str:
    """The last path of the group, whose paths ascend from `previous` on.

    Raises:
        InvalidInputError: they do not.
    """
    paths = group["path"].combine_chunks()
    before = pa.concat_arrays([pa.array([previous], paths.type), paths[:-1]])
    is_behind = pc.greater(paths, before)
    if not pc.all(is_behind).as_py():
        path = paths[pc.index(is_behind, value=False).as_py()].as_py()
        raise InvalidInputError(f"The entry of {path!a} is out of order or repeated.")
    return str(paths[-1].as_py())


@contextmanager
def opened(file: Path, schema: pa.Schema) -> Iterator[pq.ParquetFile]:
    """The Parquet file, which has these columns.

    Raises:
        InvalidInputError: it has not, and is no manifest of the kind that is needed.
        DamagedError: the file is damaged.
    """
    try:
        with pq.ParquetFile(file) as parquet:
            if not set(schema.names) - columns.ADDED <= set(parquet.schema_arrow.names):
                raise InvalidInputError(f"{file.name} is no manifest of the kind that is needed.")
            yield parquet
    except (pa.ArrowException, FileNotFoundError) as error:
        raise DamagedError(f"The manifest {file.name} is damaged or gone; look into your backup.") from error


def _rows(file: Path, schema: pa.Schema) -> Iterator[tuple[Any, ...]]:
    """The rows, with the fields of the schema and behind them all of `columns.EXTRAS`, null where the file has none."""
    with opened(file, schema) as parquet:
        names = [*schema.names, *columns.EXTRAS.names]
        wanted = [name for name in names if name in parquet.schema_arrow.names]
        for batch in parquet.iter_batches(READ_ROWS, columns=wanted):
            yield from columns.rows(batch, names)
