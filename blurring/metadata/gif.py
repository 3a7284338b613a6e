"""The blocks of a GIF file (GIF89a specification): which stay, which go.

Answers: what are this file's bytes without comments and application data, with every coded pixel
as it was? Decodes nothing, and refuses a file whose blocks do not add up.
"""

from typing import Final

from blurring.errors import UndecodableError
from blurring.metadata.parts import Cleaned

HEADER_BYTES: Final = 13
EXTENSION: Final = 0x21
IMAGE: Final = 0x2C
TRAILER: Final = 0x3B
GRAPHIC_CONTROL: Final = 0xF9
IMAGE_BYTES: Final = 10
NAMES: Final = {0xFE: "comment", 0xFF: "application-data", 0x01: "plain-text"}


def cleaned(data: bytes) -> Cleaned:
    """The GIF without harmful blocks; its image data are the same bytes.

    Raises:
        UndecodableError: the blocks do not add up.
    """
    if data[:6] not in (b"GIF87a", b"GIF89a") or len(data) < HEADER_BYTES:
        raise UndecodableError("this is no GIF: its signature is missing")
    at = HEADER_BYTES + _colour_table_bytes(data[10])
    kept, removed = [data[:at]], set()
    while _byte(data, at) != TRAILER:
        end, harm = _block(data, at)
        if harm is None:
            kept.append(data[at:end])
        else:
            removed.add(harm)
        at = end
    kept.append(data[at : at + 1])
    if at + 1 < len(data):
        removed.add("trailing-data")
    return Cleaned(b"".join(kept), tuple(sorted(removed))) if removed else Cleaned(data, ())


def _block(data: bytes, at: int) -> tuple[int, str | None]:
    """Where the block at `at` ends, and the name of its harm if it has any."""
    kind = _byte(data, at)
    if kind == IMAGE:
        table = _colour_table_bytes(_byte(data, at + IMAGE_BYTES - 1))
        return _after_sub_blocks(data, at + IMAGE_BYTES + table + 1), None
    if kind != EXTENSION:
        raise UndecodableError("this GIF has a block that is neither image nor extension")
    label = _byte(data, at + 1)
    harm = None if label == GRAPHIC_CONTROL else NAMES.get(label, f"extension-{label}")
    return _after_sub_blocks(data, at + 2), harm


def _after_sub_blocks(data: bytes, at: int) -> int:
    while (length := _byte(data, at)) != 0:
        at += 1 + length
    return at + 1


def _byte(data: bytes, at: int) -> int:
    if at >= len(data):
        raise UndecodableError("this GIF ends before its trailer")
    return data[at]


def _colour_table_bytes(flags: int) -> int:
    return 3 * 2 ** ((flags & 7) + 1) if flags & 0x80 else 0
