import io
import struct

import numpy as np
import pytest
from PIL import Image

from blurring.errors import UndecodableError
from blurring.metadata import parts, png
from tests.factories import pictures


@pytest.mark.parametrize(
    "data",
    [
        pictures.png(),
        pictures.palette_png(),
        pictures.rgba_png(),
        pictures.grey16_png(),
        pictures.with_chunk(pictures.png(), b"gAMA", (45455).to_bytes(4, "big")),
        pictures.with_chunk(pictures.png(), b"eXIf", parts.only_orientation(6)),
    ],
)
def test_a_harmless_file_is_the_very_same_object(data: bytes) -> None:
    result = png.cleaned(data)
    assert result.data is data
    assert result.removed == ()


@pytest.mark.parametrize(
    ("name", "body"),
    [
        (b"tEXt", b"Author\x00Jane"),
        (b"iTXt", b"XML:com.adobe.xmp\x00\x00\x00\x00\x00<x/>"),
        (b"zTXt", b"Comment\x00\x00x"),
        (b"tIME", b"\x07\xe8\x01\x01\x00\x00\x00"),
        (b"caBX", b"claim"),
        (b"prVt", b"private"),
    ],
)
def test_harm_is_named_and_gone(name: bytes, body: bytes) -> None:
    result = png.cleaned(pictures.with_chunk(pictures.png(), name, body))
    assert result.removed == (name.decode(),)
    assert result.data == pictures.png()


def test_exif_is_reduced_to_the_orientation() -> None:
    exif = Image.Exif()
    exif[pictures.EXIF_ORIENTATION] = 8
    exif[pictures.EXIF_ARTIST] = "Jane"
    data = pictures.encoded(pictures.pixels(), "PNG", exif=exif)
    result = png.cleaned(data)
    assert result.removed == ("exif",)
    written = Image.open(io.BytesIO(result.data))
    written.load()
    assert dict(written.getexif()) == {pictures.EXIF_ORIENTATION: 8}
    assert np.array_equal(np.asarray(written), pictures.pixels())


def test_what_follows_the_end_is_gone() -> None:
    result = png.cleaned(pictures.png() + pictures.jpeg())
    assert result.removed == ("trailing-data",)
    assert result.data == pictures.png()


@pytest.mark.parametrize(
    "data",
    [
        b"",
        pictures.jpeg(),
        pictures.png()[:-12],
        pictures.png()[:30],
        png.SIGNATURE + struct.pack(">I4s", 10**9, b"IDAT") + b"\x00" * 8,
    ],
)
def test_chunks_that_do_not_add_up_are_refused(data: bytes) -> None:
    with pytest.raises(UndecodableError):
        png.cleaned(data)


def test_deep_colours_are_told_by_the_header() -> None:
    assert png.is_deep_colour(pictures.rgb16_png())
    assert not png.is_deep_colour(pictures.grey16_png())
    assert not png.is_deep_colour(pictures.png())


def test_a_written_file_takes_over_colours_and_orientation_and_nothing_else() -> None:
    source = pictures.with_chunk(pictures.commented_png(), b"gAMA", (45455).to_bytes(4, "big"))
    written = png.with_colours_of(source, pictures.png(), 3)
    names = [name for name, _ in png.chunks(written)]
    assert names == [b"IHDR", b"gAMA", b"eXIf", b"IDAT", b"IEND"]
    assert png.cleaned(written).removed == ()


def test_a_chunk_carries_its_checksum() -> None:
    assert png.chunk(b"IEND", b"") == pictures.png()[-12:]
