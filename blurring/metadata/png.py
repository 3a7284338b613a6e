"""The chunks of a PNG file (W3C PNG, third edition, §5 and §11): which stay, which go.

Answers: what are this file's bytes without text, EXIF and unknown chunks, with every compressed
pixel byte as it was? Inflates nothing, and refuses a file whose chunks do not add up.
"""

import struct
import zlib
from collections.abc import Iterator
from typing import Final

from blurring.errors import UndecodableError
from blurring.metadata import parts
from blurring.metadata.parts import Cleaned

SIGNATURE: Final = b"\x89PNG\r\n\x1a\n"
HARMLESS: Final = frozenset(b"IHDR PLTE IDAT IEND tRNS cHRM gAMA iCCP sBIT sRGB cICP mDCV cLLI bKGD hIST pHYs".split())
# Those of the harmless chunks that stay true when the pixels are written again.
COLOUR: Final = frozenset(b"cHRM gAMA iCCP sRGB cICP mDCV cLLI pHYs".split())


def chunks(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Name and body of every chunk up to and with IEND.

    Raises:
        UndecodableError: the signature is missing, or a length points outside.
    """
    if not data.startswith(SIGNATURE):
        raise UndecodableError("this is no PNG: its signature is missing")
    at, name = len(SIGNATURE), b""
    while name != b"IEND":
        if at + 12 > len(data):
            raise UndecodableError("this PNG ends before its last chunk")
        length, name = struct.unpack_from(">I4s", data, at)
        if at + 12 + length > len(data):
            raise UndecodableError("this PNG has a chunk that is longer than the file")
        yield name, data[at + 8 : at + 8 + length]
        at += 12 + length


def is_deep_colour(data: bytes) -> bool:
    """Whether the header (§11.2.1) says sixteen bits and more than one channel."""
    header = next((body for name, body in chunks(data) if name == b"IHDR"), b"")
    return header[8:9] == b"\x10" and header[9:10] != b"\x00"


def chunk(name: bytes, body: bytes) -> bytes:
    """A chunk as it stands in a file."""
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def cleaned(data: bytes) -> Cleaned:
    """The PNG without harmful chunks; its IDAT bodies are the same bytes.

    Raises:
        UndecodableError: the chunks do not add up.
    """
    kept = [SIGNATURE]
    removed: set[str] = set()
    end = len(SIGNATURE)
    for name, body in chunks(data):
        end += 12 + len(body)
        stays = _harmless(name, body)
        if stays != body:
            removed.add("exif" if name == b"eXIf" else name.decode("latin-1"))
        if stays is not None:
            kept.append(chunk(name, stays))
    if end < len(data):
        removed.add("trailing-data")
    return Cleaned(b"".join(kept), tuple(sorted(removed))) if removed else Cleaned(data, ())


def with_colours_of(source: bytes, written: bytes, orientation: int) -> bytes:
    """A newly written PNG with the colour chunks and the orientation of the file it came from."""
    transplanted = [chunk(name, body) for name, body in chunks(source) if name in COLOUR]
    if orientation != 1:
        transplanted.append(chunk(b"eXIf", parts.only_orientation(orientation)))
    own = [(name, body) for name, body in chunks(written) if name not in COLOUR]
    header, rest = chunk(*own[0]), [chunk(name, body) for name, body in own[1:]]
    return b"".join([SIGNATURE, header, *transplanted, *rest])


def _harmless(name: bytes, body: bytes) -> bytes | None:
    if name == b"eXIf":
        return body if parts.is_harmless(body) else parts.replacement(body)
    return body if name in HARMLESS else None
