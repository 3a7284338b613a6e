"""Which columns does a manifest's Parquet file have, and how do entries become columns and come back?

A release file has every column of the source file and its own behind them. What most rows share with their source is
not written twice: `changed_sha256` and `changed_size_bytes` are null where the output has the source's own bytes.
"""

from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from typing import Any

import pyarrow as pa

from registry.catalogue.entries import Box, Defect, Format, ReleaseEntry, SourceEntry, Thumbnail
from registry.proof.manifest import Verdict

_BOX = pa.struct(
    [
        pa.field("left", pa.int32(), nullable=False),
        pa.field("top", pa.int32(), nullable=False),
        pa.field("right", pa.int32(), nullable=False),
        pa.field("bottom", pa.int32(), nullable=False),
        pa.field("score", pa.float64(), nullable=False),
    ]
)

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

RELEASE = pa.schema(
    [
        *SOURCE,
        pa.field("verdict", pa.string(), nullable=False),
        pa.field("reasons", pa.list_(pa.string()), nullable=False),
        pa.field("faces", pa.int32()),
        pa.field("boxes", pa.list_(_BOX), nullable=False),
        pa.field("changed_sha256", pa.binary(32)),
        pa.field("changed_size_bytes", pa.int64()),
    ],
    metadata={"accession.manifest": "release/1"},
)

# Columns that people look a picture up by.
DIGESTS = ("sha256", "changed_sha256")

_FORMATS: dict[str | None, Format | None] = {None: None, **{value: value for value in Format}}
_DEFECTS: dict[str | None, Defect | None] = {None: None, **{value: value for value in Defect}}
_THUMBNAILS = {value.value: value for value in Thumbnail}
_VERDICTS = {value.value: value for value in Verdict}


def source_table(entries: Sequence[SourceEntry]) -> pa.Table:
    """The entries as columns, in their order."""
    return pa.table(_source_columns(entries), schema=SOURCE)


def release_table(entries: Sequence[ReleaseEntry]) -> pa.Table:
    """The entries as columns, in their order."""
    columns = [
        *_source_columns([entry.source for entry in entries]),
        [entry.verdict for entry in entries],
        [entry.reasons for entry in entries],
        [entry.faces for entry in entries],
        [[box._asdict() for box in entry.boxes] for entry in entries],
        [_raw(entry.output_sha256) if _is_changed(entry) else None for entry in entries],
        [entry.output_size_bytes if _is_changed(entry) else None for entry in entries],
    ]
    return pa.table(columns, schema=RELEASE)


def source_entries(rows: Iterable[tuple[Any, ...]]) -> Iterator[SourceEntry]:
    """The entries of rows whose fields are `SOURCE`'s, in that order."""
    for row in rows:
        yield _source_entry(row)


def release_entries(rows: Iterable[tuple[Any, ...]]) -> Iterator[ReleaseEntry]:
    """The entries of rows whose fields are `RELEASE`'s, in that order."""
    for row in rows:
        yield release_entry(row)


def release_entry(row: tuple[Any, ...]) -> ReleaseEntry:
    """The entry of one row of `RELEASE`."""
    source = _source_entry(row)
    verdict_text, reasons, faces, boxes, sha256, size_bytes = row[len(SOURCE) :]
    verdict = _VERDICTS[verdict_text]
    if sha256 is not None:
        output = sha256.hex(), size_bytes
    else:
        output = (None, None) if verdict is Verdict.EXCLUDE else (source.sha256, source.size_bytes)
    found = tuple([Box(**box) for box in boxes]) if boxes else ()
    return ReleaseEntry(source, verdict, tuple(reasons), faces, found, *output)


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


def _source_entry(row: tuple[Any, ...]) -> SourceEntry:
    path, size_bytes, sha256, form, width, height, mode, orientation, thumbnails, has_metadata, label, defect, *_ = row
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
    )


def _is_changed(entry: ReleaseEntry) -> bool:
    return entry.output_sha256 != entry.source.sha256


def _raw(sha256: str | None) -> bytes | None:
    return None if sha256 is None else bytes.fromhex(sha256)


def _hex(sha256: bytes | None) -> str | None:
    return None if sha256 is None else sha256.hex()
