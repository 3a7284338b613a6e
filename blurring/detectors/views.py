"""The picture as a detector is shown it, and the way back from there.

Answers: how far is a large picture scaled down for detection, and which whole pixels of the
picture does a box of the scaled one cover?
"""

import math
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from blurring.boxes import Box


@dataclass(frozen=True, slots=True)
class View:
    """A picture scaled for a detector.

    Attributes:
        image: `(h, w, 3)` uint8, RGB.
        factor: pixels of the view per pixel of the picture.
        width: of the picture, px.
        height: of the picture, px.
    """

    image: NDArray[np.uint8]
    factor: float
    width: int
    height: int

    def box(self, corners: tuple[float, float, float, float], score: float) -> Box:
        """Left, top, right, bottom in the view as whole pixels of the picture.

        Rounded outwards, so that no part of the face is lost, and clipped to the picture.
        """
        left, top, right, bottom = (corner / self.factor for corner in corners)
        box = Box(math.floor(left), math.floor(top), math.ceil(right), math.ceil(bottom), score)
        return box.clipped(self.width, self.height)


def within(image: NDArray[np.uint8], px_max: int) -> View:
    """The picture, scaled down by area averaging if it has more than `px_max` pixels."""
    height, width = image.shape[:2]
    if height * width <= px_max:
        return View(image, 1.0, width, height)
    factor = math.sqrt(px_max / (height * width))
    size = max(1, int(width * factor)), max(1, int(height * factor))
    small = cv2.resize(image, size, interpolation=cv2.INTER_AREA)
    return View(np.asarray(small, dtype=np.uint8), size[0] / width, width, height)
