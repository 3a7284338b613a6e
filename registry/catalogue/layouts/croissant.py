"""A dataset that a Croissant document describes: its files are compared with the `sha256` that the document gives.

A FileObject that is a picture is a row; one that is an archive holds rows where a FileSet is contained in it; a FileSet
of the folder itself names pictures by a pattern, or Parquet files that hold them, without digests. What nothing names
is refused. What a record set says of labels is not read: the class is a folder.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import ClassVar

import pyarrow as pa

from registry.catalogue import cells
from registry.catalogue import paths as places
from registry.catalogue.found import Found, Kind
from registry.catalogue.layout_names import LayoutName
from registry.catalogue.layouts import folders, look, members, parquet
from registry.catalogue.layouts.distribution import Distribution, FileSet
from registry.catalogue.layouts.look import Look
from registry.catalogue.layouts.source import Source
from registry.catalogue.manifests.columns import PLACE
from registry.errors import InvalidInputError
from registry.proof import canonical, digests
from registry.proof.archives import Listed

# What documents are called; another JSON file that says that it is one will do.
NAMES = ("croissant.json", "metadata.json")
SUFFIX = ".json"
LOOKED_AT = 16
FORM = "mlcommons.org/croissant"
FORM_BYTES = 1 << 20


class Croissant:
    """See `Layout`."""

    name: ClassVar[LayoutName] = LayoutName.CROISSANT
    extras: ClassVar[tuple[str, ...]] = PLACE
    is_sorted: ClassVar[bool] = False

    def fits(self, look: Look) -> str | None:
        """See `Layout.fits`."""
        name = _document_in(look)
        return None if name is None else f"it holds the Croissant document {name}"

    def tables(self, source: Source) -> Iterator[pa.Table]:
        """See `Layout.tables`."""
        name = _document_in(look.take(source.root))
        if name is None:
            raise InvalidInputError(f"{source.root} holds no Croissant document, such as {NAMES[0]}.")
        return source.read(_found(source, _distribution(source, name)), self.extras)


def _document_in(seen: Look) -> str | None:
    if not seen.is_folder:
        return None
    others = [name for name in seen.files if name.endswith(SUFFIX) and name not in NAMES]
    names = [*(name for name in NAMES if name in seen.files), *others[:LOOKED_AT]]
    return next((name for name in names if _is_croissant(seen.root / name)), None)


def _is_croissant(file: Path) -> bool:
    try:
        with file.open("rb") as document:
            return FORM.encode() in document.read(FORM_BYTES)
    except OSError:
        return False


def _distribution(source: Source, name: str) -> Distribution:
    """What the document says; the report is told of it."""
    try:
        with (source.root / name).open("rb") as file:
            document = canonical.parse_object(file.read(canonical.MAX_JSON_BYTES + 1))
    except InvalidInputError as error:
        raise InvalidInputError(f"{name} cannot be read: {error.sentence}") from error
    said = Distribution(name, document, source.root)
    report = source.report
    report.conclude(f"{name} describes {len(said.files):,} files and {len(said.sets):,} sets of files.")
    unchecked = sum(digest is None for digest in said.files.values())
    if unchecked:
        report.conclude(f"Of {unchecked:,} of these files it gives no SHA-256, so they were compared with nothing.")
    if said.elsewhere:
        report.conclude(
            f"Besides, {len(said.elsewhere):,} files that lie elsewhere, on the web as a rule; nothing was fetched."
        )
    return said


def _found(source: Source, said: Distribution) -> Iterator[Found]:
    for it in said.elsewhere:
        if it.is_picture:
            _refuse(source, said.name, it.url, "it lies elsewhere, and nothing is fetched")
    for path in said.packed:
        source.report.note_fault(path, "", look.PACKED)
    for path, digest in said.files.items():
        if digest is not None and not look.is_picture(path):
            _compare(source, said.name, path, digest)
    archived = {
        archive: [it for it in said.sets if archive in it.archives] for it in said.sets for archive in it.archives
    }
    for archive, sets in archived.items():
        yield from members.found_in(source, [archive], _naming(sets))
    yield from _loose(source, said)


def _loose(source: Source, said: Distribution) -> Iterator[Found]:
    """The pictures that lie in the folder itself, and in its Parquet files."""
    waiting = set(filter(look.is_picture, said.files))
    sets = [it for it in said.sets if not it.archives]
    for thing in folders.walk(source.root):
        if thing.path == said.name:
            continue
        holder = next((it for it in sets if it.names(thing.path)), None)
        waiting.discard(thing.path)
        if cells.is_parquet(thing.path) and (holder is not None or thing.path in said.files):
            yield from parquet.found_in(source, thing.path)
        elif thing.path in said.files and look.is_picture(thing.path):
            yield thing._replace(expected=said.files[thing.path], said_in=(said.name, thing.path))
        elif holder is not None:
            yield thing._replace(label=holder.label_of(thing.path))
        elif thing.path not in said.files and thing.kind is not Kind.EMPTY_FOLDER:
            _refuse(source, thing.path, "", f"nothing in {said.name} names it")
    for path in sorted(waiting):
        _refuse(source, said.name, path, _why_gone(source, path))


def _why_gone(source: Source, path: str) -> str:
    try:
        places.locate(source.root, path)
    except InvalidInputError:
        return "its name is no plain relative path"
    return "there is no such file"


def _refuse(source: Source, file: str, where: str, why: str) -> None:
    source.report.came_in += 1
    source.report.refuse(file, where, why)


def _compare(source: Source, name: str, path: str, digest: str) -> None:
    """Note when a file that is no picture is not what the document says."""
    try:
        found = digests.hash_file(places.locate(source.root, path))
    except InvalidInputError as error:
        source.report.note_fault(name, path, error.sentence)
        return
    if found.problem is not None:
        source.report.note_fault(name, path, f"it cannot be read: {found.problem}")
    elif found.sha256 != digest:
        source.report.note_fault(name, path, "its bytes are not those that the document says")


def _naming(sets: list[FileSet]) -> members.Naming:
    def named(member: Listed) -> tuple[str, str | None] | None:
        holder = next((it for it in sets if it.names(member.name)), None)
        return None if holder is None else (f"{member.stem}/{member.name}", holder.label_of(member.name))

    return named
