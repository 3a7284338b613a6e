"""Which columns does a manifest's Parquet file have, and how do entries become columns and come back?

A release file has every column of the source file and its own behind them. What most rows share with their source is
not written twice: `changed_sha256` and `changed_size_bytes` are null where the output has the source's own bytes.
How an image was looked at is a column set of its own, see `looks`.

Behind the columns that every file has come those that only some have: `EXTRAS`. To add one is to add it there and to
`SourceEntry`, as the last of both; a file has it when whoever writes it names it.
"""

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice, pairwise, repeat
from typing import Any

import pyarrow as pa

from registry.catalogue.entries import Defect, Format, ReleaseEntry, SourceEntry, Thumbnail
from registry.catalogue.manifests import looks
from registry.errors import InvalidInputError
from registry.proof.manifest import Verdict

SOURCE = pa.schema(
    [
        pa.field("path", pa.string(), nullable=False),
        pa.field("size_bytes", pa.int64()),
        pa.field("sha256", pa.binary(32)),
        pa.field("format", pa.string()),
        pa.field("width", pa.int64()),
        pa.field("height", pa.int64()),
        pa.field("mode", pa.string()),
        pa.field("orientation", pa.int8()),
        pa.field("thumbnails", pa.list_(pa.string()), nullable=False),
        pa.field("has_metadata", pa.bool_(), nullable=False),
        pa.field("label", pa.string()),
        pa.field("defect", pa.string()),
    ],
    metadata={"accession.manifest": "source/1"},
)

_FATE = (
    pa.field("verdict", pa.string(), nullable=False),
    pa.field("reasons", pa.list_(pa.string()), nullable=False),
    pa.field("faces", pa.int32()),
    pa.field("boxes", pa.list_(looks.BOX), nullable=False),
    pa.field("changed_sha256", pa.binary(32)),
    pa.field("changed_size_bytes", pa.int64()),
    *looks.FIELDS,
)
RELEASE = pa.schema([*SOURCE, *_FATE], metadata={"accession.manifest": "release/2"})

# Columns that only some manifests have, in the order of the last fields of `SourceEntry`.
EXTRAS = pa.schema(
    [
        pa.field("part", pa.string()),
        pa.field("position", pa.int64()),
        pa.field("url", pa.string()),
        pa.field("pdq", pa.string()),
    ]
)
# Those that a release takes over from its source: where the bytes of a kept image are to be read.
PLACE = ("part", "position")

# As many entries become columns together.
BATCH_ROWS = 8192
# Columns that releases of before do not have; they are null there.
ADDED = frozenset(field.name for field in looks.FIELDS)
# Columns that people look a picture up by.
DIGESTS = ("sha256", "changed_sha256")

_FORMATS: dict[str | None, Format | None] = {None: None, **{value: value for value in Format}}
_DEFECTS: dict[str | None, Defect | None] = {None: None, **{value: value for value in Defect}}
_THUMBNAILS = {value.value: value for value in Thumbnail}
_VERDICTS = {value.value: value for value in Verdict}


def extended(schema: pa.Schema, extras: Sequence[str]) -> pa.Schema:
    """The schema with these columns of `EXTRAS` behind its own."""
    return pa.schema([*schema, *[field for field in EXTRAS if field.name in extras]], metadata=schema.metadata)


def extras_of(names: Sequence[str]) -> list[str]:
    """The columns of `EXTRAS` among these, in their order."""
    return [name for name in EXTRAS.names if name in names]


def completed(table: pa.Table, extras: Sequence[str]) -> pa.Table:
    """The table with every column of a source's manifest; those that it has not say nothing."""
    schema = extended(SOURCE, extras)
    if table.schema.equals(schema):
        return table
    nothing: dict[str, Any] = {"thumbnails": [], "has_metadata": False}
    columns = [
        table[field.name]
        if field.name in table.column_names
        else pa.repeat(pa.scalar(nothing.get(field.name), field.type), len(table))
        for field in schema
    ]
    return pa.table(columns, schema=schema)


def source_tables(entries: Iterable[SourceEntry], extras: Sequence[str] = ()) -> Iterator[pa.Table]:
    """The entries as columns, some thousand at a time."""
    waiting = iter(entries)
    while batch := list(islice(waiting, BATCH_ROWS)):
        yield source_table(batch, extras)


def release_tables(entries: Iterable[ReleaseEntry], extras: Sequence[str] = ()) -> Iterator[pa.Table]:
    """The entries as columns, some thousand at a time.

    Raises:
        InvalidInputError: an entry contradicts itself.
    """
    waiting = iter(entries)
    while batch := list(islice(waiting, BATCH_ROWS)):
        yield release_table(batch, extras)


def source_table(entries: Sequence[SourceEntry], extras: Sequence[str] = ()) -> pa.Table:
    """The entries as columns, in their order."""
    columns = [*_source_columns(entries), *_extra_columns(entries, extras)]
    return pa.table(columns, schema=extended(SOURCE, extras))


def release_table(entries: Sequence[ReleaseEntry], extras: Sequence[str] = ()) -> pa.Table:
    """The entries as columns, in their order.

    Raises:
        InvalidInputError: an entry has an output though it is excluded, or none though it is not.
    """
    for entry in entries:
        if not _has_one_fate(entry):
            raise InvalidInputError(f"The entry of {entry.source.path!a} contradicts itself about its output.")
    columns = [
        *_source_columns([entry.source for entry in entries]),
        [entry.verdict for entry in entries],
        [entry.reasons for entry in entries],
        [entry.faces for entry in entries],
        [[box._asdict() for box in entry.boxes] for entry in entries],
        [_raw(entry.output_sha256) if _is_changed(entry) else None for entry in entries],
        [entry.output_size_bytes if _is_changed(entry) else None for entry in entries],
        *looks.columns(entries),
        *_extra_columns([entry.source for entry in entries], extras),
    ]
    return pa.table(columns, schema=extended(RELEASE, extras))


def source_entries(rows: Iterable[tuple[Any, ...]]) -> Iterator[SourceEntry]:
    """The entries of rows whose fields are `SOURCE`'s in that order, and behind them none or all of `EXTRAS`."""
    for row in rows:
        yield _source_entry(row[: len(SOURCE)], row[len(SOURCE) :])


def release_entries(rows: Iterable[tuple[Any, ...]]) -> Iterator[ReleaseEntry]:
    """The entries of rows whose fields are `RELEASE`'s in that order, and behind them none or all of `EXTRAS`."""
    for row in rows:
        yield release_entry(row)


def release_entry(row: tuple[Any, ...]) -> ReleaseEntry:
    """The entry of one row; see `release_entries`."""
    source = _source_entry(row[: len(SOURCE)], row[len(RELEASE) :])
    verdict_text, reasons, faces, boxes, sha256, size_bytes, _, look = row[len(SOURCE) : len(RELEASE)]
    verdict = _VERDICTS[verdict_text]
    if sha256 is not None:
        output = sha256.hex(), size_bytes
    else:
        output = (None, None) if verdict is Verdict.EXCLUDE else (source.sha256, source.size_bytes)
    return ReleaseEntry(source, verdict, tuple(reasons), faces, looks.boxes(boxes), *output, looks.look(look))


def rows(batch: pa.RecordBatch | pa.Table, names: Sequence[str]) -> Iterator[tuple[Any, ...]]:
    """The rows with these fields, as Python values; null where the batch has no such column."""
    whole = {name: batch.column(name) for name in names if name in batch.schema.names}
    found = {
        name: values(column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column)
        for name, column in whole.items()
    }
    return zip(*(found.get(name) or repeat(None, batch.num_rows) for name in names), strict=True)


def values(column: pa.Array) -> list[Any]:
    """The column as Python values; lists of text come as tuples, read at once and not one by one."""
    if not pa.types.is_list(column.type):
        return list(column.to_pylist())
    inner, ends = column.values.to_pylist(), column.offsets.to_pylist()
    return [tuple(inner[start:end]) if start != end else () for start, end in pairwise(ends)]


def _source_columns(entries: Sequence[SourceEntry]) -> list[Any]:
    return [
        [entry.path for entry in entries],
        [entry.size_bytes for entry in entries],
        [_raw(entry.sha256) for entry in entries],
        [entry.format for entry in entries],
        [entry.width for entry in entries],
        [entry.height for entry in entries],
        [entry.mode for entry in entries],
        [entry.orientation for entry in entries],
        [entry.thumbnails for entry in entries],
        [entry.has_metadata for entry in entries],
        [entry.label for entry in entries],
        [entry.defect for entry in entries],
    ]


def _extra_columns(entries: Sequence[SourceEntry], extras: Sequence[str]) -> list[Any]:
    return [[getattr(entry, name) for entry in entries] for name in extras_of(extras)]


def _source_entry(row: tuple[Any, ...], extras: tuple[Any, ...]) -> SourceEntry:
    path, size_bytes, sha256, form, width, height, mode, orientation, thumbnails, has_metadata, label, defect = row
    # By position, in the order of the fields: by name it takes half as long again, millions of times.
    return SourceEntry(
        path,
        size_bytes,
        _hex(sha256),
        _FORMATS[form],
        width,
        height,
        mode,
        orientation,
        tuple([_THUMBNAILS[name] for name in thumbnails]) if thumbnails else (),
        has_metadata,
        label,
        _DEFECTS[defect],
        *extras,
    )


def _is_changed(entry: ReleaseEntry) -> bool:
    return entry.output_sha256 != entry.source.sha256


def _has_one_fate(entry: ReleaseEntry) -> bool:
    """Whether what is said of the output agrees with the verdict, and with the source where the bytes are the same."""
    size, digest = entry.output_size_bytes, entry.output_sha256
    if entry.verdict is Verdict.EXCLUDE:
        return size is None and digest is None
    if digest is None or size is None:
        return False
    return _is_changed(entry) or size == entry.source.size_bytes


def _raw(sha256: str | None) -> bytes | None:
    return None if sha256 is None else bytes.fromhex(sha256)


def _hex(sha256: bytes | None) -> str | None:
    return None if sha256 is None else sha256.hex()
