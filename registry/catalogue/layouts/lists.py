"""Which files does a list of checksums name, and is each here? Files that no list names are refused by name."""

import re
from collections.abc import Iterator
from pathlib import Path

from registry.catalogue import paths as places
from registry.catalogue.found import Found, Kind
from registry.catalogue.layouts import folders
from registry.catalogue.layouts.folders import LabelOf
from registry.catalogue.layouts.source import Source
from registry.catalogue.taxonomy.rows import MAX_LINE_BYTES
from registry.errors import InvalidInputError, NotFoundError
from registry.proof import paths

# By path: the SHA-256 in hex, and the file and line that say so.
Said = dict[str, tuple[str, tuple[str, str]]]

_LINE = re.compile(rb"(\\?)([0-9a-fA-F]{64})[ \t]+\*?(.+)")
_ESCAPES = {rb"\n": b"\n", rb"\r": b"\r", rb"\\": b"\\"}


def read(source: Source, file: Path) -> Said:
    """What a list in the form of `sha256sum` says, by path; lines that say nothing are in the report.

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
                    _read_line(source, said, (name, f"line {number}"), line.rstrip(b"\r\n"))
    except OSError as error:
        raise NotFoundError(f"{file} cannot be read: {error.strerror}.") from error
    if not said:
        raise InvalidInputError(f"{name} names no file with its SHA-256.")
    return said


def _read_line(source: Source, said: Said, where: tuple[str, str], line: bytes) -> None:
    match = _LINE.fullmatch(line)
    if match is None:
        source.report.note_fault(*where, "it is not a SHA-256 and a name")
        return
    named = re.sub(rb"\\[nr\\]", lambda found: _ESCAPES[found[0]], match[3]) if match[1] else match[3]
    path = paths.escape(named.removeprefix(b"./"))
    try:
        places.locate(source.root, path)
    except InvalidInputError:
        source.report.came_in += 1
        source.report.refuse(where[0], f"{where[1]}, {ascii(path)[1:-1]}", "its name is no plain relative path")
        return
    if path in said:
        source.report.note_fault(*where, f"it repeats {said[path][1][1]}")
    else:
        said[path] = match[2].decode().lower(), where


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
