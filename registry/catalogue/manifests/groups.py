"""Which different facts do the images of a manifest have, and how many images have each?

A policy cannot tell images apart that are equal in all that it asks about: whatever it decides, it decides once for a
group of them. A file of groups has a row for each, in order of the path of its first image, which stands for it.
"""

import itertools
from collections.abc import Collection, Iterable, Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from registry.catalogue.manifests import session

# For how many images a row stands.
IMAGES = "images"
ROWS = 65_536


def write(batches: Iterable[pa.RecordBatch], columns: Collection[str], out: Path) -> None:
    """The groups of all batches, as a Parquet file.

    Args:
        batches: facts of images, all with the same columns, in path order.
        columns: by which of these images are told apart, as far as they are there; `path` is none of them.
        out: where to.
    """
    rest = iter(batches)
    first = next(rest, None)
    if first is None:
        pq.write_table(pa.table({"path": pa.array([], pa.string()), IMAGES: pa.array([], pa.int64())}), out)
        return
    by = ", ".join(_quoted(name) for name in first.schema.names if name in columns)
    facts = pa.RecordBatchReader.from_batches(first.schema, itertools.chain([first], rest))
    with session.opened() as connection:
        connection.register("facts", facts)
        # Names of columns are quoted; every other text is ours.
        question = f"SELECT {by}, min(path) AS path, count(*) AS {IMAGES} FROM facts GROUP BY {by} ORDER BY path"  # noqa: S608
        reader = connection.sql(question).to_arrow_reader(ROWS)
        with pq.ParquetWriter(out, reader.schema, compression="zstd") as writer:
            for batch in reader:
                writer.write_batch(batch, ROWS)


def read(file: Path) -> Iterator[pa.RecordBatch]:
    """The groups, as facts with the column `IMAGES`."""
    with pq.ParquetFile(file) as groups:
        yield from groups.iter_batches(ROWS)


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
