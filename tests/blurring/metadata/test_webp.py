import io
import struct

import numpy as np
import pytest
from PIL import Image

from blurring.errors import UndecodableError
from blurring.metadata import webp
from tests.factories import pictures


def described(**options: object) -> bytes:
    return pictures.encoded(pictures.pixels(), "WEBP", lossless=True, **options)


def exif(orientation: int, artist: str | None) -> Image.Exif:
    block = Image.Exif()
    block[pictures.EXIF_ORIENTATION] = orientation
    if artist:
        block[pictures.EXIF_ARTIST] = artist
    return block


def test_a_harmless_file_is_the_very_same_object() -> None:
    for data in (pictures.webp(), described(icc_profile=b"p" * 132), described(exif=exif(6, None))):
        assert webp.cleaned(data).data is data


@pytest.mark.parametrize(
    ("options", "removed"),
    [({"exif": exif(1, "Jane")}, "exif"), ({"xmp": b"<x:xmpmeta>Jane</x:xmpmeta>"}, "xmp")],
)
def test_harm_is_named_and_gone_and_the_flags_say_so(options: dict[str, object], removed: str) -> None:
    result = webp.cleaned(described(**options))
    assert result.removed == (removed,)
    assert b"Jane" not in result.data
    names = dict(webp.chunks(result.data))
    assert names[b"VP8X"][0] & (webp.EXIF_FLAG | webp.XMP_FLAG) == 0
    after = Image.open(io.BytesIO(result.data))
    assert np.array_equal(np.asarray(after.convert("RGB")), pictures.pixels())


def test_exif_is_reduced_to_the_orientation() -> None:
    result = webp.cleaned(described(exif=exif(6, "Jane")))
    assert result.removed == ("exif",)
    assert dict(Image.open(io.BytesIO(result.data)).getexif()) == {pictures.EXIF_ORIENTATION: 6}
    assert webp.cleaned(result.data).removed == ()


def test_what_follows_the_container_is_gone() -> None:
    result = webp.cleaned(pictures.webp() + b"Jane")
    assert result.removed == ("trailing-data",)
    assert result.data == pictures.webp()


@pytest.mark.parametrize("data", [b"", b"RIFF\x00\x00\x00\x00WAVE", pictures.webp()[:40], pictures.jpeg()])
def test_chunks_that_do_not_add_up_are_refused(data: bytes) -> None:
    with pytest.raises(UndecodableError):
        webp.cleaned(data)


def test_a_chunk_of_odd_length_is_padded() -> None:
    data = pictures.webp()
    odd = data[:12] + struct.pack("<4sI", b"XMP ", 3) + b"abc\x00" + data[12:]
    grown = odd[:4] + struct.pack("<I", len(odd) - 8) + odd[8:]
    result = webp.cleaned(grown)
    assert result.removed == ("xmp",)
    assert result.data == data
