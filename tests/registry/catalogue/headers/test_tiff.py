import io
import struct

import numpy as np
import pytest
from PIL import Image

from registry.catalogue.entries import Defect, Thumbnail
from registry.catalogue.headers import sniff
from registry.catalogue.headers.header import Header
from registry.catalogue.headers.window import Window
from tests.factories import pictures


def read(data: bytes) -> Header:
    return sniff.read(Window(data))


def written(image: Image.Image, **options: object) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, "TIFF", **options)
    return buffer.getvalue()


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "CMYK", "I;16"])
def test_the_mode_is_pillows(mode: str) -> None:
    image = Image.fromarray(np.zeros((4, 5), np.uint16)) if mode == "I;16" else Image.new(mode, (5, 4))
    header = read(written(image))
    assert (header.width, header.height, header.mode, header.defect, header.has_metadata) == (5, 4, mode, None, False)


@pytest.mark.parametrize("compression", ["raw", "tiff_lzw", "tiff_deflate"])
def test_compressed_pixels_are_found(compression: str) -> None:
    assert read(written(Image.new("RGB", (300, 200)), compression=compression)).defect is None


def test_orientation_and_artist_are_read() -> None:
    header = read(written(Image.new("RGB", (5, 4)), tiffinfo={274: 3, 315: "Jane"}))
    assert (header.orientation, header.has_metadata) == (3, True)


def test_a_second_picture_is_noted() -> None:
    pages = written(Image.new("L", (5, 4)), save_all=True, append_images=[Image.new("L", (5, 4))])
    assert read(pages).thumbnails == {Thumbnail.MULTI_PICTURE}


def test_a_picture_below_the_first_is_noted() -> None:
    assert Thumbnail.MULTI_PICTURE in read(written(Image.new("L", (5, 4)), tiffinfo={0x14A: 8})).thumbnails


def test_colours_that_nobody_here_decodes_are_unsupported() -> None:
    assert read(written(Image.new("LAB", (5, 4)))).defect is Defect.UNSUPPORTED_FORMAT


def test_pixels_outside_the_file_are_truncated() -> None:
    assert read(pictures.tiff()[:-1]).defect is Defect.TRUNCATED


def test_a_picture_that_says_nothing_of_itself_is_no_picture() -> None:
    bare = b"II*\0" + struct.pack("<IHI", 8, 0, 0)
    header = read(bare)
    assert (header.width, header.defect) == (0, Defect.UNSUPPORTED_FORMAT)
