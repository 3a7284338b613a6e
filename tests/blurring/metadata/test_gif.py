import io

import numpy as np
import pytest
from PIL import Image

from blurring.errors import UndecodableError
from blurring.metadata import gif
from tests.factories import pictures

COMMENT = b"\x21\xfe\x04Jane\x00"
APPLICATION = b"\x21\xff\x0bXMP DataXMP\x02<>\x00"
TEXT = b"\x21\x01\x0c" + b"\x00" * 12 + b"\x04Jane\x00"


def with_block(block: bytes) -> bytes:
    data = pictures.gif()
    return data[:-1] + block + data[-1:]


def test_a_harmless_file_is_the_very_same_object() -> None:
    data = pictures.gif()
    assert gif.cleaned(data).data is data


@pytest.mark.parametrize(
    ("block", "removed"),
    [
        (COMMENT, "comment"),
        (APPLICATION, "application-data"),
        (TEXT, "plain-text"),
        (b"\x21\x99\x01x\x00", "extension-153"),
    ],
)
def test_harm_is_named_and_gone(block: bytes, removed: str) -> None:
    result = gif.cleaned(with_block(block))
    assert result.removed == (removed,)
    assert result.data == pictures.gif()


def test_what_follows_the_trailer_is_gone() -> None:
    result = gif.cleaned(pictures.gif() + b"Jane")
    assert result.removed == ("trailing-data",)
    assert result.data == pictures.gif()


def test_a_transparent_gif_with_a_local_palette_shows_the_same() -> None:
    frames = [Image.fromarray(pictures.pixels(seed=s)).quantize(16) for s in range(2)]
    data = pictures.encoded(frames[0], "GIF", save_all=True, append_images=frames[1:], transparency=1, comment="Jane")
    result = gif.cleaned(data)
    assert "comment" in result.removed
    before, after = Image.open(io.BytesIO(data)), Image.open(io.BytesIO(result.data))
    for frame in range(2):
        before.seek(frame)
        after.seek(frame)
        assert np.array_equal(np.asarray(before.convert("RGBA")), np.asarray(after.convert("RGBA")))


@pytest.mark.parametrize(
    "data",
    [b"", b"GIF89a", pictures.gif()[:-1], pictures.gif()[:-1] + b"\x99", pictures.gif()[:20]],
)
def test_blocks_that_do_not_add_up_are_refused(data: bytes) -> None:
    with pytest.raises(UndecodableError):
        gif.cleaned(data)
