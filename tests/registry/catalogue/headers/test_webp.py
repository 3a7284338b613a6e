import io
import struct

import pytest
from PIL import Image

from registry.catalogue.entries import Defect
from registry.catalogue.headers import sniff, webp
from registry.catalogue.headers.header import Header
from registry.catalogue.headers.window import Window
from tests.factories import pictures


def read(data: bytes) -> Header:
    return sniff.read(Window(data))


def chunk(name: bytes, body: bytes) -> bytes:
    return name + struct.pack("<I", len(body)) + body + b"\0" * (len(body) % 2)


def riff(*chunks: bytes) -> bytes:
    """A WebP file of these chunks."""
    body = b"WEBP" + b"".join(chunks)
    return b"RIFF" + struct.pack("<I", len(body)) + body


PIXELS = pictures.webp()[12:]
EXTENDED = chunk(b"VP8X", bytes(4) + struct.pack("<I", 63)[:3] + struct.pack("<I", 47)[:3])


@pytest.mark.parametrize("mode", ["RGB", "RGBA"])
@pytest.mark.parametrize("lossless", [True, False])
def test_every_coding_is_measured_as_pillow_does(mode: str, lossless: bool) -> None:  # noqa: FBT001 - by name
    image = Image.new(mode, (37, 21), (9, 8, 7, 100)[: len(mode)])
    buffer = io.BytesIO()
    image.save(buffer, "WEBP", lossless=lossless)
    header = read(buffer.getvalue())
    assert (header.width, header.height, header.mode, header.has_metadata) == (37, 21, mode, False)


def test_a_canvas_decides_over_the_picture_in_it() -> None:
    header = read(riff(EXTENDED, PIXELS))
    assert (header.width, header.height, header.mode) == (64, 48, "RGB")


def test_exif_is_read_with_or_without_its_prefix() -> None:
    exif = Image.Exif()
    exif[pictures.EXIF_ORIENTATION] = 7
    for block in (exif.tobytes(), exif.tobytes().removeprefix(b"Exif\0\0")):
        header = read(riff(EXTENDED, PIXELS, chunk(b"EXIF", block)))
        assert (header.orientation, header.has_metadata) == (7, False)


@pytest.mark.parametrize(("name", "size"), [(b"XMP ", 5), (b"note", 3), (b"EXIF", webp.MAX_EXIF_BYTES + 1)])
def test_xmp_and_the_unknown_are_metadata(name: bytes, size: int) -> None:
    assert read(riff(EXTENDED, PIXELS, chunk(name, bytes(size)))).has_metadata


def test_a_colour_profile_is_harmless() -> None:
    assert not read(riff(EXTENDED, chunk(b"ICCP", b"profile"), PIXELS)).has_metadata


def test_an_animation_is_unsupported() -> None:
    assert read(riff(EXTENDED, chunk(b"ANIM", bytes(6)))).defect is Defect.UNSUPPORTED_FORMAT


@pytest.mark.parametrize("chunks", [(), (chunk(b"ICCP", b""),) * (webp.MAX_CHUNKS + 1)])
def test_a_file_without_a_picture_is_unsupported(chunks: tuple[bytes, ...]) -> None:
    assert read(riff(*chunks)).defect is Defect.UNSUPPORTED_FORMAT


def test_bytes_behind_the_end_are_metadata() -> None:
    assert read(pictures.webp() + b"more").has_metadata


def test_a_file_shorter_than_it_says_is_truncated() -> None:
    assert read(pictures.webp()[:-1]).defect is Defect.TRUNCATED
    assert read(riff(chunk(b"VP8L", b"\x2f"))).defect is Defect.TRUNCATED
