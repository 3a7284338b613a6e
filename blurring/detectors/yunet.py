"""Faces by YuNet (Wu, Peng and Yu 2023), through OpenCV, from a file that the user has.

OpenCV knows the network's form and reads its answers itself. It runs on the processor only.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from blurring.boxes import Box
from blurring.detectors import views
from blurring.errors import DetectorError, DeviceError
from blurring.recipe import Yunet

SCORE: Final = 14  # of a row of OpenCV's answer: x, y, width, height, five points, score
MOST_BOXES: Final = 5000
EMPTY_PX: Final = 64


class YunetNetwork:
    """The network in a file, as OpenCV asks it.

    Raises:
        DetectorError: it is no YuNet.
    """

    def __init__(self, file: Path, score_min: float = 0.5, overlap_max: float = 0.3) -> None:
        try:
            size = (EMPTY_PX, EMPTY_PX)
            self._asked = cv2.FaceDetectorYN.create(str(file), "", size, score_min, overlap_max, MOST_BOXES)
            self.faces(np.zeros((EMPTY_PX, EMPTY_PX, 3), dtype=np.uint8))
        except cv2.error as error:
            raise DetectorError(f"{file.name} is no YuNet network") from error

    def faces(self, image: NDArray[np.uint8]) -> NDArray[np.float32]:
        """One row per face of an RGB picture, `(n, 15)`."""
        height, width = image.shape[:2]
        self._asked.setInputSize((width, height))
        found: object = self._asked.detect(np.ascontiguousarray(image[:, :, ::-1]))[1]
        # Where there is nothing, OpenCV answers with None.
        return np.array([] if found is None else found, dtype=np.float32).reshape(-1, SCORE + 1)


class YunetDetector:
    """YuNet on the processor.

    Raises:
        DetectorError: the file holds no YuNet.
        DeviceError: any device but `cpu`.
    """

    batch = 1
    name = "yunet"

    def __init__(self, choice: Yunet, file: Path, device: str = "cpu") -> None:
        if device != "cpu":
            raise DeviceError(f"{self.name} cannot run on {device} here; it can on cpu")
        self.weights_digest = choice.weights
        self.device = device
        self._choice = choice
        self._network = YunetNetwork(file, choice.review, choice.overlap_max)

    def detect(self, image: NDArray[np.uint8]) -> list[Box]:
        """See `Detector.detect`."""
        view = views.within(image, self._choice.picture_px_max)
        found = [
            view.box((left, top, left + width, top + height), row[SCORE - 4])
            for left, top, width, height, *row in self._network.faces(view.image).tolist()
        ]
        return views.best_first(found)

    def detect_batch(self, images: Sequence[NDArray[np.uint8]]) -> list[list[Box]]:
        """See `Detector.detect_batch`."""
        return [self.detect(image) for image in images]
