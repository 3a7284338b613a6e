"""What does a WebP file say of itself? RFC 9649 §2."""

from registry.catalogue.entries import Defect, Format
from registry.catalogue.headers import exif
from registry.catalogue.headers.header import Header
from registry.catalogue.headers.window import EndOfBytesError, Window

MAX_CHUNKS = 10_000
MAX_EXIF_BYTES = 1 << 20
_HARMLESS = frozenset((b"VP8 ", b"VP8L", b"VP8X", b"ALPH", b"ICCP"))
_ANIMATION = frozenset((b"ANIM", b"ANMF"))


def is_webp(start: bytes) -> bool:
    """Whether the first twelve bytes are those of a WebP file."""
    return start[:4] == b"RIFF" and start[8:12] == b"WEBP"


def read(window: Window, header: Header) -> None:
    """Note the facts of a WebP.

    Raises:
        EndOfBytesError: it ends before its last chunk does.
    """
    header.format = Format.WEBP
    end = 8 + int.from_bytes(window.at(4, 4), "little")
    if end > window.size:
        raise EndOfBytesError
    offset = 12
    for _ in range(MAX_CHUNKS):
        if offset + 8 > end:
            break
        start = window.at(offset, 8)
        size = int.from_bytes(start[4:], "little")
        _read_chunk(window, offset + 8, size, start[:4], header)
        offset += 8 + size + size % 2
    if header.width is None:
        header.fail(Defect.UNSUPPORTED_FORMAT)
    header.has_metadata |= not window.is_blank_after(end)


def _read_chunk(window: Window, offset: int, size: int, name: bytes, header: Header) -> None:
    if name == b"VP8X" and header.width is None:
        facts = window.at(offset, 10)
        header.mode = "RGBA" if facts[0] & 0x10 else "RGB"
        width, height = int.from_bytes(facts[4:7], "little"), int.from_bytes(facts[7:10], "little")
        header.measure(width + 1, height + 1)
    elif name == b"VP8L" and header.width is None:
        bits = int.from_bytes(window.at(offset + 1, 4), "little")
        header.mode = "RGBA" if bits >> 28 & 1 else "RGB"
        header.measure((bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1)
    elif name == b"VP8 " and header.width is None:
        facts = window.at(offset + 6, 4)
        header.mode = "RGB"
        width, height = int.from_bytes(facts[:2], "little"), int.from_bytes(facts[2:], "little")
        header.measure(width & 0x3FFF, height & 0x3FFF)
    elif name in _ANIMATION:
        # Nobody would look at the faces in the later pictures of an animation.
        header.fail(Defect.UNSUPPORTED_FORMAT)
    elif name == b"EXIF" and size <= MAX_EXIF_BYTES:
        exif.read_block(window.at(offset, size).removeprefix(b"Exif\x00\x00"), header)
    elif name not in _HARMLESS:
        header.has_metadata = True
