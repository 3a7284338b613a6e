import io

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageOps

from blurring.boxes import Box, to_stored
from tests.factories import pictures

SIDE = st.integers(1, 40)


@st.composite
def boxes(draw: st.DrawFn, width: int = 60, height: int = 60) -> Box:
    left, right = sorted((draw(st.integers(0, width)), draw(st.integers(0, width))))
    top, bottom = sorted((draw(st.integers(0, height)), draw(st.integers(0, height))))
    return Box(left, top, right, bottom, draw(st.floats(0, 1)))


def test_a_box_is_half_open() -> None:
    box = Box(2, 3, 5, 4)
    assert (box.width, box.height, box.area_px, box.longer_side_px) == (3, 1, 3, 3)


def test_a_box_that_is_inside_out_is_empty() -> None:
    assert Box(5, 5, 2, 9).area_px == 0


def test_growth_is_a_part_of_the_longer_side_on_each_side() -> None:
    assert Box(100, 100, 150, 180).grown(0.1) == Box(92, 92, 158, 188)


def test_growth_is_rounded_up_so_that_a_tiny_face_grows_too() -> None:
    assert Box(10, 10, 14, 14).grown(0.1) == Box(9, 9, 15, 15)


def test_a_box_that_does_not_grow_stays() -> None:
    assert Box(10, 10, 14, 14).grown(0) == Box(10, 10, 14, 14)


@given(boxes(), SIDE, SIDE)
def test_a_clipped_box_lies_inside_the_picture(box: Box, width: int, height: int) -> None:
    clipped = box.grown(0.5).clipped(width, height)
    assert 0 <= clipped.left <= clipped.right <= width
    assert 0 <= clipped.top <= clipped.bottom <= height


@given(boxes(), boxes())
def test_overlap_does_not_depend_on_who_asks(one: Box, other: Box) -> None:
    assert one.overlap(other) == other.overlap(one)
    assert 0 <= one.overlap(other) <= 1


@given(boxes())
def test_a_box_overlaps_itself_wholly_unless_it_is_empty(box: Box) -> None:
    assert box.overlap(box) == (1.0 if box.area_px else 0.0)


@pytest.mark.parametrize("orientation", range(1, 9))
def test_an_upright_box_is_found_again_in_the_stored_picture(orientation: int) -> None:
    stored = np.zeros((30, 50), dtype=np.uint8)
    stored[4:9, 11:31] = 255
    exif = Image.Exif()
    exif[pictures.EXIF_ORIENTATION] = orientation
    file = pictures.encoded(Image.fromarray(stored), "PNG", exif=exif)
    upright = ImageOps.exif_transpose(Image.open(io.BytesIO(file)))
    left, top, right, bottom = upright.getbbox() or (0, 0, 0, 0)

    box = to_stored(Box(left, top, right, bottom, 0.5), orientation, 50, 30)

    assert box == Box(11, 4, 31, 9, 0.5)


def test_a_box_that_is_moved_keeps_its_size() -> None:
    assert Box(1, 2, 3, 4, 0.5).moved(10, -1) == Box(11, 1, 13, 3, 0.5)


def test_what_one_look_said_goes_where_the_box_goes() -> None:
    box = Box(1, 2, 3, 5, 0.01, look=0.4)
    moved = (box.grown(0.1), box.moved(1, 1), box.clipped(2, 3), to_stored(box, 6, 10, 10))
    assert [one.look for one in moved] == [0.4] * 4
