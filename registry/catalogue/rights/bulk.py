"""What is known of the rights in millions of images of which there is nothing but a URL? Said by the column.

Law: the rows are those of `collecting.rows_of`, image by image, where no image has said anything itself.
"""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from registry.catalogue.layers.kinds import SCHEMAS, Kind
from registry.catalogue.layers.readers import origins
from registry.catalogue.rights import collecting
from registry.catalogue.rights.collecting import CONFLICT, HOST, LICENCE, SOURCE
from registry.catalogue.rights.rules import Conclusion, Rules

BATCH_ROWS = 1 << 17
# Of a URL of this form everybody reads the same host; others, which are few, are taken apart one by one.
_PLAIN = r"^(?i:https?|ftp)://(?P<host>[0-9A-Za-z._-]+)(?::[0-9]*)?(?:[/?#]|$)"
_SCHEMA = SCHEMAS[Kind.RIGHTS]


def tables(manifest: Path, rules: Rules, terms: str) -> Iterator[pa.Table]:
    """The rows of a layer of rights about the images of a manifest that have a URL, by path.

    Args:
        manifest: of a list of URLs.
        rules: conclude licences.
        terms: the licence of the whole variant.
    """
    with pq.ParquetFile(manifest) as file:
        for batch in file.iter_batches(BATCH_ROWS, columns=["path", "url"]):
            found = batch.filter(pc.is_valid(batch["url"]))
            if len(found):
                yield _rows(found["path"], found["url"], rules, terms)


def _rows(paths: pa.Array, urls: pa.Array, rules: Rules, terms: str) -> pa.Table:
    hosts = _hosts(urls)
    conclusions, which = rules.of_urls(urls)
    licences = pa.array([it and it.licence for it in conclusions], pa.string())
    sure = pa.array([it and it.confidence for it in conclusions], pa.float64())
    against = pa.array([_conflict(it, terms) for it in conclusions], pa.string())
    certain = pa.repeat(1.0, len(paths))
    nothing = pa.nulls(len(paths), pa.string())
    # In the order of their names, which is that of a layer.
    parts = [
        _part(paths, CONFLICT, against.take(which), certain, nothing),
        _part(paths, HOST, hosts, certain, nothing),
        _part(paths, LICENCE, licences.take(which), sure.take(which), urls),
        _part(paths, SOURCE, urls, certain, nothing),
    ]
    order = np.argsort(np.concatenate([at for at, _ in parts]), kind="stable")
    return pa.concat_tables([rows for _, rows in parts]).take(pa.array(order))


def _part(
    paths: pa.Array, kind: str, values: pa.Array, sure: pa.Array, words: pa.Array
) -> tuple[np.typing.NDArray[np.int64], pa.Table]:
    """The rows of one kind: those of the images of which there is a value, and which images these are."""
    is_said = pc.is_valid(values)
    at = np.flatnonzero(is_said.to_numpy(zero_copy_only=False))
    count = len(at)
    columns = [
        paths.filter(is_said),
        pa.repeat(kind, count),
        pa.repeat("url", count),
        values.filter(is_said),
        sure.filter(is_said),
        pa.nulls(count, pa.string()),
        pa.nulls(count, pa.int64()),
        words.filter(is_said),
    ]
    return at, pa.Table.from_arrays(columns, schema=_SCHEMA)


def _hosts(urls: pa.Array) -> pa.Array:
    plain = pc.ascii_lower(pc.struct_field(pc.extract_regex(urls, _PLAIN), "host"))
    others = pc.is_null(plain)
    return pc.replace_with_mask(
        plain, others, pa.array([origins.host(url) for url in urls.filter(others).to_pylist()], pa.string())
    )


def _conflict(concluded: Conclusion | None, terms: str) -> str | None:
    """What a licence that was concluded from a URL alone contradicts in the terms."""
    if concluded is None:
        return None
    return collecting.against(concluded, terms)
