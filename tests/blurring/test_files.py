import contextlib
import io
import warnings
from dataclasses import replace

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageCms, ImageFile, PngImagePlugin

from blurring import files
from blurring.errors import (
    BombError,
    PictureError,
    SeveralFramesError,
    UndecodableError,
    UnsupportedFormatError,
)
from blurring.pictures import Picture
from blurring.recipe import Writing
from tests.factories import pictures

WRITING = Writing(jpeg_quality=95)
PROFILE = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (pictures.jpeg(), "jpeg"),
        (pictures.png_named_jpeg()[1], "png"),
        (pictures.gif(), "gif"),
        (pictures.bmp(), "bmp"),
        (pictures.tiff(), "tiff"),
        (pictures.webp(), "webp"),
        (b"", None),
        (b"RIFF....WAVE", None),
        (pictures.text_named_jpeg()[1], None),
    ],
)
def test_the_format_is_told_by_the_bytes(data: bytes, expected: str | None) -> None:
    assert files.format_of(data) == expected


@pytest.mark.parametrize(
    ("data", "mode"),
    [
        (pictures.jpeg(), "RGB"),
        (pictures.grey_jpeg(), "L"),
        (pictures.cmyk_jpeg(), "CMYK"),
        (pictures.progressive_jpeg(), "RGB"),
        (pictures.palette_png(), "RGB"),
        (pictures.rgba_png(), "RGBA"),
        (pictures.grey16_png(), "I;16"),
        (pictures.rgb16_png(), "RGB"),
        (pictures.deep_tiff("<"), "I;16"),
        (pictures.deep_tiff(">"), "I;16"),
        (pictures.gif(), "RGB"),
        (pictures.encoded(Image.new("1", (9, 9)), "GIF"), "L"),
        (pictures.encoded(Image.new("1", (9, 9)), "PNG"), "L"),
        (pictures.encoded(Image.new("LA", (9, 9)), "PNG"), "LA"),
    ],
)
def test_every_kind_is_worked_on_in_a_mode_that_can_be_written(data: bytes, mode: str) -> None:
    picture = files.decode(data)
    assert picture.mode == mode
    again = files.decode(files.encode(picture, data, WRITING))
    assert again.mode == mode
    assert (again.width, again.height) == (picture.width, picture.height)
    assert again.pixels.dtype == picture.pixels.dtype


@pytest.mark.parametrize(
    "data",
    [
        pictures.png(),
        pictures.grey16_png(),
        pictures.rgb16_png(),
        pictures.rgba_png(),
        pictures.bmp(),
        pictures.tiff(),
        pictures.deep_tiff("<"),
        pictures.deep_tiff(">"),
        pictures.gif(),
        pictures.webp(),
    ],
)
def test_lossless_formats_keep_every_value(data: bytes) -> None:
    picture = files.decode(data)
    assert picture.is_lossless
    again = files.decode(files.encode(picture, data, WRITING))
    assert np.array_equal(again.pixels, picture.pixels)


def test_sixteen_bit_colours_with_transparency_keep_every_value() -> None:
    rgba = np.random.default_rng(0).integers(0, 65536, (9, 7, 4)).astype(np.uint16)
    data = files.encode(Picture("png", "RGBA", rgba), pictures.png(), WRITING)
    assert np.array_equal(files.decode(data).pixels, rgba)


def test_a_gif_keeps_its_palette_and_its_transparency_where_nothing_was_changed() -> None:
    image = Image.fromarray(pictures.pixels(64, 48)).convert("P")
    data = pictures.encoded(image, "GIF", transparency=image.getpixel((0, 0)))
    picture = files.decode(data)
    changed = picture.pixels.copy()
    changed[10:20, 10:20] = (200, 100, 50, 255)
    again = files.decode(files.encode(replace(picture, pixels=changed), data, WRITING))
    assert again.mode == "RGBA"
    is_same = (again.pixels == picture.pixels).all(axis=2)
    assert is_same[:10].all()
    assert is_same[20:].all()
    assert np.unique(again.pixels[10:20, 10:20].reshape(-1, 4), axis=0).shape == (1, 4)


@pytest.mark.parametrize(
    "data",
    [
        bytes(cv2.imencode(".tiff", np.zeros((9, 9, 3), np.uint16))[1]),
        bytes(cv2.imencode(".bmp", np.full((9, 9, 4), 77, np.uint8))[1]),
    ],
)
def test_what_would_come_back_with_less_of_its_colours_is_refused(data: bytes) -> None:
    with pytest.raises(UnsupportedFormatError):
        files.decode(data)


def test_a_picture_that_its_format_cannot_hold_is_refused_with_a_code_and_stops_nothing() -> None:
    picture = Picture("jpeg", "RGBA", np.zeros((9, 9, 4), np.uint8))
    with pytest.raises(UnsupportedFormatError, match="cannot be written back in kind"):
        files.encode(picture, pictures.jpeg(), WRITING)


def test_a_jpeg_is_written_with_its_sources_tables_subsampling_and_progression() -> None:
    for options in ({"quality": 60}, {"quality": 80, "subsampling": 0}, {"progressive": True}):
        data = pictures.jpeg(**options)
        picture = files.decode(data)
        again = files.decode(files.encode(picture, data, WRITING))
        assert again.coding == picture.coding


def test_a_jpeg_without_known_tables_is_written_in_the_recipes_quality() -> None:
    picture = replace(files.decode(pictures.jpeg(quality=20)), coding=None)
    small = files.encode(picture, b"", Writing(jpeg_quality=10))
    large = files.encode(picture, b"", Writing(jpeg_quality=100))
    assert len(small) < len(large)


def test_a_jpeg_written_again_is_nearly_what_it_was() -> None:
    data = pictures.face(quality=85)
    picture = files.decode(data)
    again = files.decode(files.encode(picture, data, WRITING))
    assert np.abs(again.pixels.astype(int) - picture.pixels.astype(int)).mean() < 1.5


def test_cmyk_keeps_its_colours() -> None:
    data = pictures.cmyk_jpeg()
    before = Image.open(io.BytesIO(data)).convert("RGB")
    written = files.encode(files.decode(data), data, WRITING)
    after = Image.open(io.BytesIO(written)).convert("RGB")
    assert np.abs(np.asarray(before).astype(int) - np.asarray(after).astype(int)).mean() < 3


@pytest.mark.parametrize("file_format", ["JPEG", "PNG", "WEBP", "TIFF"])
def test_the_colour_profile_stays(file_format: str) -> None:
    data = pictures.encoded(pictures.pixels(), file_format, icc_profile=PROFILE)
    written = files.encode(files.decode(data), data, WRITING)
    assert Image.open(io.BytesIO(written)).info["icc_profile"] == PROFILE


@pytest.mark.parametrize("file_format", ["JPEG", "PNG", "WEBP"])
def test_the_orientation_stays_and_is_all_that_exif_says(file_format: str) -> None:
    exif = Image.Exif()
    exif[pictures.EXIF_ORIENTATION] = 6
    exif[pictures.EXIF_ARTIST] = "A. Photographer"
    data = pictures.encoded(pictures.pixels(), file_format, exif=exif)
    written = files.encode(files.decode(data), data, WRITING)
    assert dict(Image.open(io.BytesIO(written)).getexif()) == {pictures.EXIF_ORIENTATION: 6}
    assert files.decode(written).orientation == 6


def test_a_tiff_is_written_as_it_is_seen() -> None:
    data = pictures.encoded(pictures.quarters(), "TIFF", tiffinfo={274: 6, 315: "A. Photographer"})
    picture = files.decode(data)
    assert (picture.width, picture.height, picture.orientation) == (48, 64, 1)
    written = Image.open(io.BytesIO(files.encode(picture, data, WRITING)))
    assert 315 not in written.getexif()


def test_a_palette_with_a_transparent_colour_keeps_it() -> None:
    image = Image.fromarray(pictures.pixels()).quantize(8)
    data = pictures.encoded(image, "PNG", transparency=3)
    assert files.decode(data).mode == "RGBA"


def test_one_colour_declared_transparent_stays_transparent() -> None:
    data = pictures.encoded(pictures.quarters(), "PNG", transparency=pictures.QUARTERS[0])
    picture = files.decode(data)
    assert picture.mode == "RGBA"
    assert picture.pixels[0, 0, 3] == 0


def test_a_lossy_webp_is_known_as_such() -> None:
    data = pictures.encoded(pictures.pixels(), "WEBP", quality=50)
    picture = files.decode(data)
    assert not picture.is_lossless
    assert files.decode(files.encode(picture, data, WRITING)).format == "webp"


def test_pixels_beyond_the_bound_are_a_bomb() -> None:
    with pytest.raises(BombError, match="more than"):
        files.decode(pictures.bomb_png(30_000, 30_000))


def test_many_pixels_from_few_bytes_are_a_bomb_even_within_the_bound() -> None:
    with pytest.raises(BombError, match="open into"):
        files.decode(pictures.bomb_png(8_000, 8_000))


def test_a_sixteen_bit_bomb_is_found_before_it_opens() -> None:
    data = bytearray(pictures.rgb16_png())
    data[16:24] = (100_000).to_bytes(4, "big") * 2
    data[29:33] = pictures.png_chunk(b"IHDR", bytes(data[16:29]))[-4:]
    with pytest.raises(BombError):
        files.decode(bytes(data))


@pytest.mark.parametrize("data", [pictures.gif_with_frames(), pictures.gif_with_frames(2)])
def test_an_animation_is_refused(data: bytes) -> None:
    with pytest.raises(SeveralFramesError):
        files.decode(data)


def test_several_pages_and_moving_pngs_are_refused() -> None:
    frames = [Image.fromarray(pictures.pixels(seed=seed)) for seed in range(2)]
    for file_format in ("TIFF", "PNG", "WEBP"):
        data = pictures.encoded(frames[0], file_format, save_all=True, append_images=frames[1:], duration=100)
        with pytest.raises(SeveralFramesError):
            files.decode(data)


def test_floating_point_pixels_cannot_be_written_back() -> None:
    with pytest.raises(UnsupportedFormatError, match="mode F"):
        files.decode(pictures.encoded(Image.new("F", (8, 8)), "TIFF"))


def test_half_a_sixteen_bit_png_is_refused() -> None:
    data = pictures.rgb16_png()
    with pytest.raises(UndecodableError):
        files.decode(data[: len(data) // 2])


def test_half_a_picture_is_refused_in_every_format() -> None:
    for file_format in ("JPEG", "PNG", "GIF", "BMP", "TIFF", "WEBP"):
        whole = pictures.encoded(pictures.pixels(200, 200), file_format)
        with pytest.raises(PictureError):
            files.decode(whole[: len(whole) // 2])


def test_a_picture_of_one_pixel_is_a_picture() -> None:
    for file_format in ("JPEG", "PNG", "GIF", "BMP", "TIFF", "WEBP"):
        data = pictures.encoded(Image.new("RGB", (1, 1)), file_format)
        picture = files.decode(data)
        assert (picture.width, picture.height) == (1, 1)
        assert files.decode(files.encode(picture, data, WRITING)).width == 1


def test_odd_metadata_are_no_reason_to_warn() -> None:
    data = pictures.with_segment(pictures.jpeg(), 0xE1, b"Exif\x00\x00II*\x00\xff\xff\xff\xff")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert files.decode(data).orientation == 1


def test_png_colours_are_told_by_the_sources_chunks() -> None:
    info = PngImagePlugin.PngInfo()
    info.add_text("Author", "A. Photographer")
    info.add(b"gAMA", (45455).to_bytes(4, "big"))
    data = pictures.encoded(pictures.pixels(), "PNG", pnginfo=info)
    written = Image.open(io.BytesIO(files.encode(files.decode(data), data, WRITING)))
    written.load()
    assert written.info == {"gamma": 0.45455}


def test_the_process_does_not_accept_half_pictures_afterwards() -> None:
    files.decode(pictures.jpeg())
    assert not ImageFile.LOAD_TRUNCATED_IMAGES


SEEDS = [
    pictures.jpeg(),
    pictures.png(),
    pictures.rgb16_png(),
    pictures.gif(),
    pictures.bmp(),
    pictures.tiff(),
    pictures.webp(),
    pictures.gps_jpeg(),
]


@settings(max_examples=150)
@given(st.sampled_from(SEEDS), st.data())
def test_damaged_bytes_are_a_picture_or_refused_and_nothing_else(seed: bytes, data: st.DataObject) -> None:
    damaged = bytearray(seed)
    for _ in range(data.draw(st.integers(1, 6))):
        damaged[data.draw(st.integers(0, len(seed) - 1))] = data.draw(st.integers(0, 255))
    with contextlib.suppress(PictureError):
        assert files.decode(bytes(damaged)).width > 0


@pytest.mark.parametrize(
    "data",
    [
        pictures.jpeg(60, 40),
        pictures.png(60, 40),
        pictures.gif(60, 40),
        pictures.bmp(60, 40),
        pictures.tiff(60, 40),
        pictures.webp(60, 40),
        pictures.jpeg(60, 40)[:300],
    ],
)
def test_a_header_tells_the_size_without_decoding(data: bytes) -> None:
    assert files.size_of(data) in ((60, 40), (0, 0))
    assert files.size_of(data) == (60, 40) or len(data) == 300


@pytest.mark.parametrize("data", [b"", b"no picture", pictures.jpeg()[:3], pictures.png()[:20]])
def test_what_has_no_header_has_no_size(data: bytes) -> None:
    assert files.size_of(data) == (0, 0)
