"""How are a layer's rows written, hashed, and read back?

As Parquet, for questions; the digest is over canonical lines (RFC 8785 arrays, one a line, LF), so that equal rows have
equal digests whatever library wrote the file.
"""

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from registry.blobs import storage_trouble
from registry.catalogue.layers.kinds import SCHEMAS, Kind
from registry.catalogue.manifests import session
from registry.errors import InvalidInputError
from registry.proof import canonical

GROUP_ROWS = 32_768
MAX_PAGE_ROWS = 1000

Row = tuple[Any, ...]

# What RFC 8785 §3.2.2.2 escapes in a text.
_ESCAPED = r'["\\\x00-\x1f]'
# The columns that name synsets.
_NAMING = ("synset", "labels")


@dataclass(frozen=True)
class Written:
    """What was written.

    Attributes:
        digest: `sha256:<hex>` over the canonical lines.
        rows: how many there are.
    """

    digest: str
    rows: int


def write(kind: Kind, rows: Iterable[Row], file: Path) -> Written:
    """The rows, in ascending order, as the Parquet file of a layer of this kind.

    Raises:
        InvalidInputError: there is no row; or one is out of order, stands twice, or does not fit the kind.
    """
    schema, digest, count = SCHEMAS[kind], hashlib.sha256(), 0
    previous: Row | None = None
    with storage_trouble("the layer"), pq.ParquetWriter(file, schema, compression="zstd") as writer:
        for group in _groups(rows):
            for row in group:
                if previous is not None and _order(row) <= _order(previous):
                    raise InvalidInputError(f"The row {row!a} of the layer is out of order, or stands twice.")
                digest.update(canonical.canonical_bytes(_plain(row)) + b"\n")
                previous = row
            writer.write_table(_table(schema, group), GROUP_ROWS)
            count += len(group)
    if not count:
        raise InvalidInputError("A layer without a single row says nothing.")
    return Written(f"sha256:{digest.hexdigest()}", count)


def write_tables(kind: Kind, tables: Iterable[pa.Table], file: Path) -> Written:
    """The same of tables with the columns of this kind, none of them a list: millions of rows, by the column.

    Law: equal rows have the digest that `write` gives them. Their order is the caller's to keep.

    Raises:
        InvalidInputError: there is no row.
    """
    schema, digest, count = SCHEMAS[kind], hashlib.sha256(), 0
    with storage_trouble("the layer"), pq.ParquetWriter(file, schema, compression="zstd") as writer:
        for table in tables:
            for start in range(0, len(table), GROUP_ROWS):
                group = table.slice(start, GROUP_ROWS).combine_chunks()
                digest.update(_lines(group))
                writer.write_table(group, GROUP_ROWS)
                count += len(group)
    if not count:
        raise InvalidInputError("A layer without a single row says nothing.")
    return Written(f"sha256:{digest.hexdigest()}", count)


def ordered(rows: Iterable[Row]) -> list[Row]:
    """The rows in the order in which a layer has them, each once."""
    return sorted(set(rows), key=_order)


def page(file: Path, after: int, limit: int, *, image: str | None = None) -> list[Row]:
    """At most `limit` rows behind the first `after`; only those about one image, where it is named.

    Raises:
        InvalidInputError: the limit is not 1..`MAX_PAGE_ROWS`, or the file is no layer.
    """
    if not 1 <= limit <= MAX_PAGE_ROWS:
        raise InvalidInputError(f"A page has 1 to {MAX_PAGE_ROWS} rows.")
    with session.opened(layer=file) as layer:
        where, asked = ("WHERE image = ?", [image]) if image is not None else ("", [])
        # The only texts put together here are constants of this room.
        question = f"SELECT * FROM layer {where} LIMIT ? OFFSET ?"  # noqa: S608
        found: list[Row] = layer.execute(question, [*asked, limit, after]).fetchall()
    return found


def rows_of(file: Path) -> Iterator[Row]:
    """Every row, in order."""
    with pq.ParquetFile(file) as parquet:
        for batch in parquet.iter_batches(GROUP_ROWS):
            yield from zip(*[column.to_pylist() for column in batch.columns], strict=True)


def count_naming(kind: Kind, file: Path, synsets: Iterable[str]) -> int:
    """How many rows of a list of synsets, or of a layer of labels, name one of these."""
    [column] = [field.name for field in SCHEMAS[kind] if field.name in _NAMING]
    wanted = pa.array(sorted(synsets), pa.string())
    count = 0
    with pq.ParquetFile(file) as parquet:
        for batch in parquet.iter_batches(GROUP_ROWS, columns=[column]):
            found = batch.column(0)
            if pa.types.is_list(found.type):
                rows = pc.list_parent_indices(found).filter(pc.is_in(pc.list_flatten(found), value_set=wanted))
                count += len(pc.unique(rows))
            else:
                count += pc.sum(pc.is_in(found, value_set=wanted)).as_py() or 0
    return count


def _groups(rows: Iterable[Row]) -> Iterator[list[Row]]:
    source = iter(rows)
    while group := list(islice(source, GROUP_ROWS)):
        yield group


def _order(row: Row) -> tuple[tuple[bool, Any], ...]:
    """Null comes before every value."""
    return tuple((value is not None, value) for value in row)


def _plain(row: Row) -> list[Any]:
    return [list(value) if isinstance(value, tuple) else value for value in row]


def _lines(table: pa.Table) -> memoryview:
    """The canonical lines of a table, each with its LF."""
    cells = [_cells(column.combine_chunks()) for column in table.columns]
    lines = pc.binary_join_element_wise("[", pc.binary_join_element_wise(*cells, ","), "]\n", "")
    # Arrow keeps the texts of an array one behind the other.
    return memoryview(lines.buffers()[2])[: pc.sum(pc.binary_length(lines)).as_py()]


def _cells(column: pa.Array) -> pa.Array:
    """Each value as canonical JSON."""
    if not pa.types.is_string(column.type):
        different = column.dictionary_encode()
        return _one_by_one(different.dictionary).take(different.indices).fill_null("null")
    plain = pc.binary_join_element_wise('"', column, '"', "").fill_null("null")
    is_odd = pc.match_substring_regex(column, _ESCAPED).fill_null(fill_value=False)
    return pc.replace_with_mask(plain, is_odd, _one_by_one(column.filter(is_odd)))


def _one_by_one(column: pa.Array) -> pa.Array:
    return pa.array([canonical.canonical_bytes(value).decode() for value in column.to_pylist()], pa.string())


def _table(schema: pa.Schema, rows: Sequence[Row]) -> pa.Table:
    try:
        columns = [pa.array(column, field.type) for column, field in zip(zip(*rows, strict=True), schema, strict=True)]
    except (pa.ArrowException, ValueError) as error:
        raise InvalidInputError("A row does not fit the columns of its layer.") from error
    return pa.Table.from_arrays(columns, schema=schema)
