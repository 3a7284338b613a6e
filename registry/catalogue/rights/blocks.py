"""What do the blocks say that every format of pictures may hold? Exif, IPTC and XMP.

Exif 3.0 §4.6.5 (Artist, Copyright) on the structure of TIFF 6.0, which also has tags for the two others (XMP Part 3
§3.2.1, IPTC-IIM); IPTC-IIM 4.2 §6 (By-line, Credit, Source, Copyright Notice); XMP Part 1 (dc, cc, xmpRights).
"""

import re
from collections.abc import Iterator

from registry.catalogue.headers import exif
from registry.catalogue.headers.window import EndOfBytesError, Window
from registry.catalogue.rights.statements import MAX_CHARACTERS, Statement, Where, said

# What is read of a block; nobody's rights take more.
MAX_BYTES = 1 << 20
_IPTC_RESOURCE = 0x0404
_XMP_FIELDS = {
    b"dc:rights": "rights",
    b"dc:creator": "creator",
    b"cc:license": "rights",
    b"xmpRights:WebStatement": "rights",
    b"xmpRights:UsageTerms": "rights",
    b"photoshop:Credit": "creator",
}
_MARKS = re.compile(rb"<[^<>]*>")
_TAGS = {0x013B: "creator", 0x8298: "rights"}
_XMP_TAG, _IPTC_TAG, _PHOTOSHOP_TAG = 0x02BC, 0x83BB, 0x8649
_IPTC_DATASETS = {80: "creator", 110: "creator", 115: "creator", 116: "rights"}


def tiff(window: Window, start: int) -> Iterator[Statement]:
    """What the first folder of a TIFF structure says; `start` is where in its file the structure begins."""
    try:
        folders = exif.Folders(window)
        for tag in folders.read(folders.first)[0]:
            offset = start + tag.offset
            if tag.number in _TAGS:
                yield from said(Where.EXIF, _TAGS[tag.number], folders.raw(tag, MAX_CHARACTERS), offset)
            elif tag.number == _XMP_TAG:
                yield from xmp(folders.raw(tag, MAX_BYTES), offset)
            elif tag.number == _IPTC_TAG:
                yield from _datasets(folders.raw(tag, MAX_BYTES), offset)
            elif tag.number == _PHOTOSHOP_TAG:
                yield from photoshop(folders.raw(tag, MAX_BYTES), offset)
    except (EndOfBytesError, ValueError):
        return


def xmp(block: bytes, start: int) -> Iterator[Statement]:
    """What stands in an element or an attribute of these names; the packet is searched, not believed to be XML."""
    for name, about in _XMP_FIELDS.items():
        element = rb"<" + name + rb"\b[^<>]*>(.{1,4000}?)</" + name + rb">"
        attribute = name + rb"\s*=\s*[\"']([^\"'<>]{1,1000})[\"']"
        resource = rb"<" + name + rb"\b[^<>]*rdf:resource\s*=\s*[\"']([^\"'<>]{1,1000})[\"']"
        for pattern in (element, attribute, resource):
            match = re.search(pattern, block, re.DOTALL)
            if match:
                yield from said(Where.XMP, about, _MARKS.sub(b" ", match[1]), start + match.start(1), is_xml=True)


def photoshop(resources: bytes, start: int) -> Iterator[Statement]:
    """What the block of IPTC says among Photoshop's image resources."""
    offset = 0
    while resources[offset : offset + 4] == b"8BIM" and offset + 12 <= len(resources):
        number = int.from_bytes(resources[offset + 4 : offset + 6], "big")
        begin = offset + 6 + (resources[offset + 6] + 2) // 2 * 2
        size = int.from_bytes(resources[begin : begin + 4], "big")
        if number == _IPTC_RESOURCE:
            yield from _datasets(resources[begin + 4 : begin + 4 + size], start + begin + 4)
        offset = begin + 4 + (size + 1) // 2 * 2


def _datasets(resource: bytes, start: int) -> Iterator[Statement]:
    offset = 0
    while offset + 5 <= len(resource) and resource[offset] == 0x1C:  # noqa: PLR2004 - the tag marker
        record, number = resource[offset + 1], resource[offset + 2]
        size = int.from_bytes(resource[offset + 3 : offset + 5], "big")
        if record == 2 and number in _IPTC_DATASETS:  # noqa: PLR2004 - the application record
            words = resource[offset + 5 : offset + 5 + size]
            yield from said(Where.IPTC, _IPTC_DATASETS[number], words, start + offset + 5)
        offset += 5 + size
