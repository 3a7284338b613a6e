"""What does a Croissant document say of files: which lie here, which lie elsewhere, and which patterns name others?

Nothing is fetched. A file whose URL leads elsewhere counts as here when one of its name lies beside the document; it is
compared with the digest like every other.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import unquote, urlsplit

from registry.catalogue.layouts import folders, look
from registry.errors import InvalidInputError
from registry.proof import archives, paths

_SHA256 = re.compile(r"[0-9a-f]{64}")
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")
_WILD = re.compile(r"[*?\[]")

SHOWN_CHARS = 200
NAME_BYTES = 255
Part = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class FileSet:
    """Files that patterns name, in archives, or in the folder itself where there are none.

    Attributes:
        includes: patterns, one of which names a file of the set; a star stands for slashes, too.
        excludes: patterns, none of which does.
        archives: in which they lie, by their names beside the document.
    """

    includes: tuple[str, ...]
    excludes: tuple[str, ...] = ()
    archives: tuple[str, ...] = ()

    def names(self, path: str) -> bool:
        """Whether this file belongs to the set."""
        return self._pattern(path) is not None and not any(fnmatchcase(path, pattern) for pattern in self.excludes)

    def label_of(self, path: str) -> str | None:
        """The first folder that the pattern leaves open; where it leaves none open, the last of those that it names."""
        named = _WILD.split(self._pattern(path) or "", maxsplit=1)[0].rpartition("/")[0]
        behind = folders.first_folder(path.removeprefix(f"{named}/"))
        return behind or named.rpartition("/")[2] or None

    def _pattern(self, path: str) -> str | None:
        return next((pattern for pattern in self.includes if fnmatchcase(path, pattern)), None)


class Elsewhere(NamedTuple):
    """A file that does not lie here: how its URL begins, and whether that or its type says that it is a picture."""

    url: str
    is_picture: bool


class Distribution:
    """What a document says of files.

    Attributes:
        name: of the document.
        files: by their paths, those that lie here, with their SHA-256 in hex; null where the document gives none.
        elsewhere: the others.
        packed: archives with sets of files that are here and would have to be unpacked.
        sets: the sets of files.
    """

    def __init__(self, name: str, document: Part, root: Path) -> None:
        """Reads a document.

        Raises:
            InvalidInputError: it describes no file.
        """
        self.name, self._root = name, root
        self.files: dict[str, str | None] = {}
        self.elsewhere: list[Elsewhere] = []
        self.packed: list[str] = []
        self.sets: list[FileSet] = []
        parts = [part for part in _listed(_value(document, "distribution")) if isinstance(part, Mapping)]
        self._here: dict[str, str] = {}
        for part in parts:
            if _kind(part) == "FileObject" and not _value(part, "containedIn"):
                self._add_file(part)
        for part in parts:
            if _value(part, "containedIn") or _kind(part) == "FileSet":
                self._add_held(part)
        if not self.files and not self.sets and not self.elsewhere:
            raise InvalidInputError(f"{name} describes no file that is here.")

    def _add_file(self, part: Part) -> None:
        path = self._path(part)
        if path is None:
            self.elsewhere.append(_elsewhere(part))
            return
        digest = str(_value(part, "sha256") or "").lower()
        self.files[path] = digest if _SHA256.fullmatch(digest) else None
        self._here[_id(part)] = path

    def _path(self, part: Part) -> str | None:
        """The path of a file that lies here, whatever else its URL says; null for one that lies elsewhere."""
        url = _value(part, "contentUrl")
        if not isinstance(url, str):
            return None
        if not _SCHEME.match(url) and not url.startswith("/"):
            return paths.escape(url.removeprefix("./").encode())
        return next((name for name in _names(part, url) if (self._root / name).is_file()), None)

    def _add_held(self, part: Part) -> None:
        """A set of files, or a single file of a repository; what lies in an archive without being a set is no row."""
        holders = [
            self._here[key] for key in map(_reference, _listed(_value(part, "containedIn"))) if key in self._here
        ]
        packed = [it for it in holders if it.endswith(look.PACKED_SUFFIXES)]
        self.packed += [it for it in packed if it not in self.packed]
        inside = tuple(it for it in holders if it.endswith(archives.SUFFIX))
        if _kind(part) == "FileSet":
            includes = tuple(map(str, _listed(_value(part, "includes"))))
            self.sets.append(FileSet(includes, tuple(map(str, _listed(_value(part, "excludes")))), inside))
        elif not inside and not packed:
            self._add_file(part)


def _elsewhere(part: Part) -> Elsewhere:
    url = str(_value(part, "contentUrl") or _id(part))
    is_picture = str(_value(part, "encodingFormat")).startswith("image/") or look.is_picture(url.partition("?")[0])
    return Elsewhere(url[:SHOWN_CHARS], is_picture)


def _names(part: Part, url: str) -> Iterator[str]:
    """What the file of a URL may be called once somebody has fetched it: plain names, no paths."""
    try:
        last = unquote(urlsplit(url).path).rpartition("/")[2]
    except ValueError:
        last = ""
    for name in (last, part.get("name"), _id(part)):
        if (
            isinstance(name, str)
            and len(name.encode()) <= NAME_BYTES
            and name not in ("", ".", "..")
            and not {*name} & {"/", "\\"}
            and name.isprintable()
        ):
            yield name


def _value(part: Part, key: str) -> object:
    """What a document says under a key, with the prefix of a vocabulary or without."""
    return next((part[name] for name in (key, f"cr:{key}", f"sc:{key}") if name in part), None)


def _id(part: Part) -> str:
    return str(part.get("@id", part.get("name")))


def _reference(value: object) -> str:
    return str(value.get("@id")) if isinstance(value, Mapping) else str(value)


def _kind(part: Part) -> str:
    return str(part.get("@type")).rpartition(":")[2].rpartition("/")[2]


def _listed(value: object) -> list[object]:
    if value is None:
        return []
    return list(value) if isinstance(value, Sequence) and not isinstance(value, str) else [value]
