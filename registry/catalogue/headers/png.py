"""What does a PNG file say of itself? PNG, third edition (W3C 2025), §5 and §11."""

from registry.catalogue.entries import Defect, Format
from registry.catalogue.headers import exif
from registry.catalogue.headers.header import Header
from registry.catalogue.headers.window import Window

SIGNATURE = b"\x89PNG\r\n\x1a\n"
HEADER_BYTES = 13
MAX_CHUNKS = 100_000
MAX_EXIF_BYTES = 1 << 20

# (bit depth, colour type) to the mode in which Pillow opens it.
MODES = {
    (1, 0): "1", (2, 0): "L", (4, 0): "L", (8, 0): "L", (16, 0): "I;16",
    (8, 2): "RGB", (16, 2): "RGB",
    (1, 3): "P", (2, 3): "P", (4, 3): "P", (8, 3): "P",
    (8, 4): "LA", (16, 4): "RGBA", (8, 6): "RGBA", (16, 6): "RGBA",
}  # fmt: skip

# Chunks about colour, transparency and pixel shape only.
_HARMLESS = frozenset(
    (
        *(b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"gAMA", b"cHRM", b"sRGB", b"iCCP", b"sBIT", b"bKGD"),
        *(b"hIST", b"pHYs", b"sPLT", b"cICP", b"mDCV", b"cLLI"),
    )
)


def read(window: Window, header: Header) -> None:
    """Note the facts of a PNG.

    Raises:
        EndOfBytesError: it ends before its IEND chunk.
    """
    header.format = Format.PNG
    offset = len(SIGNATURE)
    for _ in range(MAX_CHUNKS):
        start = window.at(offset, 8)
        size, name = int.from_bytes(start[:4], "big"), start[4:]
        _read_chunk(window, offset + 8, size, name, header)
        offset += 12 + size
        if header.width is None:
            return header.fail(Defect.UNSUPPORTED_FORMAT)
        if name == b"IEND":
            window.at(offset - 4, 4)
            header.has_metadata |= not window.is_blank_after(offset)
            return None
    return header.fail(Defect.UNSUPPORTED_FORMAT)


def _read_chunk(window: Window, offset: int, size: int, name: bytes, header: Header) -> None:
    if name == b"IHDR" and size == HEADER_BYTES:
        facts = window.at(offset, HEADER_BYTES)
        header.measure(int.from_bytes(facts[:4], "big"), int.from_bytes(facts[4:8], "big"))
        header.mode = MODES.get((facts[8], facts[9]))
        if header.mode is None:
            header.fail(Defect.UNSUPPORTED_FORMAT)
    elif name == b"acTL":
        # Nobody would look at the faces in the later pictures of an animation.
        header.fail(Defect.UNSUPPORTED_FORMAT)
    elif name == b"eXIf" and size <= MAX_EXIF_BYTES:
        exif.read_block(window.at(offset, size), header)
    elif name not in _HARMLESS:
        header.has_metadata = True
