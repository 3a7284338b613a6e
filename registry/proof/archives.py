"""Which files lie in these tar archives? Reads members one after the other, without unpacking and without memory.

Reads POSIX ustar and pax, and GNU long names; enters one archive inside another, as ILSVRC-2012's training set has
them. Refuses a header whose checksum is wrong, and never believes a size further than the archive reaches.
"""

import os
import re
from collections.abc import Callable, Iterator
from hashlib import sha256
from pathlib import Path
from typing import BinaryIO, NamedTuple

from registry.errors import InvalidInputError
from registry.proof import paths
from registry.proof.digests import READ_BYTES, Hashed
from registry.proof.tree import Kind

BLOCK = 512
MAX_HEADER_BYTES = 64 * 1024  # of a long name or a pax header; a path has 16 KiB at most
SUFFIX = ".tar"

_REGULAR = b"0\x007"
_LINKS = b"12"
_FOLDER = b"5"
_WITHOUT_BYTES = _LINKS + _FOLDER
_LONG_NAME, _LONG_LINK, _PAX, _PAX_GLOBAL = b"L", b"K", b"x", b"g"
_ABOUT_THE_NEXT = (_LONG_NAME, _LONG_LINK, _PAX, _PAX_GLOBAL)
_PAX_RECORD = re.compile(rb"([0-9]{1,9}) ")
_OCTAL = re.compile(rb"[ \x00]*([0-7]{0,12})[ \x00]*\Z").match
_ZERO = bytes(BLOCK)

Wanted = Callable[[str, str], bool]
Damaged = Callable[[str, int, str], None]


class Member(NamedTuple):
    """One member: the stem of the archive that holds it, its name in manifest form, and what was read.

    `hashed` is None for a file that was not wanted.
    """

    stem: str
    name: str
    kind: Kind
    hashed: Hashed | None


class Listed(NamedTuple):
    """One member that nobody has read yet; `offset` is where its bytes begin in the outermost archive."""

    stem: str
    name: str
    kind: Kind
    offset: int
    size: int


class _Header(NamedTuple):
    """A member's header; `start` is where its bytes begin."""

    name: bytes
    size: int
    kind: bytes
    start: int = 0


def archives_in(images: Path) -> list[Path]:
    """The archives that stand for the images: the file itself, or the files of a folder that holds nothing else."""
    if images.is_file():
        return [images] if images.suffix == SUFFIX else []
    found = []
    if images.is_dir():
        with os.scandir(images) as listing:
            for entry in listing:
                if not entry.name.endswith(SUFFIX) or not entry.is_file(follow_symlinks=False):
                    return []
                found.append(images / entry.name)
    return sorted(found)


def members(archive: Path, is_wanted: Wanted) -> Iterator[Member]:
    """The files of an untrusted archive, in its order; those of an archive inside it too.

    Args:
        archive: an uncompressed tar file.
        is_wanted: told each file's archive, by its stem, and name; says whether it is to be hashed.

    Raises:
        InvalidInputError: the archive is damaged or cut off.
    """
    try:
        with archive.open("rb") as file:
            for found in listing(file, archive.stem):
                file.seek(found.offset)
                is_read = found.kind is Kind.FILE and is_wanted(found.stem, found.name)
                yield Member(found.stem, found.name, found.kind, _hashed(file, found.size) if is_read else None)
    except OSError as problem:
        raise InvalidInputError(f"The archive {archive.name!a} cannot be read: {problem.strerror}.") from problem


def listing(file: BinaryIO, stem: str, on_damage: Damaged | None = None) -> Iterator[Listed]:
    """The members of an untrusted archive, in its order; in place of an archive inside it, that one's members.

    Args:
        file: an uncompressed tar file; whoever takes a member may read from it.
        stem: what it is called.
        on_damage: told of an archive that is damaged or cut off: its stem, where, and why. Its other members, and
            those of the archives around it, are still listed.

    Raises:
        InvalidInputError: an archive is damaged or cut off, and nobody is to be told.
    """
    yield from _listed(file, stem, (0, file.seek(0, 2)), on_damage, is_inner=False)


def names(file: BinaryIO, count: int) -> Iterator[str]:
    """The names of the first members of an untrusted archive; one inside it is named and not entered.

    Raises:
        InvalidInputError: it is damaged.
    """
    position, end = 0, file.seek(0, 2)
    for _ in range(count):
        header = _next_header(file, position, end)
        if header is None:
            return
        yield _name(header)
        position = header.start + -(-header.size // BLOCK) * BLOCK


def _listed(
    file: BinaryIO, stem: str, span: tuple[int, int], on_damage: Damaged | None, *, is_inner: bool
) -> Iterator[Listed]:
    """The members of the archive that lies between two offsets."""
    position, end = span
    while True:
        header: _Header | None = None
        try:
            header = _next_header(file, position, end)
            _require_whole(stem, header, end)
        except InvalidInputError as problem:
            if on_damage is None:
                raise
            on_damage(stem, position, problem.sentence)
            if header is not None and not is_inner and _is_archive(header):
                # Of the archive inside it, what lies before the cut is whole.
                yield from _inside(file, header, end, on_damage)
            return
        if header is None:
            if on_damage is not None and position + BLOCK > end:
                on_damage(stem, position, "The archive ends without the mark of its end; it may be cut off.")
            return
        position = header.start + -(-header.size // BLOCK) * BLOCK
        if _is_archive(header) and not is_inner:
            yield from _inside(file, header, header.start + header.size, on_damage)
        elif header.kind != _FOLDER:
            yield Listed(stem, _name(header), _kind(header), header.start, header.size)


def _require_whole(stem: str, header: _Header | None, end: int) -> None:
    if header is not None and header.start + header.size > end:
        raise InvalidInputError(f"The archive {stem!a} is cut off, or lies about a size.")


def _inside(file: BinaryIO, header: _Header, end: int, on_damage: Damaged | None) -> Iterator[Listed]:
    """The members of an archive that is itself a member, up to an offset."""
    stem = _name(header).rpartition("/")[2].removesuffix(SUFFIX)
    return _listed(file, stem, (header.start, end), on_damage, is_inner=True)


def _name(header: _Header) -> str:
    return paths.escape(header.name.removeprefix(b"./"))


def _is_archive(header: _Header) -> bool:
    return header.kind in _REGULAR and _name(header).endswith(SUFFIX)


def _kind(header: _Header) -> Kind:
    if header.kind in _REGULAR:
        return Kind.FILE
    return Kind.LINK if header.kind in _LINKS else Kind.OTHER


def _next_header(file: BinaryIO, position: int, end: int) -> _Header | None:
    """The next member's header, with what long names and pax say about it; None at the archive's end."""
    name: bytes | None = None
    size: int | None = None
    file.seek(position)
    while position + BLOCK <= end:
        block = file.read(BLOCK)
        position += BLOCK
        if block == _ZERO:
            return None
        header = _parsed(block)
        if header.kind not in _ABOUT_THE_NEXT:
            if header.kind in _WITHOUT_BYTES:
                size = 0
            return _Header(name or header.name, header.size if size is None else size, header.kind, position)
        if header.size > MAX_HEADER_BYTES:
            raise InvalidInputError("The archive has a header that is too large.")
        padded = -(-header.size // BLOCK) * BLOCK
        data = file.read(padded)[: header.size]
        position += padded
        if len(data) < header.size:
            raise InvalidInputError("The archive is cut off.")
        if header.kind == _LONG_NAME:
            name = data.rstrip(b"\x00")
        elif header.kind == _PAX:
            records = _pax(data)
            name, size = records.get(b"path", name), _decimal(records[b"size"]) if b"size" in records else size
    if name is not None or size is not None:
        raise InvalidInputError("The archive is cut off.")
    return None


def _parsed(block: bytes) -> _Header:
    checksum = sum(block) - sum(block[148:156]) + 8 * ord(" ")
    if _octal(block[148:156]) != checksum:
        raise InvalidInputError("The archive has a header whose checksum is wrong.")
    name = block[:100].partition(b"\x00")[0]
    prefix = block[345:500].partition(b"\x00")[0] if block[257:263] == b"ustar\x00" else b""
    kind = block[156:157]
    if kind == b"\x00" and name.endswith(b"/"):  # how archives older than POSIX mark a folder
        kind = _FOLDER
    return _Header(prefix + b"/" + name if prefix else name, _number(block[124:136]), kind)


def _number(field: bytes) -> int:
    """A size: octal text, or GNU's big-endian binary where the first bit is set."""
    if field[0] == 0x80:  # noqa: PLR2004 - positive base-256, as GNU tar writes sizes from 8 GiB
        return int.from_bytes(field[1:])
    return _octal(field)


def _octal(field: bytes) -> int:
    digits = _OCTAL(field)
    if digits is None:
        raise InvalidInputError("The archive has a number that is none.")
    return int(digits[1] or b"0", 8)


def _decimal(text: bytes) -> int:
    if not re.fullmatch(rb"[0-9]{1,18}", text):
        raise InvalidInputError("The archive has a number that is none.")
    return int(text)


def _pax(data: bytes) -> dict[bytes, bytes]:
    """The records `LENGTH KEY=VALUE LF` of a pax header."""
    records, position = {}, 0
    while position < len(data):
        length = _PAX_RECORD.match(data, position)
        if length is None or position + int(length[1]) > len(data) or int(length[1]) <= len(length[0]):
            raise InvalidInputError("The archive has a malformed pax header.")
        key, _, value = data[length.end() : position + int(length[1]) - 1].partition(b"=")
        records[key] = value
        position += int(length[1])
    return records


def _hashed(file: BinaryIO, size: int) -> Hashed:
    hasher, left = sha256(), size
    while left:
        part = file.read(min(left, READ_BYTES))
        if not part:
            return Hashed("", size - left, problem="changed while it was read")
        hasher.update(part)
        left -= len(part)
    return Hashed(hasher.hexdigest(), size)
