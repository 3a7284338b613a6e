"""Where do the bytes of an image lie in its source, and how are they read again, years after the import?

In a file of their own, in an archive from an offset on, or in a cell of a Parquet file: they stay where they are. A
place is a value that can be pickled; whoever reads it compares the digest, because a source is nobody's to freeze.
"""

import errno
import os
import stat
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Protocol

from registry.catalogue import cells, paths
from registry.catalogue.entries import SourceEntry

# No picture is larger; whatever says so is not read into memory.
MAX_BYTES = 1 << 30
# Members of an archive are neighbours when no more than this lies between them: headers, a label, a short text.
NEAR_BYTES = 1 << 14

_FLAGS = os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_NOCTTY


class ChangedError(OSError):
    """The bytes changed while they were read, or are fewer than they were."""


class NoFileError(OSError):
    """What should be a file is a folder, a device or a pipe."""


class Span(Protocol):
    """The bytes of one image, open for reading.

    Attributes:
        size: how many they are.
    """

    size: int

    def part(self, offset: int, buffer: memoryview) -> memoryview:
        """The bytes from `offset` on, as many as the buffer takes; none at the end.

        They stand in the buffer, or where they are held anyway: use what comes back, before anything else is read.
        """
        ...

    def at(self, offset: int, length: int) -> bytes:
        """These bytes, fewer at the end."""
        ...


class Place(Protocol):
    """Where the bytes of one image lie."""

    @property
    def file(self) -> Path | None:
        """The file that holds nothing but these bytes; null where there is none."""
        ...

    def opened(self) -> AbstractContextManager[Span]:
        """The bytes, while the block lasts.

        Raises:
            OSError: they cannot be read; `ChangedError` and `NoFileError` say what is the matter.
        """
        ...

    def read(self) -> bytes:
        """All of the bytes; raises as `opened`."""
        ...


@dataclass(frozen=True, slots=True)
class FilePlace:
    """A file of its own.

    Attributes:
        name: absolute, as the operating system has it.
    """

    name: bytes

    @property
    def file(self) -> Path | None:
        """See `Place.file`."""
        return Path(os.fsdecode(self.name))

    @contextmanager
    def opened(self) -> Iterator[Span]:
        """See `Place.opened`."""
        with _open_file(self.name) as (descriptor, size):
            yield _File(descriptor, 0, size)

    def read(self) -> bytes:
        """See `Place.read`."""
        return _whole(self)


def held_files(files: Sequence[FilePlace], buffer: memoryview) -> list["HeldSpan"]:
    """The bytes of the first of these files, as many as the buffer takes together and can be read at once.

    They stand in the buffer, one behind the other, until something else is read into it.
    """
    held: list[HeldSpan] = []
    for place in files:
        try:
            with _open_file(place.name) as (descriptor, size):
                # Room for a byte behind the end that the file should have, so that it is noticed.
                if size >= len(buffer) or os.preadv(descriptor, [buffer], 0) != size:
                    break
        except OSError:
            break
        held.append(HeldSpan(buffer[:size]))
        buffer = buffer[size:]
    return held


@dataclass(frozen=True, slots=True)
class MemberPlace:
    """A stretch of a file: a member of an archive, or of an archive inside it.

    Attributes:
        name: of the outermost archive, absolute.
        offset: where the member's bytes begin.
        size: how many they are.
    """

    name: bytes
    offset: int
    size: int

    @property
    def file(self) -> Path | None:
        """See `Place.file`."""
        return None

    @contextmanager
    def opened(self) -> Iterator[Span]:
        """See `Place.opened`."""
        with opened_archive(self.name) as archive:
            yield archive.span(self)

    def read(self) -> bytes:
        """See `Place.read`."""
        return _whole(self)


@dataclass(frozen=True, slots=True)
class OpenArchive:
    """An archive that is open for reading, for many of its members at once."""

    descriptor: int
    size: int

    def span(self, place: MemberPlace) -> Span:
        """The bytes of a member of this archive, while it is open.

        Raises:
            ChangedError: the archive ends before the member does.
        """
        if place.offset + place.size > self.size:
            raise ChangedError
        return _Part(self.descriptor, place.offset, place.size)

    def spans(self, places: Sequence[MemberPlace], buffer: memoryview) -> Iterator[Span]:
        """The bytes of members of this archive, in their order, each until the next is asked for.

        Neighbours come into the buffer by one read, as many as it takes.

        Raises:
            ChangedError: the archive ends before a member does.
        """
        at = 0
        while at < len(places):
            near = places[at : at + _near(places, at, len(buffer))]
            at += len(near)
            if len(near) == 1:
                yield self.span(near[0])
                continue
            start = near[0].offset
            stretch = self.span(MemberPlace(near[0].name, start, near[-1].offset + near[-1].size - start))
            held = stretch.part(0, buffer)
            if len(held) != stretch.size:
                raise ChangedError
            for place in near:
                yield HeldSpan(held[place.offset - start :][: place.size])


def _near(places: Sequence[MemberPlace], first: int, room: int) -> int:
    """How many members, from one on, follow each other so closely that one read gives them all."""
    start = places[first].offset
    end, count = start + places[first].size, 1
    for place in islice(places, first + 1, None):
        if not 0 <= place.offset - end <= NEAR_BYTES or place.offset + place.size - start > room:
            break
        end, count = place.offset + place.size, count + 1
    return count


@contextmanager
def opened_archive(name: bytes) -> Iterator[OpenArchive]:
    """The archive at an absolute path, while the block lasts.

    Raises:
        OSError: as `Place.opened`; where `ChangedError` comes at the end, nothing that was read is to be believed.
    """
    with _open_file(name) as (descriptor, size):
        yield OpenArchive(descriptor, size)


@dataclass(frozen=True, slots=True)
class CellPlace:
    """A cell of a Parquet file.

    Attributes:
        name: of the file, absolute.
        row: number of the row, from 0.
    """

    name: bytes
    row: int

    @property
    def file(self) -> Path | None:
        """See `Place.file`."""
        return None

    @contextmanager
    def opened(self) -> Iterator[Span]:
        """See `Place.opened`."""
        yield HeldSpan(self.read())

    def read(self) -> bytes:
        """See `Place.read`."""
        return cells.read(os.fsdecode(self.name), self.row)


def place_of(root: Path, entry: SourceEntry) -> Place:
    """Where the bytes of an entry lie in the source that it was imported from.

    Raises:
        InvalidInputError: the entry's path or part is none that a file has, or leads out of the source.
    """
    if entry.part is None or entry.position is None:
        return FilePlace(os.fsencode(paths.locate(root, entry.path)))
    name = os.fsencode(paths.locate(folder_of(root), entry.part))
    if cells.is_parquet(entry.part):
        return CellPlace(name, entry.position)
    return MemberPlace(name, entry.position, entry.size_bytes or 0)


def folder_of(root: Path) -> Path:
    """The folder in which the parts of a source lie: the source itself, or that of the one file that it is."""
    return root if root.is_dir() else root.parent


@dataclass(slots=True)
class _Part:
    """A stretch of an open file; see `Span`."""

    descriptor: int
    start: int
    size: int

    def part(self, offset: int, buffer: memoryview) -> memoryview:
        left = self.size - offset
        room = buffer if left >= len(buffer) else buffer[:left]
        return room[: os.preadv(self.descriptor, [room], self.start + offset)]

    def at(self, offset: int, length: int) -> bytes:
        return os.pread(self.descriptor, max(0, min(length, self.size - offset)), self.start + offset)


class _File(_Part):
    """All of an open file: bytes behind the end that it should have are read, so that they are noticed."""

    __slots__ = ()

    def part(self, offset: int, buffer: memoryview) -> memoryview:
        return buffer[: os.preadv(self.descriptor, [buffer], offset)]


class HeldSpan:
    """Bytes in memory; see `Span`."""

    def __init__(self, data: bytes | memoryview) -> None:
        self._data, self.size = memoryview(data), len(data)

    def part(self, offset: int, buffer: memoryview) -> memoryview:
        """See `Span.part`."""
        return self._data[offset : offset + len(buffer)]

    def at(self, offset: int, length: int) -> bytes:
        """See `Span.at`."""
        return bytes(self._data[offset : offset + length])


@contextmanager
def _open_file(name: bytes) -> Iterator[tuple[int, int]]:
    """Descriptor and size of a regular file that stays as it is until the block ends."""
    descriptor = os.open(name, _FLAGS)
    try:
        before = os.fstat(descriptor)
        if not stat.S_ISREG(before.st_mode):
            raise NoFileError
        yield descriptor, before.st_size
        if _state(before) != _state(os.fstat(descriptor)):
            raise ChangedError
    finally:
        os.close(descriptor)


def _state(facts: os.stat_result) -> tuple[int, int, int]:
    return facts.st_size, facts.st_mtime_ns, facts.st_ctime_ns


def _whole(place: Place) -> bytes:
    with place.opened() as span:
        if span.size > MAX_BYTES:
            raise OSError(errno.EFBIG, os.strerror(errno.EFBIG))
        data = span.at(0, span.size)
        if len(data) != span.size:
            raise ChangedError
        return data
