"""Parquet files with embedded pictures, as Hugging Face datasets have them: a column of `{bytes, path}`, and `label`.

What a number in `label` means is in the file's own metadata; without a column of that name, these may name one other as
that of the classes. A picture without a name of its own is called by its row.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar, NamedTuple

import pyarrow as pa

from registry.catalogue import cells
from registry.catalogue.found import Found, Kind
from registry.catalogue.layout_names import LayoutName
from registry.catalogue.layouts import look
from registry.catalogue.layouts.look import Look
from registry.catalogue.layouts.source import Source
from registry.catalogue.manifests.columns import PLACE
from registry.catalogue.places import CellPlace, HeldSpan, Span, folder_of
from registry.errors import InvalidInputError
from registry.proof import canonical, paths

FOLDER = "data"
# Of how many folders, of a configuration or a split, it is asked whether they hold nothing but Parquet files.
FOLDERS = 16
# In how many files, of those that there are, pictures are looked for.
LOOKED_AT = 4


class ParquetFiles:
    """See `Layout`."""

    name: ClassVar[LayoutName] = LayoutName.PARQUET
    extras: ClassVar[tuple[str, ...]] = PLACE
    is_sorted: ClassVar[bool] = False

    def fits(self, look: Look) -> str | None:
        """See `Layout.fits`."""
        parts = _parts(look)
        if not parts:
            return None
        # A table beside something else describes it; alone, it is all there is to be read.
        is_alone = len(look.files) == len(look.parquets) and not {*look.folders} - {FOLDER}
        has_pictures = any(cells.has_pictures(folder_of(look.root) / part) for part in parts[:LOOKED_AT])
        return f"it holds {len(parts):,} Parquet files" if has_pictures or is_alone else None

    def tables(self, source: Source) -> Iterator[pa.Table]:
        """See `Layout.tables`."""
        parts = _parts(look.take(source.root))
        return source.read((found for part in parts for found in found_in(source, part)), self.extras)


def _parts(seen: Look) -> tuple[str, ...]:
    """The Parquet files, relative to the source's folder."""
    if seen.parquets:
        return seen.parquets
    if FOLDER in seen.folders and (inside := look.take(seen.root / FOLDER).parquets):
        return tuple(f"{FOLDER}/{name}" for name in inside)
    return _below(seen) or _below(seen, is_deep=True)


def _below(seen: Look, *, is_deep: bool = False) -> tuple[str, ...]:
    """The Parquet files in the folders, or in those inside them, where these hold nothing else; none otherwise."""
    found: list[str] = []
    names = [name for name in seen.folders if not name.startswith(".")]
    if len(names) > FOLDERS or not all(map(paths.is_portable, names)):
        return ()
    for name in names:
        inner = look.take(seen.root / name)
        parts = _below(inner) if is_deep else inner.parquets
        if not parts or len(inner.files) != (0 if is_deep else len(parts)):
            return ()
        found += [f"{name}/{part}" for part in parts]
    return tuple(found)


@dataclass(frozen=True, slots=True)
class _Read(CellPlace):
    """A cell that was just read with its neighbours, and need not be read again."""

    data: bytes = b""

    @contextmanager
    def opened(self) -> Iterator[Span]:
        yield HeldSpan(self.data)


def found_in(source: Source, part: str) -> Iterator[Found]:
    """The pictures of one Parquet file of the source, in the order of its rows."""
    file = source.place_of(part)
    if file is None:
        return
    try:
        for first, table in cells.groups(file):
            column = cells.picture_column(table.schema)
            if column is None:
                names = ", ".join(table.schema.names)
                source.report.note_fault(part, "", f"it has no column of pictures with bytes and path, only {names}")
                return
            classes = _classes(table.schema)
            if classes is None and not first:
                source.report.note_fault(part, "", f"it has no column {cells.LABEL}; its images have no class")
            wanted = [column] if classes is None else [column, classes.column]
            yield from _rows(source, part, file, (first, table.select(wanted)), classes)
    except OSError as error:
        source.report.note_fault(part, "", f"it cannot be read: {error.strerror or error}")


def _rows(
    source: Source, part: str, file: Path, group: tuple[int, pa.Table], classes: "_Classes | None"
) -> Iterator[Found]:
    first, table = group
    labels = [None] * len(table) if classes is None else table[classes.column].to_pylist()
    stem = part.removesuffix(cells.SUFFIX)
    for number, (picture, label) in enumerate(zip(table[0], labels, strict=True), start=first):
        data, name = (picture["bytes"].as_py(), picture["path"].as_py()) if picture.is_valid else (None, None)
        if data is None:
            source.report.came_in += 1
            why = "its picture is not in the file" if name is None else "its picture is named, and not in the file"
            source.report.refuse(part, f"row {number}", why)
            continue
        path = f"{stem}/{name or f'{number:08d}'}"
        place = _Read(str(file).encode(errors="surrogateescape"), number, data)
        yield Found(path, place, None if classes is None else classes.label_of(label), Kind.FILE, part, number)


class _Classes(NamedTuple):
    """The column of the classes, and what its numbers mean, as far as the file says so."""

    column: str
    names: Sequence[object] = ()

    def label_of(self, cell: object) -> str | None:
        if cell is None or cell == "":
            return None
        return str(self.names[cell] if isinstance(cell, int) and 0 <= cell < len(self.names) else cell)


def _classes(schema: pa.Schema) -> _Classes | None:
    """Where the classes are; null where there is no column of them, or where there are several of no usual name."""
    named = {column: names for column, names in _class_names(schema).items() if column in schema.names}
    if cells.LABEL in schema.names:
        return _Classes(cells.LABEL, named.get(cells.LABEL, ()))
    return _Classes(*named.popitem()) if len(named) == 1 else None


def _class_names(schema: pa.Schema) -> dict[str, Sequence[object]]:
    """The names of the classes, by column, where the file's metadata say what its numbers mean."""
    try:
        said: Any = canonical.parse_object((schema.metadata or {}).get(b"huggingface", b"{}"))
        features = said["info"]["features"].items()
    except (InvalidInputError, KeyError, TypeError, AttributeError):
        return {}
    return {
        column: feature["names"]
        for column, feature in features
        if isinstance(feature, Mapping) and isinstance(feature.get("names"), list)
    }
