import io

import numpy as np
import pytest
from PIL import Image, ImageOps

from blurring import files
from blurring.pictures import Picture, has_channels, upright_rgb
from tests.factories import pictures


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_detector_sees_the_picture_upright(orientation: int) -> None:
    file = pictures.oriented_jpeg(orientation)
    expected = ImageOps.exif_transpose(Image.open(io.BytesIO(file)))
    shown = upright_rgb(files.decode(file))
    assert np.array_equal(shown, np.asarray(expected))


@pytest.mark.parametrize(
    "file",
    [
        pictures.grey_jpeg(),
        pictures.cmyk_jpeg(),
        pictures.grey16_png(),
        pictures.rgb16_png(),
        pictures.palette_png(),
        pictures.rgba_png(),
        pictures.gif(),
    ],
)
def test_a_detector_sees_three_channels_of_eight_bits_whatever_is_stored(file: bytes) -> None:
    shown = upright_rgb(files.decode(file))
    assert shown.shape == (48, 64, 3)
    assert shown.dtype == np.uint8
    assert shown.std() > 5


def test_sixteen_bits_are_shown_by_their_upper_eight() -> None:
    shown = upright_rgb(files.decode(pictures.rgb16_png()))
    assert np.array_equal(shown, pictures.pixels())


def test_a_grey_picture_with_transparency_is_shown_grey() -> None:
    stored = np.zeros((4, 6, 2), dtype=np.uint8)
    stored[:, :, 0] = 77
    shown = upright_rgb(Picture("png", "LA", stored))
    assert (shown == 77).all()


def test_what_lies_under_transparency_is_shown_because_a_face_may_be_there() -> None:
    shown = upright_rgb(files.decode(pictures.rgba_png()))
    assert np.array_equal(shown, pictures.pixels())


def test_one_channel_has_no_axis_of_its_own() -> None:
    assert not has_channels(np.zeros((2, 3), dtype=np.uint8))
    assert has_channels(np.zeros((2, 3, 1), dtype=np.uint8))
