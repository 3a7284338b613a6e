"""The segments of a JPEG file (ITU-T T.81 annex B): which stay, which go.

Answers: what are this file's bytes without thumbnails, places and people, with every coded pixel
as it was? Decodes nothing, and refuses a file whose segments do not add up.
"""

import re
import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from blurring.errors import UndecodableError
from blurring.metadata import parts
from blurring.metadata.parts import Cleaned

SOI: Final = 0xD8
EOI: Final = 0xD9
SOS: Final = 0xDA
APP0, APP1, APP2, APP13, APP14, APP15, COM = 0xE0, 0xE1, 0xE2, 0xED, 0xEE, 0xEF, 0xFE
STANDALONE: Final = frozenset({0x01, *range(0xD0, 0xDA)})

LENGTH_BYTES: Final = 2  # a segment's length counts itself
JFIF: Final = b"JFIF\x00"
JFIF_BYTES: Final = 14  # identifier, version, unit, densities, and a thumbnail of 0 by 0
EXIF: Final = b"Exif\x00\x00"
ICC: Final = b"ICC_PROFILE\x00"
ADOBE: Final = b"Adobe"
ADOBE_BYTES: Final = 12  # identifier, version, two flags, colour transform
# What follows in a scan is data until a marker that is neither stuffing, restart nor fill.
MARKER_IN_SCAN: Final = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]")
MARKER: Final = re.compile(rb"\xff[^\x00\xff]")
# Names for what is removed, by the beginning of the segment's body.
NAMES: Final = (
    (APP1, b"http://ns.adobe.com/xap/1.0/", "xmp"),
    (APP1, b"http://ns.adobe.com/xmp/extension/", "xmp"),
    (APP0, b"JFXX", "jfif-thumbnail"),
    (APP2, b"MPF", "multi-picture"),
    (APP2, b"FPXR", "flashpix"),
    (APP13, b"Photoshop", "photoshop"),
)


@dataclass(frozen=True, slots=True)
class Segment:
    """One marker and what follows it.

    Attributes:
        marker: the second byte of the marker.
        body: the payload without its length; empty for a marker that stands alone.
        data: entropy-coded bytes after the payload; only after a start of scan.
        start: the offset in the file of the marker.
        end: the offset in the file of the first byte behind all of it.
    """

    marker: int
    body: bytes = b""
    data: bytes = b""
    start: int = field(default=0, compare=False)
    end: int = field(default=0, compare=False)

    def to_bytes(self) -> bytes:
        """The segment as it stands in a file."""
        if self.marker in STANDALONE:
            return bytes((0xFF, self.marker))
        return struct.pack(">BBH", 0xFF, self.marker, len(self.body) + 2) + self.body + self.data


def segments(data: bytes) -> Iterator[Segment]:
    """Every segment from the start of the image to its end, which is the last one given.

    Raises:
        UndecodableError: a length points outside, or the end of the image is missing.
    """
    if data[:2] != b"\xff\xd8":
        raise UndecodableError("this is no JPEG: it does not begin with a start of image")
    yield Segment(SOI, end=2)
    at = 2
    while True:
        start, marker = _marker(data, at)
        at = start + 2
        if marker in STANDALONE:
            yield Segment(marker, start=start, end=at)
            if marker == EOI:
                return
            continue
        body = _body(data, at)
        at += 2 + len(body)
        if marker != SOS:
            yield Segment(marker, body, start=start, end=at)
            continue
        found = MARKER_IN_SCAN.search(data, at)
        end = found.start() if found else len(data)
        yield Segment(marker, body, data[at:end], start, end)
        at = end


def cleaned(data: bytes) -> Cleaned:
    """The JPEG without harmful segments; its scans are the same bytes.

    Raises:
        UndecodableError: the segments do not add up.
    """
    kept: list[bytes] = []
    removed: set[str] = set()
    end = 0
    for segment in segments(data):
        stays = _harmless(segment)
        if stays != segment:
            removed.add(_name(segment))
        if stays is not None:
            kept.append(stays.to_bytes())
        if data[end : segment.start].strip(b"\xff"):
            removed.add("stray-bytes")
        end = segment.end
    if end < len(data):
        removed.add("trailing-data")
    return Cleaned(b"".join(kept), tuple(sorted(removed))) if removed else Cleaned(data, ())


def exif_body(orientation: int) -> bytes:
    """The body of an EXIF segment that holds an orientation and no more."""
    return EXIF + parts.only_orientation(orientation)


def _marker(data: bytes, at: int) -> tuple[int, int]:
    """Where the next marker is, and its second byte; decoders skip what is before it."""
    found = MARKER.search(data, at)
    if found is None:
        raise UndecodableError("this JPEG ends before its end of image")
    return found.start(), data[found.start() + 1]


def _body(data: bytes, at: int) -> bytes:
    if at + 2 > len(data):
        raise UndecodableError("this JPEG ends inside a segment")
    (length,) = struct.unpack_from(">H", data, at)
    if length < LENGTH_BYTES or at + length > len(data):
        raise UndecodableError("this JPEG has a segment that is longer than the file")
    return data[at + 2 : at + length]


def _harmless(segment: Segment) -> Segment | None:
    """The segment itself, a harmless one in its place, or None."""
    marker, body = segment.marker, segment.body
    if marker == APP0 and body.startswith(JFIF) and len(body) >= JFIF_BYTES:
        return Segment(APP0, body[: JFIF_BYTES - 2] + b"\x00\x00")
    if marker == APP1 and body.startswith(EXIF):
        return _harmless_exif(segment)
    if marker == APP2 and body.startswith(ICC):
        return segment
    if marker == APP14 and body.startswith(ADOBE) and len(body) >= ADOBE_BYTES:
        return Segment(APP14, body[:ADOBE_BYTES])
    return None if marker == COM or APP0 <= marker <= APP15 else segment


def _harmless_exif(segment: Segment) -> Segment | None:
    exif = segment.body[len(EXIF) :]
    if parts.is_harmless(exif):
        return segment
    instead = parts.replacement(exif)
    return None if instead is None else Segment(APP1, EXIF + instead)


def _name(segment: Segment) -> str:
    if segment.marker == COM:
        return "comment"
    if segment.marker == APP1 and segment.body.startswith(EXIF):
        return "exif"
    if segment.marker == APP0 and segment.body.startswith(JFIF):
        return "jfif-thumbnail"
    for marker, beginning, name in NAMES:
        if segment.marker == marker and segment.body.startswith(beginning):
            return name
    return f"app{segment.marker - APP0}"
