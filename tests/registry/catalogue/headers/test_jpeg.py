import pytest

from registry.catalogue.entries import Defect, Thumbnail
from registry.catalogue.headers import jpeg, sniff
from registry.catalogue.headers.header import Header
from registry.catalogue.headers.window import Window
from tests.factories import pictures

PLAIN = pictures.jpeg()


def read(data: bytes) -> Header:
    return sniff.read(Window(data))


def with_block(marker: int, body: bytes) -> Header:
    return read(pictures.with_segment(PLAIN, marker, body))


def test_a_plain_jpeg_has_nothing_to_hide() -> None:
    header = read(PLAIN)
    assert (header.has_metadata, header.thumbnails, header.orientation, header.defect) == (False, set(), None, None)


@pytest.mark.parametrize(
    ("data", "thumbnail"),
    [
        (pictures.thumbnail_jpeg(), Thumbnail.EXIF),
        (pictures.photoshop_thumbnail_jpeg(), Thumbnail.PHOTOSHOP),
        (pictures.with_segment(PLAIN, 0xE0, b"JFIF\0\x01\x02\0\0\x01\0\x01\x01\x01\0\0\0"), Thumbnail.JFIF),
        (pictures.with_segment(PLAIN, 0xE0, b"JFXX\0\x10"), Thumbnail.JFIF),
        (pictures.with_segment(PLAIN, 0xE2, b"MPF\0MM\0*"), Thumbnail.MULTI_PICTURE),
        (pictures.xmp_jpeg(b"<xmpGImg:image>/9j/"), Thumbnail.XMP),
    ],
)
def test_every_place_for_a_smaller_copy_is_known(data: bytes, thumbnail: Thumbnail) -> None:
    assert read(data).thumbnails == {thumbnail}


@pytest.mark.parametrize(
    ("marker", "body"),
    [
        (0xE2, b"ICC_PROFILE\0\x01\x01profile"),
        (0xEE, b"Adobe\0\x64\0\0\0\0\x01"),
        (0xEC, b"Ducky\0\x01\0\x04\0\0\0\x3c\0\0"),
        (0xFE, b""),
        (0xFE, b"  \0"),
    ],
)
def test_what_only_tells_of_colour_and_quality_is_harmless(marker: int, body: bytes) -> None:
    assert not with_block(marker, body).has_metadata


@pytest.mark.parametrize(
    ("marker", "body"),
    [
        (0xFE, b"Jane at home"),
        (0xE1, b"http://ns.adobe.com/xap/1.0/\0<x/>"),
        (0xE2, b"FPXR\0"),
        (0xEC, b"Ducky\0\x01\0\x04\0\0\0\x3c\0\x02\0\x04Jane\0\0"),
        (0xED, b"Photoshop 3.0\0" + b"8BIM\x04\x04\0\0\0\0\0\x02Me"),
        (0xEE, b"Adobe\0\x64\0\0\0\0\x01 and a note"),
        (0xEB, b"something new"),
    ],
)
def test_everything_else_counts_as_metadata(marker: int, body: bytes) -> None:
    assert with_block(marker, body).has_metadata


def test_a_photoshop_block_in_two_segments_is_one_block() -> None:
    whole = b"8BIM\x04\x04\0\0\0\0\0\x02Me"
    data = pictures.with_segment(PLAIN, 0xED, b"Photoshop 3.0\0" + whole[5:])
    assert read(pictures.with_segment(data, 0xED, b"Photoshop 3.0\0" + whole[:5])).has_metadata


def test_a_jpeg_without_its_end_is_truncated_even_when_its_thumbnail_has_one() -> None:
    data = pictures.thumbnail_jpeg()
    assert read(data[:-2]).defect is Defect.TRUNCATED
    assert read(data[:-2]).width == 64


def test_padding_behind_the_end_is_harmless_and_anything_else_is_metadata() -> None:
    assert read(PLAIN + b"\0\0\0\n") == read(PLAIN)
    assert read(PLAIN + b"ftypmp42 a film").has_metadata


def test_stray_and_fill_bytes_before_a_marker_are_passed_over() -> None:
    assert read(PLAIN[:2] + b"\xff\xff\xff" + PLAIN[2:]) == read(PLAIN)
    assert read(PLAIN[:20] + b"stray\xff\0" + PLAIN[20:]) == read(PLAIN)


@pytest.mark.parametrize("marker", [0xC3, 0xC9, 0xCA])
def test_codings_that_nobody_here_decodes_are_unsupported(marker: int) -> None:
    data = PLAIN.replace(b"\xff\xc0", bytes((0xFF, marker)), 1)
    assert read(data).defect is Defect.UNSUPPORTED_FORMAT


@pytest.mark.parametrize(("offset", "value"), [(4, 12), (9, 2), (5, 0)])
def test_other_precisions_component_counts_and_no_lines_are_unsupported(offset: int, value: int) -> None:
    frame = PLAIN.index(b"\xff\xc0")
    data = bytearray(PLAIN)
    data[frame + offset] = value
    if offset == 5:
        data[frame + 6] = 0
    assert read(bytes(data)).defect is Defect.UNSUPPORTED_FORMAT


@pytest.mark.parametrize(
    "data",
    [
        b"\xff\xd8\xff\xd9",
        b"\xff\xd8\xff\xd9\0\0\0",
        b"\xff\xd8\xff\xe0",
        b"\xff\xd8\xff\xfe\0\x02stray",
        b"\xff\xd8\xff\xda\0\x02\xff\xd9",
    ],
)
def test_a_jpeg_without_a_frame_is_truncated(data: bytes) -> None:
    assert read(data).defect is Defect.TRUNCATED


def test_a_flood_of_segments_is_left_alone() -> None:
    flood = PLAIN[:2] + b"\xff\xfe\0\x02" * (jpeg.MAX_SEGMENTS + 1) + PLAIN[2:]
    assert read(flood).defect is Defect.TRUNCATED


def test_a_segment_that_says_it_is_shorter_than_its_own_length_is_no_trap() -> None:
    assert read(PLAIN[:2] + b"\xff\xe3\0\0" + PLAIN[2:]).width == 64


def test_the_first_frame_decides() -> None:
    start = PLAIN.index(b"\xff\xc0")
    frame = bytearray(PLAIN[start : start + 19])
    frame[5:9] = b"\0\x09\0\x09"
    assert read(PLAIN[: start + 19] + bytes(frame) + PLAIN[start + 19 :]).width == 64


def test_a_flood_of_stray_bytes_is_left_alone() -> None:
    assert read(PLAIN[:20] + b"\xff\0" * (jpeg.MAX_SEGMENTS + 1) + PLAIN[20:]).defect is Defect.TRUNCATED
