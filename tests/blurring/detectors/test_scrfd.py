from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from blurring.boxes import Box
from blurring.detectors.scrfd import ScrfdDetector, ScrfdNetwork
from blurring.errors import DetectorError, DeviceError
from blurring.recipe import Precision
from tests.factories import networks, recipes


@pytest.fixture(scope="module", params=[True, False], ids=["landmarks", "none"])
def weights(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return networks.scrfd(tmp_path_factory.mktemp("weights"), has_landmarks=request.param)


def lit(*places: tuple[int, int], size: tuple[int, int] = (300, 200), side: int = 16) -> NDArray[np.uint8]:
    """A dark picture with bright squares: faces, to networks that find what is bright."""
    image = np.zeros((size[1], size[0], 3), dtype=np.uint8)
    for left, top in places:
        image[top : top + side, left : left + side] = 255
    return image


def test_what_is_bright_is_found_where_it_is(weights: Path) -> None:
    detector = ScrfdDetector(recipes.scrfd(weights, overlap_max=0.9), weights)
    found = detector.detect(lit((160, 96)))
    assert Box(160, 96, 176, 112) in [replace(box, score=1.0) for box in found]
    assert max(box.score for box in found) > 0.99
    assert detector.detect(lit()) == []
    assert detector.name == "scrfd"


def test_boxes_are_inside_the_picture_best_first_and_none_is_below_the_doubtful(weights: Path) -> None:
    detector = ScrfdDetector(recipes.scrfd(weights), weights)
    found = detector.detect(lit((0, 0), (288, 184), (96, 96)))
    assert found == sorted(found, key=lambda box: (-box.score, box.left, box.top))
    assert all(0 <= box.left < box.right <= 300 and 0 <= box.top < box.bottom <= 200 for box in found)
    assert min(box.score for box in found) >= 0.3


def test_a_large_picture_is_looked_at_smaller(weights: Path) -> None:
    detector = ScrfdDetector(recipes.scrfd(weights, picture_px_max=300 * 200), weights)
    found = detector.detect(lit((320, 192), size=(600, 400), side=32))
    assert max(box.overlap(Box(320, 192, 352, 224)) for box in found) > 0.2


def test_several_pictures_give_what_each_gives_alone(weights: Path) -> None:
    detector = ScrfdDetector(recipes.scrfd(weights), weights)
    images = [lit((32, 32)), lit(), lit((64, 64), size=(500, 300))]
    assert detector.detect_batch(images) == [detector.detect(image) for image in images]
    assert detector.batch == 1


def test_a_device_that_is_not_there_is_refused(weights: Path) -> None:
    with pytest.raises(DeviceError):
        ScrfdDetector(recipes.scrfd(weights), weights, "cuda:99")


def test_another_network_is_refused(tmp_path: Path) -> None:
    for file in (networks.yunet(tmp_path), networks.something_else(tmp_path)):
        with pytest.raises(DetectorError, match="is no SCRFD network"):
            ScrfdNetwork.opened(file, "cpu", Precision.F32)
