"""In which static files do a log's hashes and entries lie? C2SP tlog-tiles: 256 of them to a file.

Pure: it says which files a growth writes and which files a proof reads; where they are kept is somebody else's matter.
Any web server or mirror can serve them. Refuses a tile that is not as wide as its name says.
"""

import re
import struct
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from itertools import islice
from typing import NamedTuple

from registry.errors import InvalidInputError
from registry.proof import merkle

WIDTH = 256
HEIGHT = 8  # levels of the tree in one tile
MAX_ENTRY_BYTES = 65_535
MAX_LEVEL = 63
ENTRIES = "entries"
CACHED_TILES = 64

_LENGTH = struct.Struct(">H")
_NAME = re.compile(
    r"tile/(entries|0|[1-9][0-9]?)/((?:x[0-9]{3}/){0,6}[0-9]{3})(?:\.p/([1-9][0-9]{0,2}))?\Z", re.ASCII
).match

Read = Callable[[str], bytes]


class TileName(NamedTuple):
    """Which file: its level (or `entries`), its number at that level, and how many hashes or entries it has."""

    level: int | str
    number: int
    width: int

    def path(self) -> str:
        """The name of the file."""
        return tile_path(*self)

    @property
    def max_bytes(self) -> int:
        """How large such a file can be."""
        return WIDTH * (MAX_ENTRY_BYTES + _LENGTH.size if self.level == ENTRIES else merkle.HASH_BYTES)


def tile_name(path: str) -> TileName:
    """What an untrusted name asks for.

    Raises:
        InvalidInputError: it is no name that a file of a log can have.
    """
    found = _NAME(path)
    if found is None:
        raise InvalidInputError("A file of the log has no such name.")
    level, digits, width = found.groups()
    number = int(digits.replace("/", "").replace("x", ""))
    name = TileName(level if level == ENTRIES else int(level), number, int(width or WIDTH))
    if name.path() != path or (level != ENTRIES and int(level) > MAX_LEVEL):
        raise InvalidInputError("A file of the log has no such name.")
    return name


def fetched(path: str, read: Callable[[str], bytes | None]) -> bytes | None:
    """The file, or where it is partial and gone the beginning of the whole one (C2SP tlog-tiles, partial tiles).

    Raises:
        InvalidInputError: there is no such name, or the whole one is malformed.
    """
    name = tile_name(path)
    data = read(path)
    if data is not None or name.width == WIDTH:
        return data
    whole = read(tile_path(name.level, name.number, WIDTH))
    if whole is None:
        return None
    if name.level == ENTRIES:
        return _bundle(entries_in(whole)[: name.width])
    return whole[: name.width * merkle.HASH_BYTES]


def tile_path(level: int | str, index: int, width: int) -> str:
    """The name of a tile, or with the level `entries` of an entry bundle.

    >>> tile_path(0, 1234067, 256), tile_path("entries", 0, 3)
    ('tile/0/x001/x234/067', 'tile/entries/000.p/3')
    """
    digits = f"{index:03}"
    digits = digits.zfill(-(-len(digits) // 3) * 3)
    groups = [digits[start : start + 3] for start in range(0, len(digits), 3)]
    name = "/".join([*(f"x{group}" for group in groups[:-1]), groups[-1]])
    return f"tile/{level}/{name}" + ("" if width == WIDTH else f".p/{width}")


def grown(old_size: int, leaves: Sequence[bytes], read: Read) -> dict[str, bytes]:
    """The tiles to write when leaf hashes are appended to a log of `old_size` leaves; `read` gives older tiles."""
    files: dict[str, bytes] = {}
    level, before, new = 0, old_size, list(leaves)
    while new:
        index, width = divmod(before, WIDTH)
        data = (read(tile_path(level, index, width)) if width else b"") + b"".join(new)
        if len(data) != (width + len(new)) * merkle.HASH_BYTES:
            raise InvalidInputError(f"The tile {tile_path(level, index, width)} is not as wide as its name says.")
        new = []
        for number, tile in enumerate(_cut(data, WIDTH * merkle.HASH_BYTES), start=index):
            files[tile_path(level, number, len(tile) // merkle.HASH_BYTES)] = tile
            if len(tile) == WIDTH * merkle.HASH_BYTES:
                new.append(merkle.root_of(list(_cut(tile, merkle.HASH_BYTES))))
        level, before = level + 1, before // WIDTH
    return files


def bundled(old_size: int, entries: Sequence[bytes], read: Read) -> dict[str, bytes]:
    """The entry bundles to write when entries are appended to a log of `old_size` entries."""
    if any(len(entry) > MAX_ENTRY_BYTES for entry in entries):
        raise InvalidInputError(f"A log entry has {MAX_ENTRY_BYTES} bytes at most.")
    index, width = divmod(old_size, WIDTH)
    waiting = entries_in(read(tile_path(ENTRIES, index, width))) if width else []
    waiting += entries
    return {
        tile_path(ENTRIES, index + start // WIDTH, len(part)): _bundle(part)
        for start in range(0, len(waiting), WIDTH)
        if (part := waiting[start : start + WIDTH])
    }


def entries_in(bundle: bytes) -> list[bytes]:
    """The entries of an untrusted bundle.

    Raises:
        InvalidInputError: it ends in the middle of one, or has more than 256.
    """
    entries, position = [], 0
    while position < len(bundle):
        start = position + _LENGTH.size
        length = int.from_bytes(bundle[position:start])
        position = start + length
        entries.append(bundle[start:position])
        if position > len(bundle) or start > len(bundle) or len(entries) > WIDTH:
            raise InvalidInputError("The entry bundle is malformed.")
    return entries


class TiledTree:
    """A log's tree of `size` leaves, read from its tiles as needed; nothing that is read is believed before a proof."""

    def __init__(self, size: int, read: Read) -> None:
        self.size = size
        self._read = read
        self._tile = lru_cache(CACHED_TILES)(self._read_tile)

    def root(self) -> bytes:
        """The root over all leaves."""
        return self.subtree(0, self.size) if self.size else merkle.EMPTY_ROOT

    def subtree(self, start: int, end: int) -> bytes:
        """The root over the leaves `[start, end)`, as proofs of RFC 6962 need it."""
        parts = []
        while start < end:
            low = (start & -start).bit_length() - 1 if start else HEIGHT * HEIGHT
            level = min(low, (end - start).bit_length() - 1)
            parts.append(self._node(level, start >> level))
            start += 1 << level
        whole = parts.pop()
        while parts:
            whole = merkle.node_hash(parts.pop(), whole)
        return whole

    def leaf(self, index: int) -> bytes:
        """The hash of one leaf."""
        return self._node(0, index)

    def some(self, start: int, stop: int) -> list[bytes]:
        """The entries `[start, stop)`."""
        return list(islice(self.entries(start), stop - start))

    def entries(self, start: int) -> Iterator[bytes]:
        """The log's entries from a number on."""
        for index in range(start // WIDTH, -(-self.size // WIDTH)):
            width = min(WIDTH, self.size - index * WIDTH)
            found = entries_in(self._read(tile_path(ENTRIES, index, width)))
            if len(found) != width:
                raise InvalidInputError(f"The entry bundle {index} does not hold {width} entries.")
            yield from found[max(0, start - index * WIDTH) :]

    def _node(self, level: int, index: int) -> bytes:
        """The root over the leaves `[index << level, (index + 1) << level)`, all of which exist."""
        height, inside = divmod(level, HEIGHT)
        tile, offset = divmod(index << inside, WIDTH)
        return merkle.root_of(self._tile(height, tile)[offset : offset + (1 << inside)])

    def _read_tile(self, height: int, tile: int) -> list[bytes]:
        """The hashes in a tile."""
        width = min(WIDTH, (self.size >> height * HEIGHT) - tile * WIDTH)
        data = self._read(tile_path(height, tile, width))
        if len(data) != width * merkle.HASH_BYTES:
            raise InvalidInputError(f"The tile {tile_path(height, tile, width)} is not as wide as its name says.")
        return list(_cut(data, merkle.HASH_BYTES))


def _bundle(entries: Sequence[bytes]) -> bytes:
    return b"".join(_LENGTH.pack(len(entry)) + entry for entry in entries)


def _cut(data: bytes, length: int) -> Iterator[bytes]:
    return (data[start : start + length] for start in range(0, len(data), length))
