import io
import struct

import pytest
from PIL import Image

from registry.catalogue.entries import Defect
from registry.catalogue.headers import sniff
from registry.catalogue.headers.header import Header
from registry.catalogue.headers.window import Window
from tests.factories import pictures


def read(data: bytes) -> Header:
    return sniff.read(Window(data))


def bmp(width: int, height: int, bits: int, compression: int = 0, header_bytes: int = 40, alpha: int = 0) -> bytes:
    """A bitmap of zeros, with the header of the given kind."""
    if header_bytes == 12:
        info = struct.pack("<IHHHH", 12, width, height, 1, bits)
    else:
        info = struct.pack("<IiiHHI", header_bytes, width, height, 1, bits, compression)
        info += bytes(header_bytes - len(info))
        if header_bytes >= 56:
            info = info[:52] + struct.pack("<I", alpha) + info[56:]
    pixels = bytes((width * bits + 31) // 32 * 4 * abs(height))
    start = 14 + len(info)
    return b"BM" + struct.pack("<IHHI", start + len(pixels), 0, 0, start) + info + pixels


@pytest.mark.parametrize("mode", ["1", "P", "RGB"])
def test_a_bitmap_that_pillow_wrote_is_understood(mode: str) -> None:
    buffer = io.BytesIO()
    Image.new(mode, (5, 4)).save(buffer, "BMP")
    header = read(buffer.getvalue())
    assert (header.width, header.height, header.mode, header.defect) == (5, 4, mode, None)
    assert not header.has_metadata


@pytest.mark.parametrize(("header_bytes", "alpha", "mode"), [(40, 0, "RGB"), (56, 0, "RGB"), (108, 255 << 24, "RGBA")])
def test_an_alpha_mask_makes_alpha(header_bytes: int, alpha: int, mode: str) -> None:
    assert read(bmp(3, 2, 32, 3, header_bytes, alpha)).mode == mode


def test_a_core_header_and_a_picture_from_top_to_bottom_are_read() -> None:
    assert (read(bmp(3, 2, 24, header_bytes=12)).width, read(bmp(3, -2, 24)).height) == (3, 2)


@pytest.mark.parametrize(("bits", "compression"), [(24, 4), (7, 0), (24, 6)])
def test_codings_that_nobody_here_decodes_are_unsupported(bits: int, compression: int) -> None:
    assert read(bmp(3, 2, bits, compression)).defect is Defect.UNSUPPORTED_FORMAT


def test_a_header_of_unknown_size_is_unsupported() -> None:
    data = bytearray(pictures.bmp())
    data[14] = 41
    assert read(bytes(data)).defect is Defect.UNSUPPORTED_FORMAT


def test_a_compressed_bitmap_is_as_long_as_it_says() -> None:
    data = bmp(3, 2, 8, compression=1)
    assert read(data).defect is None
    assert read(data[:-1]).defect is Defect.TRUNCATED


def test_bytes_behind_the_pixels_are_metadata() -> None:
    assert read(pictures.bmp() + b"more").has_metadata
    assert read(pictures.bmp()[:-1]).defect is Defect.TRUNCATED


def test_a_negative_width_is_unsupported() -> None:
    data = bytearray(pictures.bmp())
    data[18:22] = struct.pack("<i", -5)
    assert read(bytes(data)).defect is Defect.UNSUPPORTED_FORMAT
