"""Which is the small picture of one image of a release?

It stands in the results of the shard that the image was looked at with, and nowhere else. An index says where each
shard begins, so that one picture costs one shard; releases in which a shard is the same share its results.
"""

from bisect import bisect_right
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
from pydantic import TypeAdapter

from registry.blobs import BlobStore
from registry.catalogue import seen

INDEXES_KEPT = 4
SHARDS_KEPT = 64
# Where each shard begins, and the SHA-256 of its results.
Index = list[tuple[str, str]]
_INDEX = TypeAdapter(Index)


def index(manifest: Path, shard_rows: int, results: Mapping[int, str]) -> bytes:
    """Where the small pictures of a release are.

    Args:
        manifest: of the parent; shard n begins at its row n times `shard_rows`.
        shard_rows: how many of its rows make a shard.
        results: the SHA-256 of the results of each shard that has any.
    """
    found: Index = []
    row = 0
    with pq.ParquetFile(manifest) as file:
        for batch in file.iter_batches(columns=["path"]):
            starts = range(-row % shard_rows, batch.num_rows, shard_rows)
            paths = batch.column("path").take(pa.array(starts, pa.int64())).to_pylist()
            numbers = ((row + start) // shard_rows for start in starts)
            found += [(path, results[n]) for n, path in zip(numbers, paths, strict=True) if n in results]
            row += batch.num_rows
    return _INDEX.dump_json(found)


def find(blobs: BlobStore, index_sha256: str, path: str) -> bytes | None:
    """The small picture of the image with this path; None where there is none.

    Raises:
        DamagedError: the index, or the results that it names, are no longer in the store.
    """
    firsts, results = _opened(blobs, index_sha256)
    at = bisect_right(firsts, path) - 1
    return _previews(blobs, results[at]).get(path) if at >= 0 else None


@lru_cache(maxsize=INDEXES_KEPT)
def _opened(blobs: BlobStore, index_sha256: str) -> tuple[list[str], list[str]]:
    found = _INDEX.validate_json(blobs.read(index_sha256))
    return [first for first, _ in found], [results for _, results in found]


@lru_cache(maxsize=SHARDS_KEPT)
def _previews(blobs: BlobStore, results_sha256: str) -> dict[str, bytes]:
    shard = seen.unpacked(blobs.read(results_sha256))
    return {one.path: one.preview for one in shard if one.preview is not None}
