"""Which files does a list of checksums name, and is each here? Files that no list names are refused by name.

Lists are read as `sha256sum` and `sha512sum` write them, and with `--tag`, as BSD does.
"""

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

from registry.catalogue import paths as places
from registry.catalogue.found import Found, Kind
from registry.catalogue.layouts import folders
from registry.catalogue.layouts.folders import LabelOf
from registry.catalogue.layouts.source import Source
from registry.catalogue.taxonomy.rows import MAX_LINE_BYTES
from registry.errors import InvalidInputError, NotFoundError
from registry.proof import paths

# By path: the SHA-256 or SHA-512 in hex, and the file and line that say so.
Said = dict[str, tuple[str, tuple[str, str]]]
# How the names of a list are written, where it has a way of its own.
Unwritten = Callable[[bytes], bytes]

_HEX = rb"[0-9a-fA-F]{64}|[0-9a-fA-F]{128}"
_LINE = re.compile(rb"(?P<slash>\\?)(?P<digest>" + _HEX + rb")[ \t]+\*?(?P<name>.+)")
_TAGGED = re.compile(rb"(?P<slash>\\?)SHA(?:256|512) \((?P<name>.+)\) = (?P<digest>" + _HEX + rb")")
_MARK = b"\xef\xbb\xbf"
_ESCAPES = {rb"\n": b"\n", rb"\r": b"\r", rb"\\": b"\\"}


class Line(NamedTuple):
    """What one line says: a SHA-256 or SHA-512 in lower-case hex, and the bytes of a file's name."""

    digest: str
    name: bytes


def line_of(text: bytes) -> Line | None:
    """What a line says; null for one that says nothing. A mark of UTF-8 before it is no part of it."""
    text = text.rstrip(b"\r\n").removeprefix(_MARK)
    match = _LINE.fullmatch(text) or _TAGGED.fullmatch(text)
    if match is None:
        return None
    name = match["name"]
    if match["slash"]:
        name = re.sub(rb"\\[nr\\]", lambda found: _ESCAPES[found[0]], name)
    return Line(match["digest"].decode().lower(), name.removeprefix(b"./"))


def read(source: Source, file: Path, unwritten: Unwritten = bytes) -> Said:
    """What a list of checksums says, by path; lines that say nothing are in the report.

    Args:
        source: what is imported.
        file: the list.
        unwritten: the name of a file, from how the list writes it.

    Raises:
        NotFoundError: there is no such list.
        InvalidInputError: no line of it is one of such a list.
    """
    said: Said = {}
    name = file.relative_to(source.root).as_posix() if file.is_relative_to(source.root) else file.name
    try:
        with file.open("rb") as lines:
            for number, line in enumerate(iter(lambda: lines.readline(MAX_LINE_BYTES), b""), start=1):
                if line.strip():
                    _read_line(source, said, (name, f"line {number}"), line, unwritten)
    except OSError as error:
        raise NotFoundError(f"{file} cannot be read: {error.strerror}.") from error
    if not said:
        raise InvalidInputError(f"{name} names no file in {source.root} with its SHA-256 or SHA-512.")
    return said


def _read_line(source: Source, said: Said, where: tuple[str, str], text: bytes, unwritten: Unwritten) -> None:
    line = line_of(text)
    if line is None:
        source.report.note_fault(*where, "it is not a SHA-256 or SHA-512 and a name")
        return
    path = paths.escape(unwritten(line.name))
    try:
        places.locate(source.root, path)
    except InvalidInputError:
        source.report.came_in += 1
        source.report.refuse(where[0], f"{where[1]}, {ascii(path)[1:-1]}", "its name is no plain relative path")
        return
    if path in said:
        source.report.note_fault(*where, f"it repeats {said[path][1][1]}")
    else:
        said[path] = line.digest, where


def found_in(
    source: Source, said: Said, label_of: LabelOf, below: str = "", skipped: frozenset[str] = frozenset()
) -> Iterator[Found]:
    """The files that a list names and that are here, in order of their paths; all others are in the report.

    Args:
        source: what is imported.
        said: what the list says.
        label_of: the class that an image with this path has.
        below: the folder that the list is about; the whole source where it is empty.
        skipped: paths that belong to the list and not to the images.
    """
    waiting = dict(said)
    for thing in folders.walk(source.root, label_of, below):
        if thing.path in skipped or thing.kind is Kind.EMPTY_FOLDER:
            continue
        expected = waiting.pop(thing.path, None)
        if expected is None:
            source.report.came_in += 1
            source.report.refuse(thing.path, "", "no list names it")
        else:
            digest, (file, line) = expected
            yield thing._replace(expected=digest, said_in=(file, f"{line}, {thing.path}"))
    for path, (_, (file, line)) in waiting.items():
        source.report.came_in += 1
        source.report.refuse(file, f"{line}, {path}", "there is no such file")
