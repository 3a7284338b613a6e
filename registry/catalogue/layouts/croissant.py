"""A dataset that a Croissant document describes: its files are compared with the `sha256` that the document gives.

A FileObject that is a picture is a row; one that is an archive holds rows where a FileSet is contained in it; a FileSet
of the folder itself names pictures by a pattern, without digests. What nothing names is refused.
"""

from collections.abc import Iterator, Mapping, Sequence
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any, ClassVar

import pyarrow as pa

from registry.catalogue import paths as places
from registry.catalogue.found import Found, Kind
from registry.catalogue.layout_names import LayoutName
from registry.catalogue.layouts import folders, members
from registry.catalogue.layouts.look import IMAGE_SUFFIXES, Look
from registry.catalogue.layouts.source import Source
from registry.catalogue.manifests.columns import PLACE
from registry.errors import InvalidInputError
from registry.proof import archives, canonical, digests
from registry.proof.archives import Listed

NAMES = ("croissant.json", "metadata.json")
FORM = "mlcommons.org/croissant"


class Croissant:
    """See `Layout`."""

    name: ClassVar[LayoutName] = LayoutName.CROISSANT
    extras: ClassVar[tuple[str, ...]] = PLACE
    is_sorted: ClassVar[bool] = False

    def fits(self, look: Look) -> str | None:
        """See `Layout.fits`."""
        found = [name for name in NAMES if name in look.files and _is_croissant(look.root / name)]
        return f"it holds the Croissant document {found[0]}" if found else None

    def tables(self, source: Source) -> Iterator[pa.Table]:
        """See `Layout.tables`."""
        name = next(name for name in NAMES if (source.root / name).is_file())
        said = _Distribution(name, canonical.parse_object((source.root / name).read_bytes()))
        source.report.conclude(f"{name} describes {len(said.files):,} files and {len(said.sets):,} sets of files.")
        return source.read(self._found(source, said), self.extras)

    def _found(self, source: Source, said: "_Distribution") -> Iterator[Found]:
        for path, digest in said.files.items():
            if not path.lower().endswith(IMAGE_SUFFIXES):
                _compare(source, said.name, path, digest)
        for archive, pattern in said.sets:
            if archive is not None:
                yield from members.found_in(source, [archive], _naming(pattern))
        yield from self._pictures(source, said)

    def _pictures(self, source: Source, said: "_Distribution") -> Iterator[Found]:
        """The pictures that lie in the folder itself."""
        waiting = {path for path in said.files if path.lower().endswith(IMAGE_SUFFIXES)}
        patterns = [pattern for archive, pattern in said.sets if archive is None]
        for thing in folders.walk(source.root):
            if thing.path in said.files:
                waiting.discard(thing.path)
                if thing.path.lower().endswith(IMAGE_SUFFIXES):
                    yield thing._replace(expected=said.files[thing.path], said_in=(said.name, thing.path))
            elif any(fnmatchcase(thing.path, pattern) for pattern in patterns):
                yield thing
            elif thing.path != said.name and thing.kind is not Kind.EMPTY_FOLDER:
                source.report.came_in += 1
                source.report.refuse(thing.path, "", f"nothing in {said.name} names it")
        for path in sorted(waiting):
            source.report.came_in += 1
            source.report.refuse(said.name, path, "there is no such file")


class _Distribution:
    """What a document says of files: local ones with their digests, and sets by pattern with the archive of each."""

    def __init__(self, name: str, document: Mapping[str, Any]) -> None:
        self.name = name
        parts = [part for part in _listed(document.get("distribution")) if isinstance(part, Mapping)]
        objects = {str(part.get("@id", part.get("name"))): part for part in parts if _kind(part) == "FileObject"}
        local = {key: str(part["contentUrl"]) for key, part in objects.items() if _is_local(part.get("contentUrl"))}
        self.files = {local[key]: str(objects[key].get("sha256", "")).lower() for key in local}
        self.sets: list[tuple[str | None, str]] = []
        for part in parts:
            if _kind(part) == "FileSet":
                holders = [
                    local.get(str(it.get("@id"))) for it in _listed(part.get("containedIn")) if isinstance(it, Mapping)
                ]
                archive = next((it for it in holders if it is not None and it.endswith(archives.SUFFIX)), None)
                self.sets += [(archive, str(pattern)) for pattern in _listed(part.get("includes"))]
        if not self.files and not self.sets:
            raise InvalidInputError(f"{name} describes no file that is here.")


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


def _naming(pattern: str) -> members.Naming:
    def named(member: Listed) -> tuple[str, str | None] | None:
        is_wanted = fnmatchcase(member.name, pattern)
        return (f"{member.stem}/{member.name}", folders.first_folder(member.name)) if is_wanted else None

    return named


def _is_croissant(file: Path) -> bool:
    try:
        with file.open("rb") as document:
            return FORM.encode() in document.read(1 << 20)
    except OSError:
        return False


def _kind(part: Mapping[str, Any]) -> str:
    return str(part.get("@type")).rpartition(":")[2].rpartition("/")[2]


def _is_local(url: object) -> bool:
    return isinstance(url, str) and "://" not in url and not url.startswith("/")


def _listed(value: object) -> list[object]:
    if value is None:
        return []
    return list(value) if isinstance(value, Sequence) and not isinstance(value, str) else [value]
