from dataclasses import replace

import numpy as np
import pytest

from blurring import detectors, files, pipeline, recipe, second_look
from blurring.boxes import Box
from blurring.known import NOTHING, Known
from blurring.pictures import Picture
from blurring.pipeline import Action, Opened, Outcome
from blurring.recipe import Recipe, SecondLook
from tests.factories import pictures
from tests.factories.detectors import PointedDetector

LOOK = SecondLook(detector=recipe.named("dlib-hog").detector)
RECIPE: Recipe = recipe.named("dlib-hog").model_copy(update={"second_look": LOOK})
FACE = Box(*pictures.FACE_BOX, 0.9)
ELSEWHERE = Box(5, 6, 25, 26, 0.8)


def again(picture: Picture, *found: Box, about: Known = NOTHING, asked: tuple[Box, ...] = ()) -> tuple[Box, ...]:
    return second_look.found_again(picture, LOOK, PointedDetector(found), about, asked)


@pytest.fixture
def picture() -> Picture:
    """A landscape of 64 by 48."""
    return files.decode(pictures.jpeg())


def test_what_is_found_again_is_told_from_the_threshold_on(picture: Picture) -> None:
    assert again(picture, ELSEWHERE, replace(ELSEWHERE, score=-0.1)) == (ELSEWHERE,)


def test_it_is_told_in_stored_pixels() -> None:
    turned = files.decode(pictures.oriented_jpeg(6))
    assert again(turned, Box(0, 0, 10, 5, 1.0)) == (Box(0, turned.height - 10, 5, turned.height, 1.0),)


def test_what_people_are_asked_anyway_or_have_answered_is_not_asked_again(picture: Picture) -> None:
    assert again(picture, ELSEWHERE, asked=(ELSEWHERE,)) == ()
    assert again(picture, ELSEWHERE, about=Known(hidden=(ELSEWHERE,))) == ()


def looked_again(recipe_: Recipe, boxes: tuple[Box, ...], second: PointedDetector) -> Outcome:
    file = pipeline.opened(pictures.face())
    assert isinstance(file, Opened)
    return pipeline.looked_again(file, pipeline.finished(file, boxes, recipe_), recipe_, second, NOTHING)


def test_a_picture_with_faces_is_looked_at_again_as_it_came_out() -> None:
    second = PointedDetector([ELSEWHERE])
    outcome = looked_again(RECIPE, (FACE,), second)
    assert (outcome.action, outcome.again) == (Action.BLURRED, (ELSEWHERE,))
    assert outcome.output is not None
    assert np.array_equal(second.shown[0][0], files.decode(outcome.output).pixels)


def test_a_picture_without_faces_is_looked_at_again_only_where_the_recipe_wants_it() -> None:
    second = PointedDetector([ELSEWHERE])
    assert looked_again(RECIPE, (), second).again == ()
    for_all = RECIPE.model_copy(update={"second_look": LOOK.model_copy(update={"is_for_all": True})})
    outcome = looked_again(for_all, (), second)
    assert (outcome.action, outcome.again) == (Action.UNCHANGED, (ELSEWHERE,))


def test_a_recipe_without_a_second_look_has_none() -> None:
    assert looked_again(recipe.named("dlib-hog"), (FACE,), PointedDetector([ELSEWHERE])).again == ()
    assert recipe.named("dlib-hog").again() is None


def test_the_default_looks_again_in_another_scale() -> None:
    default = recipe.named("centerface")
    looking = default.again()
    assert looking is not None
    assert looking.detector != default.detector
    assert detectors.open(looking).detect(pictures.face_pixels())
