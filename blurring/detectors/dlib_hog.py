"""Faces by histograms of oriented gradients: quick, frontal faces of some size only.

Measured, not believed: it finds a fifth to two fifths of the faces of 16 px and more in
photographs of ImageNet's kind. It is here as a choice and as a second opinion.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from blurring.boxes import Box
from blurring.detectors import dlib_models, views
from blurring.recipe import DlibHog


class DlibHogDetector:
    """dlib's frontal face detector, the one that `face_recognition` uses.

    Raises:
        DetectorError: not installed, or another detector than the recipe's.
        DeviceError: any device but `cpu`.
    """

    batch = 1
    name = "dlib-hog"

    def __init__(self, choice: DlibHog, device: str = "cpu") -> None:
        dlib_models.require_device(self.name, device, can_cuda=False)
        dlib_models.require_weights(choice.weights, dlib_models.hog_digest())
        self.weights_digest = choice.weights
        self.device = device
        self._choice = choice

    def detect(self, image: NDArray[np.uint8]) -> list[Box]:
        """See `Detector.detect`."""
        view = views.within(image, self._choice.picture_px_max)
        rectangles, scores, _ = dlib_models.hog().run(view.image, self._choice.upsampling, self._choice.threshold)
        found = zip(rectangles, scores, strict=True)
        return views.best_first([dlib_models.box(view, r, s) for r, s in found])

    def detect_batch(self, images: Sequence[NDArray[np.uint8]]) -> list[list[Box]]:
        """See `Detector.detect_batch`."""
        return [self.detect(image) for image in images]
