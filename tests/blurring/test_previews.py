import io

import numpy as np
import pytest
from PIL import Image

from blurring import files, previews, recipe
from blurring.boxes import Box
from blurring.previews import SEEN_SIDE_PX, UNSEEN_SIDE_PX
from tests.factories import pictures

OBSCURING = recipe.named("centerface").obscuring


def shown(data: bytes, *boxes: Box, is_seen: bool = True) -> Image.Image:
    return Image.open(io.BytesIO(previews.preview(files.decode(data), boxes, OBSCURING, is_seen=is_seen)))


def test_everything_that_may_be_a_face_is_hidden() -> None:
    # The face is 110 px of 512; in the small picture, some ten.
    inside = np.s_[10:14, 19:23]
    plain = np.asarray(shown(pictures.face()).convert("L"), dtype=int)[inside]
    hidden = np.asarray(shown(pictures.face(), Box(*pictures.FACE_BOX)).convert("L"), dtype=int)[inside]
    assert np.abs(np.diff(hidden, axis=0)).mean() < np.abs(np.diff(plain, axis=0)).mean() / 2


@pytest.mark.parametrize(
    ("size", "expected"), [((40, 30), (40, 30)), ((1280, 320), (48, 12)), ((3, 2000), (1, 48)), ((1, 1), (1, 1))]
)
def test_it_is_small_and_never_larger_than_the_picture(size: tuple[int, int], expected: tuple[int, int]) -> None:
    assert shown(pictures.png(*size), Box(0, 0, *size)).size == expected


def test_what_nobody_has_looked_at_is_coarser() -> None:
    assert max(shown(pictures.face()).size) == SEEN_SIDE_PX
    assert max(shown(pictures.face(), is_seen=False).size) == UNSEEN_SIDE_PX


def test_it_is_upright_and_holds_nothing_beside_its_pixels() -> None:
    small = shown(pictures.oriented_jpeg(6))
    assert small.size == (36, 48)
    assert not small.getexif()
    assert "icc_profile" not in small.info


@pytest.mark.parametrize("data", [pictures.cmyk_jpeg(), pictures.grey16_png(), pictures.gif(), pictures.tiff()])
def test_every_kind_of_picture_has_one(data: bytes) -> None:
    found = shown(data, Box(1, 1, 9, 9))
    assert (found.format, found.mode) == ("WEBP", "RGB")
