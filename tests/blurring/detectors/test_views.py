import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from blurring.boxes import Box
from blurring.detectors import views
from tests.factories import pictures


def test_a_picture_within_the_bound_is_shown_as_it_is() -> None:
    image = pictures.pixels(60, 40)
    view = views.within(image, 2400)
    assert view.image is image
    assert view.box((1, 2, 30, 20), 0.5) == Box(1, 2, 30, 20, 0.5)


def test_a_larger_picture_is_scaled_down_to_the_bound() -> None:
    view = views.within(pictures.pixels(600, 400), 2400)
    assert view.image.shape == (40, 60, 3)
    assert view.box((10, 10, 20, 20), 0.5) == Box(100, 100, 200, 200, 0.5)


def test_a_very_long_picture_keeps_a_pixel_of_height() -> None:
    image = np.zeros((1, 5000, 3), dtype=np.uint8)
    assert views.within(image, 1000).image.shape[0] == 1


@given(st.floats(-20, 80), st.floats(-20, 80), st.floats(0, 60), st.floats(0, 60))
def test_boxes_are_rounded_outwards_and_clipped(left: float, top: float, width: float, height: float) -> None:
    view = views.within(pictures.pixels(60, 40), 2400)
    box = view.box((left, top, left + width, top + height), 1)
    assert 0 <= box.left <= box.right <= 60
    assert 0 <= box.top <= box.bottom <= 40
    if left >= 0 and left + width <= 60:
        assert box.left <= left
        assert box.right >= left + width


@given(st.integers(1, 900), st.integers(1, 900))
def test_a_canvas_holds_its_view_and_few_shapes_serve_all(width: int, height: int) -> None:
    rows, columns = views.canvas_shape(width, height)
    assert height <= rows < height + 128
    assert width <= columns < width + 128
    assert rows % 128 == columns % 128 == 0


def test_beside_the_view_a_canvas_is_black() -> None:
    image = np.maximum(pictures.pixels(70, 40), np.uint8(1))
    shown = views.canvas(image)
    assert np.array_equal(shown[:40, :70], image)
    assert not shown[40:].any()
    assert not shown[:, 70:].any()


def test_a_canvas_holds_nothing_of_what_was_drawn_before_it() -> None:
    shown = [pictures.pixels(70, 40), pictures.pixels(90, 100)]
    drawn = views.canvases(shown)
    assert drawn.shape == (2, 128, 128, 3)
    assert all(np.array_equal(one, views.canvas(view)) for one, view in zip(drawn, shown, strict=True))


def test_the_best_come_first_and_the_empty_not_at_all() -> None:
    view = views.within(pictures.pixels(100, 100), 10**6)
    good, better = view.box((0, 0, 5, 5), 0.5), view.box((0, 0, 5, 5), 0.9)
    empty = view.box((200, 200, 220, 220), 1.0)
    assert views.best_first([good, empty, better]) == [better, good]
