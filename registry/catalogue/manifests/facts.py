"""What may a policy look at, for every image of a manifest at once? Batches of columns, read in flat memory."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from registry.catalogue import splits

BATCH_ROWS = 65_536
NOTHING: Mapping[str, str] = MappingProxyType({})
NOBODY: Mapping[str, Sequence[tuple[str, str]]] = MappingProxyType({})
_COLUMNS = ("path", "label", "format", "width", "height", "size_bytes", "defect")
_STOPPED_BY = "sha256"
_URL = "url"


def fact_batches(
    file: Path,
    *,
    held: Iterable[str],
    taken_down: Iterable[str],
    excepted: Mapping[str, str] = NOTHING,
    reviewed: Mapping[str, Sequence[tuple[str, str]]] = NOBODY,
    known: Iterable[pa.Table] | None = None,
    wanted: Collection[str] | None = None,
) -> Iterator[pa.RecordBatch]:
    """The facts of a source's images, or of the parent's side of a release's, in path order.

    Columns are named like the fields of `policies.facts.ImageFacts`; `sha256` stands beside them. Faces are pending:
    nobody has looked yet.

    Args:
        file: a manifest of either kind.
        held: SHA-256 of images that wait for a decision.
        taken_down: SHA-256 of images whose takedown was upheld.
        excepted: what was granted for images in spite of the policy, by the SHA-256 of their bytes.
        reviewed: what people decided about images, by the SHA-256 of their bytes: pairs of a reason and an action.
        known: further facts about the same images, piece by piece, as `registry.catalogue.layers.known.pieces` tells.
        wanted: the columns that are needed beside `path`, so that no others are read; None for all.
    """
    stopped = _Stopped(held, taken_down, excepted, reviewed)
    with pq.ParquetFile(file) as manifest:
        further = None if known is None else _in_step(known, manifest.metadata.num_rows)
        needed = _needed(wanted, stopped)
        names = set(manifest.schema_arrow.names)
        read = [name for name in (*_COLUMNS, _STOPPED_BY, _URL) if name in names and (needed is None or name in needed)]
        for batch in manifest.iter_batches(BATCH_ROWS, columns=read):
            columns = {name: batch.column(name) for name in read if name != _URL}
            columns |= _places(batch) | stopped.flags(batch)
            columns["faces_pending"] = pa.repeat(pa.scalar(value=True), batch.num_rows)
            beside = next(further) if further is not None else {}
            # What a layer says of an image is stronger than what its place says.
            told = {name: pc.coalesce(said, columns[name]) for name, said in beside.items() if name in columns}
            yield pa.RecordBatch.from_pydict(columns | beside | told)


def _needed(wanted: Collection[str] | None, stopped: "_Stopped") -> set[str] | None:
    """The columns of the manifest from which the wanted ones come; None for all."""
    if wanted is None:
        return None
    needed = {"path", *wanted}
    needed |= {_STOPPED_BY} if stopped.are_any else set()
    return needed | ({_URL} if needed & {"source_url", "source_host"} else set())


class _Stopped:
    """Images that something stops or excepts, by the SHA-256 of their bytes."""

    def __init__(
        self,
        held: Iterable[str],
        taken_down: Iterable[str],
        excepted: Mapping[str, str],
        reviewed: Mapping[str, Sequence[tuple[str, str]]],
    ) -> None:
        self._by_flag = {"is_held": _digests(held), "is_taken_down": _digests(taken_down)}
        self._excepted = _digests(excepted)
        self._granted = pa.array([excepted[digest] for digest in sorted(excepted)], pa.string())
        said = [[f"{reason}={action}" for reason, action in reviewed[digest]] for digest in sorted(reviewed)]
        self._reviewed, self._decided = _digests(reviewed), pa.array(said, pa.list_(pa.string()))

    @property
    def are_any(self) -> bool:
        """Whether there is such an image."""
        return any(map(len, (*self._by_flag.values(), self._excepted, self._reviewed)))

    def flags(self, batch: pa.RecordBatch) -> dict[str, pa.Array]:
        """What stops or excepts each image of a batch."""
        if not self.are_any:
            nothing = pa.repeat(pa.scalar(value=False), batch.num_rows)
            return dict.fromkeys(self._by_flag, nothing) | {"exception": pa.nulls(batch.num_rows, pa.string())}
        sha256 = batch.column(_STOPPED_BY)
        flags = {name: pc.is_in(sha256, value_set=digests) for name, digests in self._by_flag.items()}
        flags["exception"] = pc.take(self._granted, pc.index_in(sha256, value_set=self._excepted))
        if len(self._reviewed):
            flags["reviewed"] = pc.take(self._decided, pc.index_in(sha256, value_set=self._reviewed))
        return flags


def _places(batch: pa.RecordBatch) -> dict[str, pa.Array]:
    """The split, and where the manifest says so, URL and host."""
    found = {"split": splits.splits_of(batch.column("path"))}
    if _URL in batch.schema.names:
        urls = batch.column(_URL)
        found |= {"source_url": urls, "source_host": splits.hosts_of(urls)}
    return found


def _in_step(known: Iterable[pa.Table], rows: int) -> Iterator[dict[str, pa.Array]]:
    """The columns of further facts, in pieces of the same size as the batches of a manifest with so many rows."""
    pieces = iter(known)
    waiting: list[pa.Table] = []
    for start in range(0, rows, BATCH_ROWS):
        wanted = min(BATCH_ROWS, rows - start)
        while sum(map(len, waiting)) < wanted:
            waiting.append(next(pieces))
        all_waiting = pa.concat_tables(waiting)
        piece, waiting = all_waiting.slice(0, wanted).combine_chunks(), [all_waiting.slice(wanted)]
        columns = zip(piece.column_names, piece.columns, strict=True)
        yield {name: column.combine_chunks() for name, column in columns if name != "path"}


def _digests(found: Iterable[str]) -> pa.Array:
    return pa.array([bytes.fromhex(digest) for digest in sorted(found)], pa.binary(32))
