"""What hides in a Photoshop block: a thumbnail, IPTC, a caption, nothing that matters?

Adobe Photoshop File Formats Specification, "Image Resources Section".
"""

import struct

from registry.catalogue.entries import Thumbnail
from registry.catalogue.headers.header import Header

SIGNATURE = b"Photoshop 3.0\x00"
THUMBNAILS = frozenset((1033, 1036))
# Resolution, printing, colours, guides, counters, version of the program: nothing about the picture's subject.
_HARMLESS = frozenset(
    (
        *(1000, 1001, 1005, 1007, 1009, 1010, 1011, 1012, 1013, 1014, 1015, 1016, 1017, 1018, 1019, 1020, 1024),
        *(1026, 1030, 1032, 1034, 1037, 1039, 1041, 1044, 1049, 1057, 1061, 1062, 1064, 1071, 1082, 1083, 10000),
    )
)


def read_block(block: bytes, header: Header) -> None:
    """Note thumbnails and metadata among the resources; what cannot be parsed counts as metadata."""
    offset = 0
    while offset + 12 <= len(block):
        if block[offset : offset + 4] != b"8BIM":
            break
        number = int.from_bytes(block[offset + 4 : offset + 6], "big")
        name_bytes = block[offset + 6]
        start = offset + 6 + (name_bytes + 2) // 2 * 2
        if start + 4 > len(block):
            break
        (size,) = struct.unpack_from(">I", block, start)
        _note(number, name_bytes, size, header)
        offset = start + 4 + (size + 1) // 2 * 2
    if block[offset:].strip(b"\x00"):
        header.has_metadata = True


def _note(number: int, name_bytes: int, size: int, header: Header) -> None:
    if number in THUMBNAILS:
        header.thumbnails.add(Thumbnail.PHOTOSHOP)
    elif (size and number not in _HARMLESS) or name_bytes:
        header.has_metadata = True
