import struct

import pytest

from registry.catalogue.entries import Thumbnail
from registry.catalogue.headers import photoshop
from registry.catalogue.headers.header import Header

RESOLUTION, IPTC, THUMBNAIL, OLD_THUMBNAIL, VERSION = 1005, 1028, 1036, 1033, 1057


def resource(number: int, data: bytes, name: bytes = b"") -> bytes:
    """One resource: names and data are padded to an even length."""
    named = bytes((len(name),)) + name
    padded = named + b"\0" * (len(named) % 2)
    return b"8BIM" + struct.pack(">H", number) + padded + struct.pack(">I", len(data)) + data + b"\0" * (len(data) % 2)


def read(block: bytes) -> Header:
    header = Header()
    photoshop.read_block(block, header)
    return header


@pytest.mark.parametrize("number", [THUMBNAIL, OLD_THUMBNAIL])
def test_a_thumbnail_is_found_wherever_it_stands(number: int) -> None:
    header = read(resource(RESOLUTION, b"odd") + resource(number, b"JFIF") + resource(VERSION, b"1"))
    assert (header.thumbnails, header.has_metadata) == ({Thumbnail.PHOTOSHOP}, False)


@pytest.mark.parametrize(
    "block",
    [
        resource(IPTC, b"\x1c\x02\x50\0\x04Jane"),
        resource(RESOLUTION, b"1", name=b"Jane"),
        resource(4999, b"plug-in"),
        resource(RESOLUTION, b"12") + b"something else",
        b"8BIM\x03\xed\0",
        b"8BIM\x03\xed\xffshort name",
        b"AgHg\x03\xed\0\0\0\0\0\x02ab",
    ],
)
def test_what_may_tell_of_people_counts_as_metadata(block: bytes) -> None:
    assert read(block).has_metadata


@pytest.mark.parametrize(
    "block", [b"", b"\0\0", resource(IPTC, b""), resource(RESOLUTION, b"abc"), resource(1057, b"")]
)
def test_what_is_empty_or_about_printing_is_harmless(block: bytes) -> None:
    assert read(block) == Header()
