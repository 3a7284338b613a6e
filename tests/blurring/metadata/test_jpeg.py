import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from blurring import files
from blurring.errors import UndecodableError
from blurring.metadata import jpeg
from tests.factories import pictures


def pixels_of(data: bytes) -> bytes:
    return files.decode(data).pixels.tobytes()


def scans_of(data: bytes) -> list[bytes]:
    return [segment.data for segment in jpeg.segments(data) if segment.data]


@pytest.mark.parametrize(
    "data",
    [
        pictures.jpeg(),
        pictures.grey_jpeg(),
        pictures.cmyk_jpeg(),
        pictures.progressive_jpeg(),
        pictures.oriented_jpeg(6),
        pictures.oriented_jpeg(1),
        pictures.jpeg(icc_profile=b"profile" * 20_000),
    ],
)
def test_a_harmless_file_is_the_very_same_object(data: bytes) -> None:
    result = jpeg.cleaned(data)
    assert result.data is data
    assert result.removed == ()


@pytest.mark.parametrize(
    ("data", "removed"),
    [
        (pictures.gps_jpeg(), "exif"),
        (pictures.thumbnail_jpeg(), "exif"),
        (pictures.photoshop_thumbnail_jpeg(), "photoshop"),
        (pictures.commented_jpeg(), "comment"),
        (pictures.xmp_jpeg(), "xmp"),
        (pictures.trailing_jpeg(), "trailing-data"),
        (pictures.trailing_jpeg(b"\x00"), "trailing-data"),
        (pictures.with_segment(pictures.jpeg(), 0xE0, b"JFXX\x00\x10"), "jfif-thumbnail"),
        (pictures.with_segment(pictures.jpeg(), 0xE2, b"MPF\x00MM"), "multi-picture"),
        (pictures.with_segment(pictures.jpeg(), 0xE2, b"FPXR\x00"), "flashpix"),
        (pictures.with_segment(pictures.jpeg(), 0xE5, b"maker"), "app5"),
        (pictures.with_segment(pictures.jpeg(), 0xEE, b"Other maker"), "app14"),
    ],
)
def test_harm_is_named_and_gone_and_the_scans_are_the_same_bytes(data: bytes, removed: str) -> None:
    result = jpeg.cleaned(data)
    assert result.removed == (removed,)
    assert scans_of(result.data) == scans_of(data)
    assert pixels_of(result.data) == pixels_of(data)
    assert jpeg.cleaned(result.data).removed == ()


def test_a_comment_between_two_scans_is_found() -> None:
    data = pictures.progressive_jpeg()
    second = data.index(b"\xff\xda", data.index(b"\xff\xda") + 2)
    hidden = data[:second] + b"\xff\xfe\x00\x06Jane" + data[second:]
    result = jpeg.cleaned(hidden)
    assert result.removed == ("comment",)
    assert result.data == data


def test_the_thumbnail_in_a_jfif_header_goes_and_the_header_stays() -> None:
    data = pictures.jpeg()
    header = data[6:20]
    with_thumbnail = header[:-2] + b"\x01\x01" + b"\x80\x80\x80"
    tampered = pictures.with_segment(data[:2] + data[20:], 0xE0, with_thumbnail)
    result = jpeg.cleaned(tampered)
    assert result.removed == ("jfif-thumbnail",)
    assert result.data == data


def test_what_follows_adobes_transform_goes_and_the_transform_stays() -> None:
    data = pictures.cmyk_jpeg()
    start = data.index(b"Adobe") - 4
    segment = data[start : start + 16]
    longer = segment[:2] + b"\x00\x12" + segment[4:] + b"Jane"
    result = jpeg.cleaned(data[:start] + longer + data[start + 16 :])
    assert result.removed == ("app14",)
    assert result.data == data


@pytest.mark.parametrize("orientation", range(2, 9))
def test_the_orientation_survives_the_exif_that_held_it(orientation: int) -> None:
    exif = Image.Exif()
    exif[pictures.EXIF_ORIENTATION] = orientation
    exif[pictures.EXIF_ARTIST] = "A. Photographer"
    result = jpeg.cleaned(pictures.jpeg(exif=exif.tobytes()))
    assert dict(Image.open(io.BytesIO(result.data)).getexif()) == {pictures.EXIF_ORIENTATION: orientation}


def test_fill_bytes_before_a_marker_are_no_harm() -> None:
    data = pictures.jpeg()
    padded = data[:2] + b"\xff\xff\xff" + data[2:]
    assert jpeg.cleaned(padded).removed == ()


def test_bytes_between_segments_are_harm_because_decoders_skip_them() -> None:
    data = pictures.jpeg()
    result = jpeg.cleaned(data[:20] + b"Jane" + data[20:])
    assert result.removed == ("stray-bytes",)
    assert result.data == data


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\xff\xd8",
        b"GIF89a",
        pictures.jpeg()[:-2],
        pictures.jpeg()[:40],
        b"\xff\xd8\xff\xe1",
        b"\xff\xd8\xff\xe1\x00\x01",
        b"\xff\xd8\xff\xe1\xff\xff\x00",
    ],
)
def test_segments_that_do_not_add_up_are_refused(data: bytes) -> None:
    with pytest.raises(UndecodableError):
        jpeg.cleaned(data)


def test_segments_put_together_are_the_file() -> None:
    data = pictures.progressive_jpeg()
    assert b"".join(segment.to_bytes() for segment in jpeg.segments(data)) == data


@settings(max_examples=200)
@given(st.data())
def test_cleaning_twice_is_cleaning_once(data: st.DataObject) -> None:
    damaged = bytearray(pictures.thumbnail_jpeg())
    for _ in range(data.draw(st.integers(0, 5))):
        damaged[data.draw(st.integers(0, len(damaged) - 1))] = data.draw(st.integers(0, 255))
    try:
        once = jpeg.cleaned(bytes(damaged))
    except UndecodableError:
        return
    assert jpeg.cleaned(once.data).removed == ()
