import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from registry.catalogue.entries import Defect, Format
from registry.catalogue.headers import sniff
from registry.catalogue.headers.header import Header
from registry.catalogue.headers.window import Window
from tests.factories import pictures

SOUND = {
    "jpeg": pictures.jpeg(),
    "grey jpeg": pictures.grey_jpeg(),
    "cmyk jpeg": pictures.cmyk_jpeg(),
    "progressive jpeg": pictures.progressive_jpeg(),
    "turned jpeg": pictures.oriented_jpeg(6),
    "gps jpeg": pictures.gps_jpeg(),
    "thumbnail jpeg": pictures.thumbnail_jpeg(),
    "photoshop jpeg": pictures.photoshop_thumbnail_jpeg(),
    "png": pictures.png(),
    "grey16 png": pictures.grey16_png(),
    "rgb16 png": pictures.rgb16_png(),
    "palette png": pictures.palette_png(),
    "rgba png": pictures.rgba_png(),
    "commented png": pictures.commented_png(),
    "gif": pictures.gif(),
    "bmp": pictures.bmp(),
    "tiff": pictures.tiff(),
    "webp": pictures.webp(),
}


def read(data: bytes) -> Header:
    return sniff.read(Window(data))


@pytest.mark.parametrize("name", SOUND)
def test_a_header_says_what_pillow_says(name: str) -> None:
    header = read(SOUND[name])
    with Image.open(io.BytesIO(SOUND[name])) as image:
        assert (header.format, header.width, header.height) == ((image.format or "").lower(), *image.size)
        assert header.mode == image.mode
        assert header.orientation == image.getexif().get(pictures.EXIF_ORIENTATION)
    assert header.defect is None


@pytest.mark.parametrize("name", SOUND)
def test_a_header_is_the_same_when_most_of_the_file_has_to_be_fetched(name: str) -> None:
    data = SOUND[name]
    seen = Window(data[:20], len(data), lambda offset, length: data[offset : offset + length])
    assert sniff.read(seen) == read(data)


@settings(max_examples=300)
@given(st.sampled_from(sorted(SOUND)), st.data())
def test_no_bytes_whatever_are_an_error(name: str, data: st.DataObject) -> None:
    picture = bytearray(SOUND[name])
    for _ in range(data.draw(st.integers(1, 4))):
        picture[data.draw(st.integers(0, min(300, len(picture) - 1)))] = data.draw(st.integers(0, 255))
    assert isinstance(read(bytes(picture)), Header)


@settings(max_examples=100)
@given(st.sampled_from([b"", b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"GIF89a", b"BM", b"II*\0", b"MM\0*"]), st.binary())
def test_noise_behind_a_signature_is_no_error(start: bytes, noise: bytes) -> None:
    assert isinstance(read(start + noise), Header)


@pytest.mark.parametrize("name", SOUND)
@pytest.mark.parametrize("part", [0.05, 0.4, 0.9])
def test_a_file_that_was_cut_off_is_truncated(name: str, part: float) -> None:
    data = SOUND[name]
    assert read(data[: max(20, int(len(data) * part))]).defect is Defect.TRUNCATED


@pytest.mark.parametrize(
    ("start", "defect"),
    [
        (b"", Defect.EMPTY),
        (b"\0", Defect.NOT_AN_IMAGE),
        (b"This is text.", Defect.NOT_AN_IMAGE),
        (b"BM, said the cat, I am no bitmap", Defect.NOT_AN_IMAGE),
        (b"RIFF\x10\0\0\0WAVEfmt ", Defect.NOT_AN_IMAGE),
        (b"\0\0\0\x18ftypmp42", Defect.NOT_AN_IMAGE),
        (b"P3 is where I live", Defect.UNSUPPORTED_FORMAT),
        (b"\0\0\0\x18ftypheic\0\0\0\0", Defect.UNSUPPORTED_FORMAT),
        (b"\0\0\0\x0cjP  \r\n\x87\n", Defect.UNSUPPORTED_FORMAT),
        (b"8BPS\0\x01", Defect.UNSUPPORTED_FORMAT),
    ],
)
def test_what_is_no_picture_that_we_know_has_no_format(start: bytes, defect: Defect) -> None:
    assert (read(start).format, read(start).defect) == (None, defect)


def test_a_bomb_is_told_by_the_size_that_it_declares() -> None:
    header = read(pictures.bomb_png())
    assert (header.format, header.width, header.defect) == (Format.PNG, 30_000, Defect.DECOMPRESSION_BOMB)
