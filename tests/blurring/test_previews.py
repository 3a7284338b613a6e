import io

import numpy as np
import pytest
from PIL import Image

from blurring import files, previews, recipe
from blurring.boxes import Box
from tests.factories import pictures

OBSCURING = recipe.named("centerface").obscuring


def shown(data: bytes) -> Image.Image:
    return Image.open(io.BytesIO(data))


def test_everything_that_may_be_a_face_is_hidden() -> None:
    picture = files.decode(pictures.face())
    box = Box(*pictures.FACE_BOX)
    inside = np.s_[110:150, 205:245]
    plain = np.asarray(shown(previews.preview(picture, [], OBSCURING)).convert("L"), dtype=int)[inside]
    hidden = np.asarray(shown(previews.preview(picture, [box], OBSCURING)).convert("L"), dtype=int)[inside]
    assert np.abs(np.diff(hidden, axis=0)).mean() < np.abs(np.diff(plain, axis=0)).mean() / 3


@pytest.mark.parametrize(
    ("size", "expected"), [((64, 48), (64, 48)), ((1280, 320), (640, 160)), ((3, 2000), (1, 640)), ((1, 1), (1, 1))]
)
def test_it_is_small_and_never_larger_than_the_picture(size: tuple[int, int], expected: tuple[int, int]) -> None:
    picture = files.decode(pictures.png(*size))
    assert shown(previews.preview(picture, [Box(0, 0, *size)], OBSCURING)).size == expected


def test_it_is_upright_and_holds_nothing_beside_its_pixels() -> None:
    turned = files.decode(pictures.oriented_jpeg(6))
    small = shown(previews.preview(turned, [], OBSCURING))
    assert small.size == (turned.height, turned.width)
    assert not small.getexif()
    assert "icc_profile" not in small.info


@pytest.mark.parametrize("data", [pictures.cmyk_jpeg(), pictures.grey16_png(), pictures.gif(), pictures.tiff()])
def test_every_kind_of_picture_has_one(data: bytes) -> None:
    assert shown(previews.preview(files.decode(data), [Box(1, 1, 9, 9)], OBSCURING)).mode == "RGB"
