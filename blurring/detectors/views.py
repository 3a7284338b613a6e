"""The picture as a detector is shown it, and the way back from there.

Answers: how far is a large picture scaled down for detection, which whole pixels of the picture does a box of the
scaled one cover, and on what canvas does a network see it? A network takes sides that 32 divides; canvases have sides
that 128 divides, because each new shape costs time and memory, and photographs of ImageNet's kind so have 25 shapes
instead of 71. What lies beside the picture is black, as what lies outside of it is to the network.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from blurring.boxes import Box

CANVAS_MULTIPLE: Final = 128


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


def best_first(boxes: list[Box]) -> list[Box]:
    """The boxes that are not empty, in falling order of score."""
    return sorted((b for b in boxes if b.area_px), key=lambda b: (-b.score, b.left, b.top))


def canvas_shape(width: int, height: int) -> tuple[int, int]:
    """Rows and columns of the canvas for a view of so many pixels."""
    return _multiple(height), _multiple(width)


def canvas(view: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """The view in the upper left corner of its canvas."""
    return np.asarray(canvases([view])[0])


def canvases(views: Sequence[NDArray[np.uint8]]) -> NDArray[np.uint8]:
    """Views of one canvas shape, each in the upper left corner of its canvas, `(n, H, W, 3)`."""
    height, width = views[0].shape[:2]
    result = np.empty((len(views), *canvas_shape(width, height), 3), dtype=np.uint8)
    for place, view in zip(result, views, strict=True):
        height, width = view.shape[:2]
        place[:height, :width] = view
        place[:height, width:] = place[height:] = 0
    return result


def _multiple(side: int) -> int:
    return max(1, -(-side // CANVAS_MULTIPLE)) * CANVAS_MULTIPLE
