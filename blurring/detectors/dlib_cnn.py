"""Faces by dlib's max-margin convolutional network: slow on a processor, fewer false alarms."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from blurring.boxes import Box
from blurring.detectors import dlib_models, views
from blurring.errors import DeviceError
from blurring.recipe import DlibCnn


class DlibCnnDetector:
    """dlib's CNN face detector, through `face_recognition`.

    Raises:
        DetectorError: not installed, or other weights than the recipe's.
        DeviceError: `cuda:0` with a dlib that was built without CUDA, or any other device.
    """

    batch = 1
    name = "dlib-cnn"

    def __init__(self, choice: DlibCnn, device: str = "cpu") -> None:
        dlib_models.require_device(self.name, device, can_cuda=dlib_models.has_cuda())
        dlib_models.require_weights(choice.weights, dlib_models.cnn_digest())
        self.weights_digest = choice.weights
        self.device = device
        self._choice = choice

    def detect(self, image: NDArray[np.uint8]) -> list[Box]:
        """See `Detector.detect`."""
        view = views.within(image, self._choice.picture_px_max)
        try:
            found = dlib_models.models().cnn_face_detector(view.image, self._choice.upsampling)
        except RuntimeError as error:  # what dlib raises for whatever CUDA says
            raise DeviceError(f"{self.device} failed on one picture: {error}") from error
        return views.best_first(
            [
                dlib_models.box(view, face.rect, face.confidence)
                for face in found
                if face.confidence >= self._choice.threshold
            ]
        )

    def detect_batch(self, images: Sequence[NDArray[np.uint8]]) -> list[list[Box]]:
        """See `Detector.detect_batch`."""
        return [self.detect(image) for image in images]
