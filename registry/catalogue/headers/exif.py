"""What does an Exif block say: which way is up, is there a thumbnail, does it tell of people or places?

Exif 3.0 §4.6 on the structure of TIFF 6.0 §2. Tags that only describe the pixels are harmless; every other tag, and
every tag that we do not know, counts as metadata.
"""

import struct
from collections.abc import Iterator
from typing import NamedTuple

from registry.catalogue.entries import Thumbnail
from registry.catalogue.headers.header import Header
from registry.catalogue.headers.window import EndOfBytesError, Window

ORIENTATIONS = range(1, 9)
ORIENTATION, EXIF_FOLDER = 0x0112, 0x8769
THUMBNAIL_OFFSET, STRIP_OFFSETS = 0x0201, 0x0111

# Size, resolution, sampling, colour space and structure of the file itself.
_HARMLESS = frozenset(
    (
        *(0x0001, 0x0002, 0x00FE, 0x00FF, 0x0100, 0x0101, 0x0102, 0x0103, 0x0106, 0x010A, 0x0111, 0x0112),
        *(0x0115, 0x0116, 0x0117, 0x0118, 0x0119, 0x011A, 0x011B, 0x011C, 0x0128, 0x012D, 0x013D, 0x013E),
        *(0x013F, 0x0140, 0x0142, 0x0143, 0x0144, 0x0145, 0x014C, 0x0152, 0x0153, 0x0154, 0x0155, 0x015B),
        *(0x0201, 0x0202, 0x0211, 0x0212, 0x0213, 0x0214, 0x8769, 0x8773, 0x9000, 0x9101, 0xA000, 0xA001),
        *(0xA002, 0xA003, 0xA005),
    )
)
_SIZES = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8, 13: 4}
# A value of at most this many bytes stands in the tag itself.
_INLINE_BYTES = 4
_INTEGERS = {1: "B", 3: "H", 4: "I", 13: "I"}


class Tag(NamedTuple):
    """One entry of a folder: its number, its values' type and count, and where the values lie."""

    number: int
    kind: int
    values: int
    offset: int


class Folders:
    """The image file directories of one TIFF structure.

    Args:
        window: what holds the structure.
        base: where it starts; every offset in it counts from there.

    Raises:
        EndOfBytesError: not even its first eight bytes are there.
        ValueError: it is no TIFF structure.
    """

    def __init__(self, window: Window, base: int = 0) -> None:
        start = window.at(base, 8)
        if start[:4] not in (b"II*\x00", b"MM\x00*"):
            raise ValueError("no TIFF structure")
        self._order = "<" if start[:1] == b"I" else ">"
        self._window, self._base = window, base
        self.first = self._unpack("I", base + 4)

    def read(self, offset: int) -> tuple[list[Tag], int]:
        """The tags of the folder at `offset`, and the offset of the folder that follows (0 for none).

        Raises:
            EndOfBytesError: the folder is cut off.
        """
        start = self._base + offset
        count = self._unpack("H", start)
        table = self._window.at(start + 2, 12 * count)
        tags = []
        for i, entry in enumerate(struct.iter_unpack(f"{self._order}HHII", table)):
            number, kind, values, value = entry
            inline = _SIZES.get(kind, 1) * values <= _INLINE_BYTES
            tags.append(Tag(number, kind, values, offset + 10 + 12 * i if inline else value))
        after = start + 2 + 12 * count
        is_cut_off = after + 4 > self._window.size
        return tags, 0 if is_cut_off else self._unpack("I", after)

    def integers(self, tag: Tag, limit: int = 1) -> list[int]:
        """The first `limit` values of a tag; none where they are no integers.

        Raises:
            EndOfBytesError: the values lie outside the file.
        """
        code = _INTEGERS.get(tag.kind)
        if code is None:
            return []
        count = min(limit, tag.values)
        data = self._window.at(self._base + tag.offset, count * _SIZES[tag.kind])
        return list(struct.unpack(f"{self._order}{count}{code}", data))

    def raw(self, tag: Tag, limit: int) -> bytes:
        """The first `limit` bytes of a tag's values, of whatever type.

        Raises:
            EndOfBytesError: they lie outside the file.
        """
        return self._window.at(self._base + tag.offset, min(limit, _SIZES.get(tag.kind, 1) * tag.values))

    def _unpack(self, code: str, offset: int) -> int:
        size = 2 if code == "H" else 4
        return int(struct.unpack(self._order + code, self._window.at(offset, size))[0])


def read_block(block: bytes, header: Header) -> None:
    """Note what an Exif block says; a block that is broken is metadata of unknown meaning."""
    try:
        folders = Folders(Window(block))
        tags, second = folders.read(folders.first)
        note(folders, tags, header)
        if second:
            note_thumbnail(folders.read(second)[0], header)
    except (EndOfBytesError, ValueError):
        header.has_metadata = True


def note(folders: Folders, tags: list[Tag], header: Header) -> None:
    """Note orientation and metadata of a picture's own folder and of its Exif folder.

    Raises:
        EndOfBytesError: as `Folders.read`.
    """
    for tag in _with_exif_folder(folders, tags):
        if tag.number == ORIENTATION:
            value = folders.integers(tag)
            header.orientation = value[0] if value and value[0] in ORIENTATIONS else None
        elif tag.number not in _HARMLESS:
            header.has_metadata = True


def note_thumbnail(tags: list[Tag], header: Header) -> None:
    """Note whether the folder after the picture's own holds a picture."""
    if any(tag.number in (THUMBNAIL_OFFSET, STRIP_OFFSETS) and tag.values for tag in tags):
        header.thumbnails.add(Thumbnail.EXIF)


def _with_exif_folder(folders: Folders, tags: list[Tag]) -> Iterator[Tag]:
    yield from tags
    # Only the first: a folder full of pointers to one large folder would never come to an end.
    pointer = next((tag for tag in tags if tag.number == EXIF_FOLDER), None)
    for offset in folders.integers(pointer) if pointer else ():
        yield from folders.read(offset)[0]
