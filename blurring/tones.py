"""How light the skin of a region is, measured on its pixels, to ask whether detectors see all people alike.

Answers: which of six classes of the individual typology angle (Chardon et al. 1991) do the middle pixels of a face
fall in? It measures light and camera as much as skin, says nothing about a person, and is used in sums only: no
class is ever written down for one face.
"""

import math
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from blurring.boxes import Box

# The lower bound of the angle, degrees, for each class, from light to dark.
CLASSES: Final = ((55, "1 very light"), (41, "2 light"), (28, "3 intermediate"), (10, "4 tan"), (-30, "5 brown"))
DARKEST: Final = "6 dark"
SIDE_PX_MIN: Final = 8


def tone(image: NDArray[np.uint8], face: Box) -> str | None:
    """The class of the middle half of the face; None where there are too few pixels, or no colour.

    Args:
        image: `(H, W, 3)` uint8 RGB, in the face's pixels.
        face: where it is.
    """
    inset_x, inset_y = face.width // 4, face.height // 4
    inner = Box(face.left + inset_x, face.top + inset_y, face.right - inset_x, face.bottom - inset_y)
    inner = inner.clipped(image.shape[1], image.shape[0])
    if min(face.width, face.height) < SIDE_PX_MIN or not inner.area_px:
        return None
    pixels = np.ascontiguousarray(image[inner.top : inner.bottom, inner.left : inner.right], dtype=np.float32)
    lab = cv2.cvtColor(pixels / np.float32(255), cv2.COLOR_RGB2LAB).reshape(-1, 3)
    lightness, green_red, blue_yellow = (float(value) for value in np.median(lab, axis=0))
    if abs(green_red) < 1 and abs(blue_yellow) < 1:
        return None  # a greyscale photograph
    angle = math.degrees(math.atan2(lightness - 50, max(blue_yellow, 1e-6)))
    return next((name for least, name in CLASSES if angle > least), DARKEST)
