"""What does a GIF file say of itself? GIF89a specification, W3C copy."""

from registry.catalogue.entries import Defect, Format
from registry.catalogue.headers.header import Header
from registry.catalogue.headers.window import EndOfBytesError, Window

SIGNATURES = (b"GIF87a", b"GIF89a")
IMAGE, EXTENSION, TRAILER = 0x2C, 0x21, 0x3B
GRAPHIC_CONTROL, APPLICATION = 0xF9, 0xFF
MAX_BLOCKS = 10_000
MAX_SUB_BLOCKS = 1_000_000
_LOOPS = (b"NETSCAPE2.0", b"ANIMEXTS1.0")


def read(window: Window, header: Header) -> None:
    """Note the facts of a GIF; one with a second picture is an animation, and refused.

    Raises:
        EndOfBytesError: it ends before its trailer, or has more sub-blocks than any picture.
    """
    header.format, header.mode = Format.GIF, "P"
    screen = window.at(6, 7)
    header.measure(int.from_bytes(screen[:2], "little"), int.from_bytes(screen[2:4], "little"))
    offset = 13 + palette_bytes(screen[4])
    images = 0
    for _ in range(MAX_BLOCKS):
        kind = window.at(offset, 1)[0]
        if kind == IMAGE and not images:
            images = 1
            flags = window.at(offset + 9, 1)[0]
            offset = skip(window, offset + 11 + palette_bytes(flags))
        elif kind == EXTENSION:
            _read_extension(window, offset + 1, header)
            offset = skip(window, offset + 2)
        elif kind == TRAILER and images:
            header.has_metadata |= not window.is_blank_after(offset + 1)
            return None
        else:
            break
    # Nobody would look at the faces in the later pictures of an animation.
    return header.fail(Defect.UNSUPPORTED_FORMAT)


def palette_bytes(flags: int) -> int:
    """How long the palette is that these flags tell of; 0 for none."""
    return 3 << (flags & 7) + 1 if flags & 0x80 else 0


def _read_extension(window: Window, offset: int, header: Header) -> None:
    label = window.at(offset, 1)[0]
    is_loop = label == APPLICATION and window.rest(offset + 2, 11) in _LOOPS
    if label != GRAPHIC_CONTROL and not is_loop:
        header.has_metadata = True


def skip(window: Window, offset: int) -> int:
    """The offset behind a chain of sub-blocks.

    Raises:
        EndOfBytesError: it is cut off, or longer than any picture.
    """
    for _ in range(MAX_SUB_BLOCKS):
        size = window.at(offset, 1)[0]
        offset += 1 + size
        if not size:
            return offset
    raise EndOfBytesError
