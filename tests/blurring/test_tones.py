import numpy as np
import pytest

from blurring import tones
from blurring.boxes import Box

FACE = Box(10, 10, 50, 50)


def region(colour: tuple[int, int, int]) -> np.ndarray:
    image = np.zeros((60, 60, 3), dtype=np.uint8)
    image[10:50, 10:50] = colour
    return image


def test_lighter_skin_is_in_a_lighter_class() -> None:
    colours = [(255, 230, 215), (240, 205, 180), (215, 170, 140), (180, 130, 95), (130, 90, 65), (60, 40, 30)]
    classes = [tones.tone(region(colour), FACE) for colour in colours]
    assert classes == sorted(classes, key=str)
    assert classes[0] == "1 very light"
    assert classes[-1] == tones.DARKEST
    assert len(set(classes)) >= 4


def test_the_middle_of_the_face_counts_not_what_is_around_it() -> None:
    image = region((215, 170, 140))
    image[10:18] = 0
    assert tones.tone(image, FACE) == tones.tone(region((215, 170, 140)), FACE)


@pytest.mark.parametrize("face", [Box(0, 0, 4, 40), Box(200, 200, 240, 240)])
def test_too_few_pixels_have_no_tone(face: Box) -> None:
    assert tones.tone(region((215, 170, 140)), face) is None


def test_a_greyscale_photograph_has_no_tone() -> None:
    assert tones.tone(region((120, 120, 120)), FACE) is None
