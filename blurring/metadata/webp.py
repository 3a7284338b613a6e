"""The chunks of a WebP file (RFC 9649 §2): which stay, which go.

Answers: what are this file's bytes without EXIF, XMP and unknown chunks, with every coded pixel
as it was? Decodes nothing, and refuses a file whose chunks do not add up.
"""

import struct
from collections.abc import Iterator
from typing import Final

from blurring.errors import UndecodableError
from blurring.metadata import parts
from blurring.metadata.parts import Cleaned

HARMLESS: Final = frozenset({b"VP8 ", b"VP8L", b"VP8X", b"ALPH", b"ICCP", b"ANIM", b"ANMF"})
HEADER_BYTES: Final = 12
# Flags of VP8X (RFC 9649 §2.7.1) that announce chunks which may be gone.
EXIF_FLAG: Final = 0x08
XMP_FLAG: Final = 0x04


def chunks(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Name and body of every chunk inside the RIFF container.

    Raises:
        UndecodableError: the container is missing, or a length points outside.
    """
    if data[:4] != b"RIFF" or data[8:12] != b"WEBP":
        raise UndecodableError("this is no WebP: its container is missing")
    at, end = HEADER_BYTES, _end(data)
    while at + 8 <= end:
        name, length = struct.unpack_from("<4sI", data, at)
        if at + 8 + length > end:
            raise UndecodableError("this WebP has a chunk that is longer than the file")
        yield name, data[at + 8 : at + 8 + length]
        at += 8 + length + length % 2


def cleaned(data: bytes) -> Cleaned:
    """The WebP without harmful chunks; its coded pixels are the same bytes.

    Raises:
        UndecodableError: the chunks do not add up.
    """
    kept: list[tuple[bytes, bytes]] = []
    removed: set[str] = set()
    for name, body in chunks(data):
        stays = _harmless(name, body)
        if stays != body:
            removed.add(name.decode("latin-1").strip().lower())
        if stays is not None:
            kept.append((name, stays))
    if _end(data) < len(data):
        removed.add("trailing-data")
    return Cleaned(_container(kept), tuple(sorted(removed))) if removed else Cleaned(data, ())


def _end(data: bytes) -> int:
    size: int = struct.unpack_from("<I", data, 4)[0]
    return min(8 + size + size % 2, len(data))


def _harmless(name: bytes, body: bytes) -> bytes | None:
    if name == b"EXIF":
        # Some writers put JPEG's identifier before the TIFF structure.
        exif = body.removeprefix(b"Exif\x00\x00")
        return body if parts.is_harmless(exif) else parts.replacement(exif)
    return body if name in HARMLESS else None


def _container(kept: list[tuple[bytes, bytes]]) -> bytes:
    """The chunks in a container, the flags of VP8X telling the truth about them."""
    names = {name for name, _ in kept}
    flags = (EXIF_FLAG if b"EXIF" in names else 0) | (XMP_FLAG if b"XMP " in names else 0)
    body = b"WEBP"
    for name, part in kept:
        told = part
        if name == b"VP8X":
            told = bytes((part[0] & ~(EXIF_FLAG | XMP_FLAG) | flags,)) + part[1:]
        body += struct.pack("<4sI", name, len(told)) + told + b"\x00" * (len(told) % 2)
    return b"RIFF" + struct.pack("<I", len(body)) + body
