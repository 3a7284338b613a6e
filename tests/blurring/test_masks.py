import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from blurring import masks
from blurring.boxes import Box
from blurring.recipe import Feather, Mode, Obscuring
from tests.factories import pictures

PAPER = Obscuring(mode=Mode.GAUSSIAN, growth=0.1, sigma=0.1, feather=Feather.THROUGH, softness=0.1)
OUTSIDE = PAPER.model_copy(update={"feather": Feather.OUTSIDE})


@st.composite
def faces(draw: st.DrawFn) -> Box:
    left, top = draw(st.integers(-10, 90)), draw(st.integers(-10, 70))
    return Box(left, top, left + draw(st.integers(1, 50)), top + draw(st.integers(1, 50)))


def test_the_blur_is_measured_by_the_largest_box() -> None:
    area = masks.area([Box(0, 0, 10, 10), Box(50, 50, 90, 130)], PAPER, 200, 200)
    assert area.sigma_px == 8
    assert area.softness_px == 8
    assert area.reach_px == 24
    assert area.boxes == (Box(0, 0, 11, 11), Box(42, 42, 98, 138))


def test_untouched_is_what_is_further_than_the_margin_from_what_the_mask_reaches() -> None:
    area = masks.area([Box(100, 100, 200, 200)], PAPER, 400, 300)
    far = masks.untouched(area, 400, 300, 5)
    assert far.shape == (300, 400)
    assert (far[150, 54], far[150, 55], far[150, 244], far[150, 245]) == (True, False, False, True)
    assert not masks.untouched(masks.area([Box(0, 0, 400, 300)], PAPER, 400, 300), 400, 300, 0).any()


def test_the_tiniest_face_is_blurred_by_a_pixel_at_least() -> None:
    assert masks.area([Box(5, 5, 7, 7)], PAPER, 20, 20).sigma_px == 1


@settings(max_examples=30)
@given(st.lists(faces(), min_size=1, max_size=3), st.sampled_from([PAPER, OUTSIDE]))
def test_beyond_the_reach_no_pixel_changes(boxes: list[Box], obscuring: Obscuring) -> None:
    image = pictures.pixels(100, 80)
    result = masks.obscured(image, boxes, obscuring)
    area = masks.area(boxes, obscuring, 100, 80)
    outside = np.ones((80, 100), dtype=bool)
    for box in area.boxes:
        reach = area.reach_px
        rows = slice(max(0, box.top - reach), box.bottom + reach)
        outside[rows, max(0, box.left - reach) : box.right + reach] = False
    assert np.array_equal(result[outside], image[outside])


@settings(max_examples=30)
@given(st.lists(faces(), min_size=2, max_size=4))
def test_the_order_of_the_boxes_does_not_matter(boxes: list[Box]) -> None:
    image = pictures.pixels(100, 80)
    one = masks.obscured(image, boxes, PAPER)
    assert np.array_equal(one, masks.obscured(image, boxes[::-1], PAPER))


def test_the_picture_that_came_in_is_not_modified() -> None:
    image = pictures.pixels(100, 80)
    before = image.copy()
    masks.obscured(image, [Box(20, 20, 60, 60)], PAPER)
    assert np.array_equal(image, before)


def test_working_on_a_part_gives_what_working_on_the_whole_would() -> None:
    image = np.random.default_rng(1).integers(0, 256, (300, 300, 3)).astype(np.uint8)
    box = Box(130, 140, 160, 170)
    small = masks.obscured(image, [box], PAPER)
    area = masks.area([box], PAPER, 300, 300)
    everywhere = masks.mask(area, Feather.THROUGH, 300, 300)
    assert everywhere[150, 145] > 200
    assert np.array_equal(small[everywhere == 0], image[everywhere == 0])
    assert not np.array_equal(small[150:160, 140:150], image[150:160, 140:150])


def test_the_published_feather_is_half_at_the_edge_of_the_grown_box() -> None:
    area = masks.area([Box(100, 100, 200, 200)], PAPER, 300, 300)
    mask = masks.mask(area, Feather.THROUGH, 300, 300)
    assert mask[150, 150] == 255
    assert abs(int(mask[150, 90]) - 127) < 10
    assert mask[150, 90 - area.reach_px - 1] == 0


def test_the_outer_feather_lets_nothing_of_the_original_through_inside_the_box() -> None:
    area = masks.area([Box(100, 100, 200, 200)], OUTSIDE, 300, 300)
    mask = masks.mask(area, Feather.OUTSIDE, 300, 300)
    assert (mask[90:210, 90:210] == 255).all()
    assert 0 < mask[150, 85] < 255
    assert mask[150, 90 - area.reach_px - 1] == 0


@pytest.mark.parametrize("sigma", [5.0, 12.5, 30.0])
@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_a_wide_blur_made_on_a_smaller_picture_is_what_the_wide_blur_is(sigma: float, dtype: type) -> None:
    full = int(np.iinfo(dtype).max)
    noise: np.ndarray = np.random.default_rng(8).integers(0, full + 1, (201, 253, 3)).astype(dtype)
    noise[60:140, 70:190] = full
    difference = (
        np.abs(masks._blurred(noise, sigma, masks.FINE_SIGMA_PX).astype(float) - masks._gaussian(noise, sigma)) / full
    )
    assert difference.mean() < 0.01
    assert difference[30:-30, 30:-30].max() < 0.05


@pytest.mark.parametrize("feather", list(Feather))
def test_the_mask_of_a_face_of_many_pixels_is_made_smaller_and_is_what_the_whole_mask_is(feather: Feather) -> None:
    obscuring = PAPER.model_copy(update={"feather": feather, "softness": 0.16})
    area = masks.area([Box(500, 450, 1100, 1000), Box(1350, 60, 1400, 120)], obscuring, 1500, 1400)
    assert area.softness_px > 2 * masks.FINE_SOFTNESS_PX
    hard = np.zeros((1400, 1500), dtype=np.uint8)
    for box in area.boxes:
        hard[box.top : box.bottom, box.left : box.right] = 255
    soft = masks._gaussian(hard, area.softness_px)
    whole = soft if feather is Feather.THROUGH else np.maximum(hard, np.minimum(soft, 127) * 2)
    mask = masks.mask(area, feather, 1500, 1400)
    assert np.abs(mask.astype(int) - whole).max() <= 8
    assert not mask[masks.untouched(area, 1500, 1400, 0)].any()


def test_fine_detail_inside_a_face_is_gone() -> None:
    image = np.zeros((200, 200, 3), dtype=np.uint8)
    image[::2] = 255
    result = masks.obscured(image, [Box(50, 50, 150, 150)], PAPER)
    assert image[95:105, 100].std() > 100
    assert result[95:105, 100].std() < 2


@pytest.mark.parametrize("shape", [(40, 50), (40, 50, 2), (40, 50, 3), (40, 50, 4)])
def test_any_number_of_channels_is_blurred(shape: tuple[int, ...]) -> None:
    image = np.random.default_rng(2).integers(0, 256, shape).astype(np.uint8)
    result = masks.obscured(image, [Box(10, 10, 30, 30)], PAPER)
    assert result.shape == shape
    assert result[15:25, 15:25].std() < image[15:25, 15:25].std() / 2


def test_sixteen_bits_stay_sixteen_bits() -> None:
    image = np.random.default_rng(3).integers(0, 65536, (40, 50)).astype(np.uint16)
    result = masks.obscured(image, [Box(10, 10, 30, 30)], PAPER)
    assert result.dtype == np.uint16
    assert abs(float(result[15:25, 15:25].mean()) - 32768) < 8000
    assert math.isclose(result[0, 0], image[0, 0])


@pytest.mark.parametrize("box", [Box(200, 200, 220, 220), Box(-30, -30, -20, -20)])
def test_a_box_outside_the_picture_changes_nothing(box: Box) -> None:
    image = pictures.pixels(100, 80)
    assert np.array_equal(masks.obscured(image, [box], PAPER), image)


def test_without_boxes_nothing_changes() -> None:
    image = pictures.pixels(100, 80)
    assert np.array_equal(masks.obscured(image, [], PAPER), image)


def test_a_picture_of_one_pixel_is_blurred_to_itself() -> None:
    image = np.full((1, 1, 3), 9, dtype=np.uint8)
    assert np.array_equal(masks.obscured(image, [Box(0, 0, 1, 1)], PAPER), image)


def test_a_face_as_large_as_the_picture_is_blurred_to_its_edges() -> None:
    image = np.random.default_rng(4).integers(0, 256, (60, 60, 3)).astype(np.uint8)
    result = masks.obscured(image, [Box(0, 0, 60, 60)], OUTSIDE)
    assert result[:5, :5].std() < image[:5, :5].std() / 2
