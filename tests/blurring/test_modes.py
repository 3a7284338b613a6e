import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from blurring import masks, modes
from blurring.boxes import Box
from blurring.recipe import Feather, Mode, Obscuring
from tests.factories import pictures

NOISY = np.random.default_rng(5).integers(0, 256, (90, 120, 3)).astype(np.uint8)
FACE = Box(40, 30, 80, 70)


def obscuring(mode: Mode, cells: int = 8) -> Obscuring:
    return Obscuring(mode=mode, growth=0.1, sigma=0.1, feather=Feather.OUTSIDE, softness=0.1, cells=cells)


def inside(image: np.ndarray) -> np.ndarray:
    return image[FACE.top : FACE.bottom, FACE.left : FACE.right]


def test_a_mosaic_has_as_many_values_as_cells() -> None:
    mosaic = modes.pixelated(NOISY, [FACE], 4)
    values = np.unique(inside(mosaic).reshape(-1, 3), axis=0)
    assert len(values) <= 25


def test_what_is_solid_is_one_colour_and_nothing_is_left_to_see() -> None:
    solid = inside(masks.obscured(NOISY, [FACE], obscuring(Mode.SOLID)))
    assert np.ptp(solid, axis=(0, 1)).max() == 0


def test_what_is_strong_leaves_rounded_cells_under_noise() -> None:
    result = modes.strong(pictures.pixels(120, 90), [FACE], 4)
    assert inside(result).std() > 0
    again = modes.strong(pictures.pixels(120, 90), [FACE], 4)
    assert np.array_equal(result, again)


def test_two_faces_whose_rounded_cells_agree_cannot_be_told_apart() -> None:
    one = np.full((90, 120, 3), 100, dtype=np.uint8)
    other = one.copy()
    other[40:60:2, 50:70] = 106
    other[41:60:2, 50:70] = 94
    assert np.array_equal(inside(modes.strong(one, [FACE], 4)), inside(modes.strong(other, [FACE], 4)))


@pytest.mark.parametrize("mode", list(Mode))
@pytest.mark.parametrize("shape", [(90, 120), (90, 120, 2), (90, 120, 3), (90, 120, 4)])
def test_every_mode_takes_any_number_of_channels(mode: Mode, shape: tuple[int, ...]) -> None:
    image = np.random.default_rng(6).integers(0, 256, shape).astype(np.uint8)
    result = masks.obscured(image, [FACE], obscuring(mode))
    assert result.shape == shape
    assert inside(result).std() < inside(image).std()


@pytest.mark.parametrize("mode", list(Mode))
def test_every_mode_keeps_sixteen_bits(mode: Mode) -> None:
    image = np.random.default_rng(7).integers(0, 65536, (90, 120)).astype(np.uint16)
    result = masks.obscured(image, [FACE], obscuring(mode))
    assert result.dtype == np.uint16
    assert inside(result).astype(float).std() < inside(image).astype(float).std()


@settings(max_examples=25)
@given(
    st.sampled_from(list(Mode)),
    st.lists(st.tuples(st.integers(-5, 110), st.integers(-5, 80), st.integers(1, 60)), min_size=1, max_size=3),
)
def test_no_mode_changes_what_the_mask_does_not_reach_or_depends_on_order(
    mode: Mode, drawn: list[tuple[int, int, int]]
) -> None:
    boxes = [Box(left, top, left + side, top + side) for left, top, side in drawn]
    wanted = obscuring(mode)
    result = masks.obscured(NOISY, boxes, wanted)
    untouched = masks.mask(masks.area(boxes, wanted, 120, 90), Feather.OUTSIDE, 120, 90) == 0
    assert np.array_equal(result[untouched], NOISY[untouched])
    assert np.array_equal(result, masks.obscured(NOISY, boxes[::-1], wanted))


@pytest.mark.parametrize("mode", list(Mode))
def test_the_smallest_face_and_the_smallest_picture_are_no_trouble(mode: Mode) -> None:
    assert masks.obscured(NOISY, [Box(5, 5, 6, 6)], obscuring(mode)).shape == NOISY.shape
    assert masks.obscured(np.zeros((1, 1, 3), dtype=np.uint8), [Box(0, 0, 1, 1)], obscuring(mode)).shape == (1, 1, 3)
