"""What may a policy look at, for every image of a manifest at once? Batches of columns, read in flat memory."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
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
    known: Path | None = None,
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
        known: further facts about the same images, as `registry.catalogue.layers.known` writes them.
    """
    granted = pa.array([excepted[digest] for digest in sorted(excepted)], pa.string())
    said = [[f"{reason}={action}" for reason, action in reviewed[digest]] for digest in sorted(reviewed)]
    decided = pa.array(said, pa.list_(pa.string()))
    stopped = {"is_held": _digests(held), "is_taken_down": _digests(taken_down)}
    with pq.ParquetFile(file) as manifest:
        further = None if known is None else _in_step(known, manifest.metadata.num_rows)
        wanted = [*_COLUMNS, _STOPPED_BY, *({_URL} & set(manifest.schema_arrow.names))]
        for batch in manifest.iter_batches(BATCH_ROWS, columns=wanted):
            sha256 = batch.column(_STOPPED_BY)
            columns = {name: batch.column(name) for name in (*_COLUMNS, _STOPPED_BY)} | _places(batch)
            flags = {name: pc.is_in(sha256, value_set=digests) for name, digests in stopped.items()}
            flags["exception"] = pc.take(granted, pc.index_in(sha256, value_set=_digests(excepted)))
            if reviewed:
                flags["reviewed"] = pc.take(decided, pc.index_in(sha256, value_set=_digests(reviewed)))
            pending = {"faces_pending": pa.repeat(pa.scalar(value=True), batch.num_rows)}
            beside = next(further) if further is not None else {}
            # What a layer says of an image is stronger than what its place says.
            told = {name: pc.coalesce(said, columns[name]) for name, said in beside.items() if name in columns}
            yield pa.RecordBatch.from_pydict(columns | flags | pending | beside | told)


def _places(batch: pa.RecordBatch) -> dict[str, pa.Array]:
    """The split, and where the manifest says so, URL and host."""
    found = {"split": splits.splits_of(batch.column("path"))}
    if _URL in batch.schema.names:
        urls = batch.column(_URL)
        found |= {"source_url": urls, "source_host": splits.hosts_of(urls)}
    return found


def _in_step(known: Path, rows: int) -> Iterator[dict[str, pa.Array]]:
    """The columns of further facts, in pieces of the same size as the batches of a manifest with so many rows."""
    with pq.ParquetFile(known) as file:
        batches = file.iter_batches(BATCH_ROWS)
        waiting = pa.Table.from_batches([], file.schema_arrow)
        for start in range(0, rows, BATCH_ROWS):
            wanted = min(BATCH_ROWS, rows - start)
            while waiting.num_rows < wanted:
                waiting = pa.concat_tables([waiting, pa.Table.from_batches([next(batches)])])
            piece, waiting = waiting.slice(0, wanted).combine_chunks(), waiting.slice(wanted)
            columns = zip(piece.column_names, piece.columns, strict=True)
            yield {name: column.combine_chunks() for name, column in columns if name != "path"}


def _digests(found: Iterable[str]) -> pa.Array:
    return pa.array([bytes.fromhex(digest) for digest in sorted(found)], pa.binary(32))
