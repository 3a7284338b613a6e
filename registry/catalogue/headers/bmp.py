"""What does a BMP file say of itself? Microsoft's BITMAPFILEHEADER, BITMAPCOREHEADER to BITMAPV5HEADER."""

import struct

from registry.catalogue.entries import Defect, Format
from registry.catalogue.headers.header import Header
from registry.catalogue.headers.window import EndOfBytesError, Window

CORE_BYTES = 12
HEADER_BYTES = frozenset((CORE_BYTES, 40, 52, 56, 64, 108, 124))
# From here on a header has an alpha mask, which only pixels of 32 bits have room for.
ALPHA_HEADER_BYTES, ALPHA_BITS = 56, 32
UNCOMPRESSED, BITFIELDS = 0, 3
DECODABLE = frozenset((UNCOMPRESSED, 1, 2, BITFIELDS))
MODES = {1: "1", 4: "P", 8: "P", 16: "RGB", 24: "RGB", 32: "RGB"}


def read(window: Window, header: Header) -> None:
    """Note the facts of a BMP.

    Raises:
        EndOfBytesError: it ends before its pixels do.
    """
    header.format = Format.BMP
    file_bytes, pixels_at, header_bytes = struct.unpack("<2xI4xII", window.at(0, 18))
    if header_bytes not in HEADER_BYTES:
        return header.fail(Defect.UNSUPPORTED_FORMAT)
    compression, alpha = UNCOMPRESSED, 0
    if header_bytes == CORE_BYTES:
        width, height, _, bits = struct.unpack("<HHHH", window.at(18, 8))
    else:
        width, height, _, bits, compression = struct.unpack("<iiHHI", window.at(18, 16))
        if header_bytes >= ALPHA_HEADER_BYTES:
            (alpha,) = struct.unpack("<I", window.at(66, 4))
    header.measure(width, abs(height))
    header.mode = MODES.get(bits)
    if alpha and compression == BITFIELDS and bits == ALPHA_BITS:
        header.mode = "RGBA"
    if header.mode is None or compression not in DECODABLE:
        return header.fail(Defect.UNSUPPORTED_FORMAT)
    end = file_bytes
    if compression in (UNCOMPRESSED, BITFIELDS):
        end = pixels_at + (max(0, width) * bits + 31) // 32 * 4 * abs(height)
    if end > window.size:
        raise EndOfBytesError
    header.has_metadata |= not window.is_blank_after(max(end, file_bytes))
    return None
