import numpy as np
import pytest
from numpy.typing import NDArray

from blurring import recipe
from blurring.boxes import Box
from blurring.detectors import dlib_models
from blurring.detectors.dlib_cnn import DlibCnnDetector
from blurring.errors import DetectorError, DeviceError
from blurring.recipe import DlibCnn
from tests.factories import pictures


def choice(**changes: object) -> DlibCnn:
    shipped = recipe.named("dlib-cnn").detector
    assert isinstance(shipped, DlibCnn)
    return shipped.model_copy(update=changes)


def test_a_face_is_found_where_it_is() -> None:
    found = DlibCnnDetector(choice()).detect(pictures.face_pixels())
    assert len(found) == 1
    assert found[0].overlap(Box(*pictures.FACE_BOX)) > 0.5
    assert 0 < found[0].score < 2


def test_a_score_below_the_threshold_is_no_face() -> None:
    small = np.ascontiguousarray(pictures.face_pixels()[::2, ::2])
    assert DlibCnnDetector(choice(threshold=5.0)).detect(small) == []


def test_a_device_that_dlib_was_not_built_for_is_refused() -> None:
    if dlib_models.has_cuda():
        assert DlibCnnDetector(choice(), "cuda:0").device == "cuda:0"
    else:
        with pytest.raises(DeviceError, match="dlib-cnn cannot run on cuda:0"):
            DlibCnnDetector(choice(), "cuda:0")


def test_other_weights_are_refused() -> None:
    with pytest.raises(DetectorError):
        DlibCnnDetector(choice(weights="sha256:" + "0" * 64))


class SmallDevice:
    """dlib's detector on a GPU without room."""

    def cnn_face_detector(self, image: NDArray[np.uint8], upsampling: int) -> list[object]:
        raise RuntimeError(f"Error while calling cudaMalloc for {image.shape} at {upsampling}: out of memory")


def test_a_device_without_room_for_a_picture_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    detector = DlibCnnDetector(choice())
    monkeypatch.setattr(dlib_models, "models", SmallDevice)
    with pytest.raises(DeviceError, match=r"cpu failed on one picture: .* out of memory"):
        detector.detect(pictures.face_pixels())


def test_several_pictures_give_what_each_gives_alone() -> None:
    detector = DlibCnnDetector(choice())
    image = np.ascontiguousarray(pictures.face_pixels()[::2, ::2])
    assert detector.detect_batch([image]) == [detector.detect(image)]
