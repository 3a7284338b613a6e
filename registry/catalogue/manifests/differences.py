"""What changed from one release to another, image by image?

Both are read in step by their paths, a row group of each at a time and only what is compared, so that memory stays
flat; whole rows are read where some differ.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from itertools import starmap
from operator import attrgetter
from pathlib import Path
from typing import Final, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from numpy.typing import NDArray

from registry.catalogue.entries import ReleaseEntry
from registry.catalogue.manifests import columns
from registry.catalogue.manifests.files import opened


class ChangeKind(StrEnum):
    """How the two rows of one path differ; of several ways, the first that is true."""

    ADDED = "added"
    REMOVED = "removed"
    SOURCE_CHANGED = "source-changed"
    VERDICT_CHANGED = "verdict-changed"
    OUTPUT_CHANGED = "output-changed"
    REASONS_CHANGED = "reasons-changed"


@dataclass(frozen=True)
class Change:
    """One path that differs; the entry is null on the side that has no such path."""

    path: str
    kind: ChangeKind
    old: ReleaseEntry | None
    new: ReleaseEntry | None


_KINDS: Final = tuple(ChangeKind)
_ADDED, _REMOVED, *_OTHERS = range(len(_KINDS))
# In which column two rows of one path differ, in the order of `ChangeKind`.
_COMPARED: Final = ("sha256", "verdict", "changed_sha256", "reasons")
_NOBODY: Final = -1


class _Found(NamedTuple):
    """Rows that differ: how, and which they are on each side, `_NOBODY` on the one that has no such path."""

    kinds: NDArray[np.int64]
    old: NDArray[np.int64]
    new: NDArray[np.int64]


class _Side:
    """One of two releases, read in step with the other, a row group at a time."""

    def __init__(self, parquet: pq.ParquetFile) -> None:
        groups = range(parquet.num_row_groups)
        self._parquet = parquet
        self._starts = np.cumsum([0, *(parquet.metadata.row_group(group).num_rows for group in groups)])
        self._groups = iter(groups)
        self._waiting: pa.Table | None = None
        self._row = 0
        self._whole: tuple[int, pa.Table] | None = None

    def last(self) -> str | None:
        """The last path that is known; null when there are no more."""
        while not self._waiting:
            group = next(self._groups, None)
            if group is None:
                return None
            self._waiting = self._parquet.read_row_group(group, columns=["path", *_COMPARED]).combine_chunks()
        return str(self._waiting["path"][-1].as_py())

    def until(self, path: str) -> tuple[int, pa.Table]:
        """The next rows up to this path, which is not behind the last that is known, and the number of the first."""
        if not self._waiting:
            return self._row, _NO_ROWS
        count = len(self._waiting)
        if self._waiting["path"][-1].as_py() > path:
            count = pc.sum(pc.less_equal(self._waiting["path"], path)).as_py()
        row, rows = self._row, self._waiting.slice(0, count)
        self._row, self._waiting = row + count, self._waiting.slice(count)
        return row, rows

    def entries(self, rows: NDArray[np.int64]) -> Iterator[ReleaseEntry | None]:
        """The entries of these rows, which are of one row group; null for `_NOBODY`."""
        asked = rows[rows != _NOBODY]
        found = self._entries(asked) if len(asked) else iter(())
        return (None if row == _NOBODY else next(found) for row in rows.tolist())

    def _entries(self, rows: NDArray[np.int64]) -> Iterator[ReleaseEntry]:
        group = int(np.searchsorted(self._starts, rows[0], side="right")) - 1
        if self._whole is None or self._whole[0] != group:
            names = [name for name in columns.RELEASE.names if name in self._parquet.schema_arrow.names]
            self._whole = group, self._parquet.read_row_group(group, columns=names)
        some = self._whole[1].take(rows - self._starts[group])
        return columns.release_entries(columns.rows(some, columns.RELEASE.names))


_NO_ROWS: Final = pa.table({"path": pa.array([], pa.string())})


def diff(old: Path, new: Path) -> Iterator[Change]:
    """Every path of two releases that differs, in path order; read no further than is asked for.

    Raises:
        DamagedError: a file is damaged.
        InvalidInputError: a file is no manifest of a release.
    """
    with _in_step(old, new) as (before, after):
        for found in _differing(before, after):
            rows = zip(found.kinds.tolist(), before.entries(found.old), after.entries(found.new), strict=True)
            yield from sorted(starmap(_change, rows), key=attrgetter("path"))


def diff_counts(old: Path, new: Path) -> dict[str, int]:
    """How many paths differ in each way; every way is named, also with 0.

    Raises:
        DamagedError: a file is damaged.
        InvalidInputError: a file is no manifest of a release.
    """
    counts = np.zeros(len(_KINDS), np.int64)
    with _in_step(old, new) as sides:
        for found in _differing(*sides):
            counts += np.bincount(found.kinds, minlength=len(_KINDS))
    return {kind.value: count for kind, count in zip(_KINDS, counts.tolist(), strict=True)}


@contextmanager
def _in_step(old: Path, new: Path) -> Iterator[tuple[_Side, _Side]]:
    with opened(old, columns.RELEASE) as before, opened(new, columns.RELEASE) as after:
        yield _Side(before), _Side(after)


def _differing(before: _Side, after: _Side) -> Iterator[_Found]:
    """The rows that differ, some row groups at a time; each path of either side is in one of the pieces."""
    while ends := [path for path in (before.last(), after.last()) if path is not None]:
        (old_row, old), (new_row, new) = before.until(min(ends)), after.until(min(ends))
        found = _compared(old, new)
        if len(found.kinds):
            old_rows, new_rows = (
                np.where(rows == _NOBODY, _NOBODY, rows + first)
                for rows, first in ((found.old, old_row), (found.new, new_row))
            )
            yield _Found(found.kinds, old_rows, new_rows)


def _compared(old: pa.Table, new: pa.Table) -> _Found:
    """Which rows differ, counted from the first of each table."""
    if old["path"].equals(new["path"]):
        kinds = _kinds(old, new)
        (rows,) = np.nonzero(kinds != _NOBODY)
        return _Found(kinds[rows], rows, rows)
    places = pc.index_in(new["path"], value_set=old["path"].combine_chunks())
    was_there = pc.is_valid(places).to_numpy()
    (added,), (here,) = np.nonzero(~was_there), np.nonzero(was_there)
    there = places.drop_null().to_numpy().astype(np.int64)
    removed = np.setdiff1d(np.arange(len(old)), there)
    kinds = _kinds(old.take(there), new.take(here)) if len(here) else np.empty(0, np.int64)
    is_other = kinds != _NOBODY
    none_before, none_now = np.full(len(added), _NOBODY), np.full(len(removed), _NOBODY)
    return _Found(
        np.concatenate([kinds[is_other], np.full(len(removed), _REMOVED), np.full(len(added), _ADDED)]),
        np.concatenate([there[is_other], removed, none_before]),
        np.concatenate([here[is_other], none_now, added]),
    )


def _kinds(old: pa.Table, new: pa.Table) -> NDArray[np.int64]:
    """How rows of the same paths differ, `_NOBODY` where they do not; of several ways, the first that is true."""
    kinds = np.full(len(old), _NOBODY)
    for kind, name in reversed(list(zip(_OTHERS, _COMPARED, strict=True))):
        one, other = old[name], new[name]
        if not one.equals(other):
            kinds[_differ(one, other)] = kind
    return kinds


def _differ(one: pa.ChunkedArray, other: pa.ChunkedArray) -> NDArray[np.bool_]:
    if pa.types.is_list(one.type):
        one, other = pc.binary_join(one, ","), pc.binary_join(other, ",")
    is_half = pc.xor(pc.is_null(one), pc.is_null(other))
    return np.asarray(pc.coalesce(pc.not_equal(one, other), is_half).to_numpy(), dtype=bool)


def _change(kind: int, was: ReleaseEntry | None, now: ReleaseEntry | None) -> Change:
    (path, *_) = [entry.source.path for entry in (was, now) if entry is not None]
    return Change(path, _KINDS[kind], was, now)
