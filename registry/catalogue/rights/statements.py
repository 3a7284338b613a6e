"""What does a JPEG file say of who made it and who may use it? In Exif, IPTC, XMP and its comment.

Exif 3.0 §4.6.5 (Artist, Copyright), IPTC-IIM 4.2 §6 (By-line, Credit, Source, Copyright Notice), XMP Part 1 (dc, cc,
xmpRights), and the comment of ITU-T T.81 B.2.4.5. What is broken says nothing; nothing is guessed.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from html import unescape

from registry.catalogue.headers import exif, photoshop
from registry.catalogue.headers.window import EndOfBytesError, Window

MAX_SEGMENTS = 1000
# What a statement is kept of.
MAX_CHARACTERS = 1000
_EOI, _SOS, _APP1, _APP13, _COMMENT = 0xD9, 0xDA, 0xE1, 0xED, 0xFE
_EXIF, _XMP = b"Exif\x00\x00", b"http://ns.adobe.com/xap/1.0/\x00"
_IPTC_RESOURCE = 0x0404
_XMP_FIELDS = {
    b"dc:rights": "rights",
    b"dc:creator": "creator",
    b"cc:license": "rights",
    b"xmpRights:WebStatement": "rights",
    b"xmpRights:UsageTerms": "rights",
    b"photoshop:Credit": "creator",
}
_TAGS = re.compile(rb"<[^<>]*>")
_EXIF_TAGS = {0x013B: "creator", 0x8298: "rights"}
_IPTC_DATASETS = {80: "creator", 110: "creator", 115: "creator", 116: "rights"}


class Where(StrEnum):
    """What a statement was found in."""

    EXIF = "exif"
    IPTC = "iptc"
    XMP = "xmp"
    COMMENT = "comment"


@dataclass(frozen=True, slots=True)
class Statement:
    """A few words of the file.

    Attributes:
        where: the block that holds them.
        about: `creator`, `rights`, or `comment` where the block does not tell.
        text: the words.
        offset: the byte of the file at which they stand.
    """

    where: Where
    about: str
    text: str
    offset: int


def read(data: bytes) -> list[Statement]:
    """Every statement of a JPEG file, in its order; none of another file."""
    found: list[Statement] = []
    if data[:2] != b"\xff\xd8":
        return found
    for marker, start, block in _segments(data):
        if marker == _COMMENT:
            found += _said(Where.COMMENT, "comment", block, start)
        elif marker == _APP1 and block.startswith(_EXIF):
            found += _exif(block[len(_EXIF) :], start + len(_EXIF))
        elif marker == _APP1 and block.startswith(_XMP):
            found += _xmp(block, start)
        elif marker == _APP13 and block.startswith(photoshop.SIGNATURE):
            found += _iptc(block, start)
    return found


def _segments(data: bytes) -> Iterator[tuple[int, int, bytes]]:
    """Marker, offset of the content and content of each segment before the picture."""
    offset = 2
    for _ in range(MAX_SEGMENTS):
        if offset + 4 > len(data) or data[offset] != 0xFF or data[offset + 1] in (_SOS, _EOI):  # noqa: PLR2004 - a lead byte
            return
        size = int.from_bytes(data[offset + 2 : offset + 4], "big")
        yield data[offset + 1], offset + 4, data[offset + 4 : offset + 2 + size]
        offset += 2 + max(2, size)


def _exif(block: bytes, start: int) -> Iterator[Statement]:
    try:
        window = Window(block)
        folders = exif.Folders(window)
        for tag in folders.read(folders.first)[0]:
            if tag.number in _EXIF_TAGS:
                words = window.at(tag.offset, min(tag.values, MAX_CHARACTERS))
                yield from _said(Where.EXIF, _EXIF_TAGS[tag.number], words, start + tag.offset)
    except (EndOfBytesError, ValueError):
        return


def _xmp(block: bytes, start: int) -> Iterator[Statement]:
    """What stands in an element or an attribute of these names; the packet is searched, not believed to be XML."""
    for name, about in _XMP_FIELDS.items():
        element = rb"<" + name + rb"\b[^<>]*>(.{1,4000}?)</" + name + rb">"
        attribute = name + rb"\s*=\s*[\"']([^\"'<>]{1,1000})[\"']"
        resource = rb"<" + name + rb"\b[^<>]*rdf:resource\s*=\s*[\"']([^\"'<>]{1,1000})[\"']"
        for pattern in (element, attribute, resource):
            match = re.search(pattern, block, re.DOTALL)
            if match:
                yield from _said(Where.XMP, about, _TAGS.sub(b" ", match[1]), start + match.start(1), is_xml=True)


def _iptc(block: bytes, start: int) -> Iterator[Statement]:
    offset = len(photoshop.SIGNATURE)
    while block[offset : offset + 4] == b"8BIM" and offset + 12 <= len(block):
        number = int.from_bytes(block[offset + 4 : offset + 6], "big")
        begin = offset + 6 + (block[offset + 6] + 2) // 2 * 2
        size = int.from_bytes(block[begin : begin + 4], "big")
        if number == _IPTC_RESOURCE:
            yield from _datasets(block[begin + 4 : begin + 4 + size], start + begin + 4)
        offset = begin + 4 + (size + 1) // 2 * 2


def _datasets(resource: bytes, start: int) -> Iterator[Statement]:
    offset = 0
    while offset + 5 <= len(resource) and resource[offset] == 0x1C:  # noqa: PLR2004 - the tag marker
        record, number = resource[offset + 1], resource[offset + 2]
        size = int.from_bytes(resource[offset + 3 : offset + 5], "big")
        if record == 2 and number in _IPTC_DATASETS:  # noqa: PLR2004 - the application record
            words = resource[offset + 5 : offset + 5 + size]
            yield from _said(Where.IPTC, _IPTC_DATASETS[number], words, start + offset + 5)
        offset += 5 + size


def _said(where: Where, about: str, words: bytes, offset: int, *, is_xml: bool = False) -> Iterator[Statement]:
    """The words as text, when there are any; those of XML without its marks."""
    try:
        text = words.decode("utf-8")
    except UnicodeDecodeError:
        text = words.decode("latin-1")
    text = unescape(text) if is_xml else text
    plain = " ".join("".join(char if char.isprintable() else " " for char in text).split())[:MAX_CHARACTERS]
    if plain:
        yield Statement(where, about, plain, offset)
