"""What does a JPEG file say of itself? ITU-T T.81 annex B, JFIF 1.02, and the blocks of Exif, Adobe and CIPA MPF.

Whether it is whole is told by its last bytes; only a file that does not end in EOI is searched for one. A second
picture behind the first is known by its MPF block; bytes behind EOI that are no picture count as metadata.
"""

from registry.catalogue.entries import Defect, Format, Thumbnail
from registry.catalogue.headers import exif, photoshop
from registry.catalogue.headers.header import Header
from registry.catalogue.headers.window import EndOfBytesError, Window

EOI = b"\xff\xd9"
SOS = 0xDA
APP0, APP1, APP2, APP12, APP13, APP14 = 0xE0, 0xE1, 0xE2, 0xEC, 0xED, 0xEE
# SOF0 to SOF15 without DHT, JPG and DAC, which only share the range.
FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
# Baseline, extended and progressive Huffman; lossless, hierarchical and arithmetic coding nobody here decodes.
DECODABLE = frozenset((0xC0, 0xC1, 0xC2))
SAMPLE_BITS = 8
ADOBE_BYTES = 12
# Stuffing, TEM, RST0 to RST7, SOI and fill bytes start no segment.
_NO_SEGMENT = frozenset((0x00, 0x01, *range(0xD0, 0xD9), 0xFF))
MODES = {1: "L", 3: "RGB", 4: "CMYK"}
# A file with more segments and stray bytes before its picture is an attack, not a photograph.
MAX_SEGMENTS = 10_000

_XMP_THUMBNAILS = (b"xmpGImg:image", b"xapGImg:image")
_DUCKY_QUALITY = b"Ducky\x00\x01\x00\x04"


def read(window: Window, header: Header) -> None:
    """Note the facts of a JPEG.

    Raises:
        EndOfBytesError: it ends before its picture starts.
    """
    header.format = Format.JPEG
    resources: list[bytes] = []
    offset = 2
    for _ in range(MAX_SEGMENTS):
        lead, marker, high, low = window.at(offset, 4)
        if lead != EOI[0] or marker in _NO_SEGMENT:
            offset = _next_lead(window, offset)
            continue
        size = high << 8 | low
        if marker >= APP0:
            _read_block(marker, window.at(offset + 4, max(0, size - 2)), header, resources)
        elif marker in FRAMES:
            _read_frame(window.at(offset + 4, 6), marker, header)
        elif marker == SOS:
            _check_end(window, offset + 2, header)
            break
        elif marker == EOI[1]:
            break
        offset += 2 + max(2, size)
    if resources:
        photoshop.read_block(b"".join(resources), header)
    if header.width is None:
        header.fail(Defect.TRUNCATED)


def _next_lead(window: Window, offset: int) -> int:
    """Where the next marker may start; fill bytes and stray bytes are passed over."""
    found = window.find(EOI[:1], offset + 1)
    if found < 0:
        raise EndOfBytesError
    return found


def _read_frame(frame: bytes, marker: int, header: Header) -> None:
    if header.width is None:
        header.measure(int.from_bytes(frame[3:5], "big"), int.from_bytes(frame[1:3], "big"))
        header.mode = MODES.get(frame[5])
    if marker not in DECODABLE or frame[0] != SAMPLE_BITS or header.mode is None:
        header.fail(Defect.UNSUPPORTED_FORMAT)


def _read_block(marker: int, block: bytes, header: Header, resources: list[bytes]) -> None:
    """Note what an application block or a comment holds; one that we do not know is metadata."""
    if marker == APP0 and block[:5] == b"JFIF\x00":
        if any(block[12:14]):
            header.thumbnails.add(Thumbnail.JFIF)
    elif marker == APP0 and block[:5] == b"JFXX\x00":
        header.thumbnails.add(Thumbnail.JFIF)
    elif marker == APP1 and block[:6] == b"Exif\x00\x00":
        exif.read_block(block[6:], header)
    elif marker == APP2 and block[:4] == b"MPF\x00":
        header.thumbnails.add(Thumbnail.MULTI_PICTURE)
    elif marker == APP13 and block.startswith(photoshop.SIGNATURE):
        resources.append(block[len(photoshop.SIGNATURE) :])
    elif not _is_harmless(marker, block):
        header.has_metadata = True
        if any(name in block for name in _XMP_THUMBNAILS):
            header.thumbnails.add(Thumbnail.XMP)


def _is_harmless(marker: int, block: bytes) -> bool:
    """Colour profile, Adobe's colour transform, the quality that "save for web" notes, an empty block."""
    return (
        (marker == APP2 and block.startswith(b"ICC_PROFILE\x00"))
        or (marker == APP14 and block.startswith(b"Adobe") and len(block) == ADOBE_BYTES)
        or (marker == APP12 and block.startswith(_DUCKY_QUALITY) and not any(block[13:]))
        or not block.strip(b"\x00 ")
    )


def _check_end(window: Window, offset: int, header: Header) -> None:
    if window.rest(max(offset, window.size - 2), 2) == EOI:
        return
    end = window.find(EOI, offset)
    if end < 0:
        header.fail(Defect.TRUNCATED)
    elif not window.is_blank_after(end + 2):
        header.has_metadata = True
