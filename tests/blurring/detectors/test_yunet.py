from pathlib import Path

import pytest

from blurring.boxes import Box
from blurring.detectors.yunet import YunetDetector, YunetNetwork
from blurring.errors import DetectorError, DeviceError
from tests.blurring.detectors.test_scrfd import lit
from tests.factories import networks, recipes


@pytest.fixture(scope="module")
def weights(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return networks.yunet(tmp_path_factory.mktemp("weights"))


def test_what_is_bright_is_found_where_it_is(weights: Path) -> None:
    detector = YunetDetector(recipes.yunet(weights, overlap_max=0.1), weights)
    found = detector.detect(lit((160, 96)))
    assert max(box.overlap(Box(160, 96, 176, 112)) for box in found) > 0.2
    assert detector.detect(lit()) == []
    assert (detector.name, detector.device) == ("yunet", "cpu")


def test_boxes_are_inside_the_picture_best_first_and_none_is_below_the_doubtful(weights: Path) -> None:
    found = YunetDetector(recipes.yunet(weights), weights).detect(lit((0, 0), (288, 184), (96, 96)))
    assert found == sorted(found, key=lambda box: (-box.score, box.left, box.top))
    assert all(0 <= box.left < box.right <= 300 and 0 <= box.top < box.bottom <= 200 for box in found)
    assert 0.3 <= min(box.score for box in found) <= 1


def test_several_pictures_give_what_each_gives_alone(weights: Path) -> None:
    detector = YunetDetector(recipes.yunet(weights), weights)
    images = [lit((32, 32)), lit(), lit((64, 64), size=(500, 300))]
    assert detector.detect_batch(images) == [detector.detect(image) for image in images]


def test_any_device_but_the_processor_is_refused(weights: Path) -> None:
    with pytest.raises(DeviceError, match="it can on cpu"):
        YunetDetector(recipes.yunet(weights), weights, "cuda:0")


def test_another_network_is_refused(tmp_path: Path) -> None:
    (tmp_path / "text.onnx").write_bytes(b"no network")
    for file in (networks.scrfd(tmp_path), networks.something_else(tmp_path), tmp_path / "text.onnx"):
        with pytest.raises(DetectorError, match="is no YuNet network"):
            YunetNetwork(file)
