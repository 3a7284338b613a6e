"""Parquet files with embedded pictures, as Hugging Face datasets have them: a column of `{bytes, path}`, and `label`.

What a number in `label` means is in the file's own metadata. A picture without a name of its own is called by its row.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

import pyarrow as pa

from registry.catalogue import cells
from registry.catalogue.found import Found, Kind
from registry.catalogue.layout_names import LayoutName
from registry.catalogue.layouts import look
from registry.catalogue.layouts.look import Look
from registry.catalogue.layouts.source import Source
from registry.catalogue.manifests.columns import PLACE
from registry.catalogue.places import CellPlace, HeldSpan, Span, folder_of

FOLDER = "data"


class ParquetFiles:
    """See `Layout`."""

    name: ClassVar[LayoutName] = LayoutName.PARQUET
    extras: ClassVar[tuple[str, ...]] = PLACE
    is_sorted: ClassVar[bool] = False

    def fits(self, look: Look) -> str | None:
        """See `Layout.fits`."""
        count = len(_parts(look))
        return f"it holds {count:,} Parquet files" if count else None

    def tables(self, source: Source) -> Iterator[pa.Table]:
        """See `Layout.tables`."""
        parts = _parts(look.take(source.root))
        return source.read((found for part in parts for found in found_in(source, part)), self.extras)


def _parts(seen: Look) -> tuple[str, ...]:
    """The Parquet files, relative to the source's folder."""
    if seen.parquets or FOLDER not in seen.folders:
        return seen.parquets
    return tuple(f"{FOLDER}/{name}" for name in look.take(seen.root / FOLDER).parquets)


@dataclass(frozen=True, slots=True)
class _Read(CellPlace):
    """A cell that was just read with its neighbours, and need not be read again."""

    data: bytes = b""

    @contextmanager
    def opened(self) -> Iterator[Span]:
        yield HeldSpan(self.data)


def found_in(source: Source, part: str) -> Iterator[Found]:
    """The pictures of one Parquet file of the source, in the order of its rows."""
    file = (folder_of(source.root) / part).absolute()
    try:
        for first, table in cells.groups(file):
            column = cells.picture_column(table.schema)
            if column is None:
                names = ", ".join(table.schema.names)
                source.report.note_fault(part, "", f"it has no column of pictures, only {names}")
                return
            if cells.LABEL not in table.schema.names and not first:
                source.report.note_fault(part, "", f"it has no column {cells.LABEL}; its images have no class")
            yield from _rows(source, part, file, first, table.select(_wanted(table, column)))
    except OSError as error:
        source.report.note_fault(part, "", f"it cannot be read: {error.strerror or error}")


def _wanted(table: pa.Table, column: str) -> list[str]:
    return [column, *([cells.LABEL] if cells.LABEL in table.schema.names else [])]


def _rows(source: Source, part: str, file: Path, first: int, table: pa.Table) -> Iterator[Found]:
    names = _class_names(table.schema)
    labels = table[cells.LABEL].to_pylist() if cells.LABEL in table.schema.names else [None] * len(table)
    stem = part.removesuffix(cells.SUFFIX)
    for number, (picture, label) in enumerate(zip(table[0], labels, strict=True), start=first):
        data, name = (picture["bytes"].as_py(), picture["path"].as_py()) if picture.is_valid else (None, None)
        if data is None:
            source.report.came_in += 1
            source.report.refuse(part, f"row {number}", "it has no bytes")
            continue
        path = f"{stem}/{name or f'{number:08d}'}"
        place = _Read(str(file).encode(errors="surrogateescape"), number, data)
        yield Found(path, place, _label(label, names), Kind.FILE, part, number)


def _label(label: Any, names: list[str]) -> str | None:  # noqa: ANN401 - whatever the cell holds
    if label is None or label == "":
        return None
    return names[label] if isinstance(label, int) and 0 <= label < len(names) else str(label)


def _class_names(schema: pa.Schema) -> list[str]:
    """The names of the classes, where the file's metadata say what its numbers mean; none elsewhere."""
    try:
        said = json.loads((schema.metadata or {}).get(b"huggingface", b"{}"))
        names = said["info"]["features"][cells.LABEL]["names"]
    except (ValueError, KeyError, TypeError):
        return []
    return [str(name) for name in names] if isinstance(names, list) else []
