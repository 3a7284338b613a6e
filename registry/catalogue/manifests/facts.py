"""What may a policy look at, for every image of a manifest at once? Batches of columns, read in flat memory."""

from collections.abc import Iterable, Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

BATCH_ROWS = 65_536
_COLUMNS = ("path", "label", "format", "width", "height", "size_bytes", "defect")
_STOPPED_BY = "sha256"


def fact_batches(file: Path, *, held: Iterable[str], taken_down: Iterable[str]) -> Iterator[pa.RecordBatch]:
    """The facts of a source's images, or of the parent's side of a release's, in path order.

    Columns are named like the fields of `policies.facts.ImageFacts`. Faces are pending: nobody has looked yet.

    Args:
        file: a manifest of either kind.
        held: SHA-256 of images that wait for a decision.
        taken_down: SHA-256 of images whose takedown was upheld.
    """
    stopped = {"is_held": _digests(held), "is_taken_down": _digests(taken_down)}
    with pq.ParquetFile(file) as manifest:
        for batch in manifest.iter_batches(BATCH_ROWS, columns=[*_COLUMNS, _STOPPED_BY]):
            sha256 = batch.column(_STOPPED_BY)
            columns = {name: batch.column(name) for name in _COLUMNS}
            flags = {name: pc.is_in(sha256, value_set=digests) for name, digests in stopped.items()}
            pending = {"faces_pending": pa.repeat(pa.scalar(value=True), batch.num_rows)}
            yield pa.RecordBatch.from_pydict(columns | flags | pending)


def _digests(found: Iterable[str]) -> pa.Array:
    return pa.array([bytes.fromhex(digest) for digest in sorted(found)], pa.binary(32))
