import io
import struct

import numpy as np
import pytest
from PIL import Image

from registry.catalogue.entries import Defect
from registry.catalogue.headers import png, sniff
from registry.catalogue.headers.header import Header
from registry.catalogue.headers.window import Window
from tests.factories import pictures

PLAIN = pictures.png()


def read(data: bytes) -> Header:
    return sniff.read(Window(data))


def with_header(depth: int, colour: int) -> bytes:
    """The plain picture, declaring another depth and colour type."""
    body = struct.pack(">IIBBBBB", 64, 48, depth, colour, 0, 0, 0)
    return PLAIN[:8] + pictures.png_chunk(b"IHDR", body) + PLAIN[33:]


@pytest.mark.parametrize("mode", ["1", "L", "LA", "RGB", "RGBA", "P", "I;16"])
def test_the_mode_is_pillows(mode: str) -> None:
    pixels = np.zeros((4, 5), np.uint16) if mode == "I;16" else None
    image = Image.new(mode, (5, 4)) if pixels is None else Image.fromarray(pixels)
    buffer = io.BytesIO()
    image.save(buffer, "PNG")
    header = read(buffer.getvalue())
    assert (header.mode, header.width, header.height, header.has_metadata) == (mode, 5, 4, False)


@pytest.mark.parametrize(("depth", "colour"), png.MODES)
def test_every_depth_and_colour_type_is_opened_by_pillow_in_that_mode(depth: int, colour: int) -> None:
    data = with_header(depth, colour)
    with Image.open(io.BytesIO(data)) as image:
        assert image.mode == read(data).mode


@pytest.mark.parametrize(("depth", "colour"), [(3, 0), (8, 1), (16, 3)])
def test_a_depth_and_colour_type_that_do_not_exist_are_unsupported(depth: int, colour: int) -> None:
    assert read(with_header(depth, colour)).defect is Defect.UNSUPPORTED_FORMAT


@pytest.mark.parametrize("name", [b"pHYs", b"gAMA", b"iCCP", b"cHRM"])
def test_chunks_about_colour_and_shape_are_harmless(name: bytes) -> None:
    assert read(pictures.with_chunk(PLAIN, name, b"123456789")) == read(PLAIN)


@pytest.mark.parametrize("name", [b"tEXt", b"iTXt", b"zTXt", b"tIME", b"prVt"])
def test_text_and_the_unknown_are_metadata(name: bytes) -> None:
    assert read(pictures.with_chunk(PLAIN, name, b"Author\0Jane")).has_metadata


def test_an_exif_chunk_is_read() -> None:
    exif = Image.Exif()
    exif[pictures.EXIF_ORIENTATION] = 5
    block = exif.tobytes().removeprefix(b"Exif\0\0")
    header = read(pictures.with_chunk(PLAIN, b"eXIf", block))
    assert (header.orientation, header.has_metadata) == (5, False)


def test_an_exif_chunk_of_unlikely_size_is_metadata() -> None:
    assert read(pictures.with_chunk(PLAIN, b"eXIf", bytes(png.MAX_EXIF_BYTES + 1))).has_metadata


def test_an_animation_is_unsupported() -> None:
    assert read(pictures.with_chunk(PLAIN, b"acTL", bytes(8))).defect is Defect.UNSUPPORTED_FORMAT


def test_metadata_behind_the_pixels_and_bytes_behind_the_end_are_found() -> None:
    text = pictures.png_chunk(b"tEXt", b"a\0b")
    assert read(PLAIN[:-12] + text + PLAIN[-12:]).has_metadata
    assert read(PLAIN + b"more").has_metadata
    assert not read(PLAIN + b"\0\0").has_metadata


def test_a_png_without_its_header_first_is_unsupported() -> None:
    assert read(PLAIN[:8] + PLAIN[33:]).defect is Defect.UNSUPPORTED_FORMAT


def test_a_png_that_ends_in_the_middle_of_its_last_chunk_is_truncated() -> None:
    assert read(PLAIN[:-1]).defect is Defect.TRUNCATED
    assert read(PLAIN[:-12]).defect is Defect.TRUNCATED


def test_a_flood_of_chunks_is_left_alone() -> None:
    flood = pictures.png_chunk(b"gAMA", b"") * (png.MAX_CHUNKS + 1)
    assert read(PLAIN[:33] + flood + PLAIN[33:]).defect is Defect.UNSUPPORTED_FORMAT
