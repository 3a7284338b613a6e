import numpy as np
import pytest

from blurring import recipe
from blurring.boxes import Box
from blurring.detectors.dlib_hog import DlibHogDetector
from blurring.errors import DetectorError, DeviceError
from blurring.recipe import DlibHog
from tests.factories import pictures


def choice(**changes: object) -> DlibHog:
    shipped = recipe.named("dlib-hog").detector
    assert isinstance(shipped, DlibHog)
    return shipped.model_copy(update=changes)


def test_a_face_is_found_where_it_is() -> None:
    best = DlibHogDetector(choice()).detect(pictures.face_pixels())[0]
    assert best.overlap(Box(*pictures.FACE_BOX)) > 0.5


def test_boxes_come_best_first_and_above_the_threshold() -> None:
    found = DlibHogDetector(choice(threshold=-0.5)).detect(pictures.face_pixels())
    assert [b.score for b in found] == sorted((b.score for b in found), reverse=True)
    assert min(b.score for b in found) >= -0.5
    assert len(found) > len(DlibHogDetector(choice(threshold=0.5)).detect(pictures.face_pixels()))


def test_a_picture_without_a_face_gives_nothing() -> None:
    assert DlibHogDetector(choice()).detect(pictures.pixels(200, 200)) == []


def test_the_smallest_picture_gives_nothing() -> None:
    assert DlibHogDetector(choice()).detect(np.zeros((1, 1, 3), dtype=np.uint8)) == []


def test_a_picture_over_the_bound_is_looked_at_smaller() -> None:
    large = np.kron(pictures.face_pixels(), np.ones((2, 2, 1), dtype=np.uint8))
    best = DlibHogDetector(choice(picture_px_max=512 * 512)).detect(large)[0]
    expected = Box(*(2 * edge for edge in pictures.FACE_BOX))
    assert best.overlap(expected) > 0.5


def test_it_runs_on_the_processor_only() -> None:
    with pytest.raises(DeviceError, match="dlib-hog cannot run on cuda:0"):
        DlibHogDetector(choice(), "cuda:0")


def test_other_weights_are_refused() -> None:
    with pytest.raises(DetectorError):
        DlibHogDetector(choice(weights="sha256:" + "0" * 64))


def test_several_pictures_are_looked_at_one_by_one() -> None:
    detector = DlibHogDetector(choice())
    images = [pictures.face_pixels(), pictures.pixels(200, 150)]
    assert detector.detect_batch(images) == [detector.detect(image) for image in images]
    assert detector.batch == 1
