import struct

import pytest
from PIL import Image

from registry.catalogue.entries import Thumbnail
from registry.catalogue.headers import exif
from registry.catalogue.headers.exif import Folders
from registry.catalogue.headers.header import Header
from registry.catalogue.headers.window import EndOfBytesError, Window

ORIENTATION, WIDTH, MAKER, GPS, EXIF, THUMBNAIL = 0x0112, 0x0100, 0x010F, 0x8825, 0x8769, 0x0201
SHORT, LONG, ASCII = 3, 4, 2


def folder(order: str, *tags: tuple[int, int, int, int], follows: int = 0) -> bytes:
    """One directory: number, type, count and value of each tag; a short value is left-justified."""
    entries = b""
    for number, kind, count, value in tags:
        shape = "HH" if kind == SHORT else "I"
        values = (value, 0) if kind == SHORT else (value,)
        entries += struct.pack(f"{order}HHI{shape}", number, kind, count, *values)
    return struct.pack(f"{order}H", len(tags)) + entries + struct.pack(f"{order}I", follows)


def block(order: str, *tags: tuple[int, int, int, int], follows: int = 0) -> bytes:
    """A whole structure with one directory at offset 8."""
    start = b"II*\0" if order == "<" else b"MM\0*"
    return start + struct.pack(f"{order}I", 8) + folder(order, *tags, follows=follows)


def read(data: bytes) -> Header:
    header = Header()
    exif.read_block(data, header)
    return header


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("value", range(10))
def test_the_orientation_is_one_of_eight(order: str, value: int) -> None:
    header = read(block(order, (ORIENTATION, SHORT, 1, value)))
    assert header.orientation == (value if 1 <= value <= 8 else None)
    assert not header.has_metadata


def test_an_orientation_that_is_no_number_is_none() -> None:
    assert read(block("<", (ORIENTATION, ASCII, 1, 0x31))).orientation is None


@pytest.mark.parametrize("tag", [MAKER, GPS, 0xFFFF])
def test_maker_place_and_the_unknown_are_metadata(tag: int) -> None:
    assert read(block(">", (WIDTH, SHORT, 1, 5), (tag, LONG, 1, 9))).has_metadata


def test_the_exif_folder_is_looked_into() -> None:
    at = 8 + 2 + 12 + 4
    outer = block("<", (EXIF, LONG, 1, at))
    assert not read(outer + folder("<", (0xA002, LONG, 1, 640))).has_metadata
    assert read(outer + folder("<", (0x9003, ASCII, 20, 0))).has_metadata


def test_a_second_folder_with_a_picture_is_a_thumbnail() -> None:
    at = 8 + 2 + 12 + 4
    first = block("<", (ORIENTATION, SHORT, 1, 1), follows=at)
    assert read(first + folder("<", (THUMBNAIL, LONG, 1, 99))).thumbnails == {Thumbnail.EXIF}
    assert read(first + folder("<", (0x0103, SHORT, 1, 6))).thumbnails == set()


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"II*\0\x08",
        b"not a structure",
        b"II*\0\xff\xff\xff\xff",
        block("<", (EXIF, LONG, 1, 5000)),
        block("<", (ORIENTATION, SHORT, 1, 1), follows=5000),
    ],
)
def test_a_broken_block_is_metadata_of_unknown_meaning(data: bytes) -> None:
    assert read(data).has_metadata


def test_a_block_without_the_pointer_behind_its_folder_is_read() -> None:
    header = read(block("<", (ORIENTATION, SHORT, 1, 3))[:-4])
    assert (header.orientation, header.has_metadata) == (3, False)


def test_a_folder_full_of_pointers_to_itself_comes_to_an_end() -> None:
    data = block("<", *[(EXIF, LONG, 1, 8)] * 5000)
    assert read(data).orientation is None


def test_many_values_are_read_from_where_they_lie() -> None:
    data = block("<", (0x0111, LONG, 3, 26)) + struct.pack("<3I", 7, 8, 9)
    folders = Folders(Window(data))
    tags, follows = folders.read(folders.first)
    assert follows == 0
    assert folders.integers(tags[0], 10) == [7, 8, 9]
    assert folders.integers(tags[0], 2) == [7, 8]
    with pytest.raises(EndOfBytesError):
        folders.integers(tags[0]._replace(values=99), 99)


def test_a_block_that_pillow_wrote_is_understood() -> None:
    written = Image.Exif()
    written[ORIENTATION] = 8
    assert read(written.tobytes().removeprefix(b"Exif\0\0")) == Header(orientation=8)
