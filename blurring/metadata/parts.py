"""The result that every cleaner gives, and the one EXIF block that we write ourselves.

Answers: what was taken away, and which few bytes of EXIF say only "this way up"? Refuses to read
any other EXIF value.
"""

import struct
from dataclasses import dataclass
from typing import Final

ORIENTATION: Final = 0x0112
# Tags that say nothing about people, places or devices: orientation, resolution and its unit,
# chroma position.
HARMLESS_TAGS: Final = frozenset({ORIENTATION, 0x011A, 0x011B, 0x0128, 0x0213})
HEADER_BYTES: Final = 8
EXIF_BYTES_MAX: Final = 128  # a block of harmless tags fits; a longer one hides something


@dataclass(frozen=True, slots=True)
class Cleaned:
    """A file without its harmful parts.

    Attributes:
        data: the bytes; the very object that came in when nothing was removed.
        removed: the names of what was removed, sorted, each once.
    """

    data: bytes
    removed: tuple[str, ...]


def only_orientation(orientation: int) -> bytes:
    """A TIFF structure (EXIF 2.32 §4.5) of one directory that holds an orientation and no more."""
    return struct.pack("<2sHIHHHIHHI", b"II", 42, 8, 1, ORIENTATION, 3, 1, orientation, 0, 0)


def orientation_of(exif: bytes) -> int:
    """The orientation, 1..8, in the first directory of a TIFF structure; 1 when it says none."""
    value = _first_directory(exif).get(ORIENTATION, 1)
    return value if value in range(1, 9) else 1


def is_harmless(exif: bytes) -> bool:
    """Whether a TIFF structure holds one small directory of harmless tags and nothing else."""
    if len(exif) > EXIF_BYTES_MAX or _second_directory_at(exif) != 0:
        return False
    return set(_first_directory(exif)) <= HARMLESS_TAGS


def replacement(exif: bytes) -> bytes | None:
    """What may stand in the place of an EXIF block; None when nothing has to."""
    orientation = orientation_of(exif)
    return None if orientation == 1 else only_orientation(orientation)


def _order(exif: bytes) -> str | None:
    return {b"II*\x00": "<", b"MM\x00*": ">"}.get(exif[:4])


def _first_directory(exif: bytes) -> dict[int, int]:
    """Tag to value for the short values of the first directory; what cannot be read is absent."""
    order = _order(exif)
    if order is None or len(exif) < HEADER_BYTES:
        return {}
    start: int = struct.unpack_from(order + "I", exif, 4)[0]
    if start + 2 > len(exif):
        return {}
    (count,) = struct.unpack_from(order + "H", exif, start)
    values = {}
    for at in range(start + 2, min(start + 2 + 12 * count, len(exif) - 11), 12):
        tag, _kind, _count, value = struct.unpack_from(order + "HHIH", exif, at)
        values[tag] = value
    return values


def _second_directory_at(exif: bytes) -> int | None:
    """The offset of the directory that follows the first, 0 for none, None when unreadable."""
    order = _order(exif)
    if order is None or len(exif) < HEADER_BYTES:
        return None
    start: int = struct.unpack_from(order + "I", exif, 4)[0]
    if start + 2 > len(exif):
        return None
    (count,) = struct.unpack_from(order + "H", exif, start)
    at = start + 2 + 12 * count
    return int(struct.unpack_from(order + "I", exif, at)[0]) if at + 4 <= len(exif) else None
