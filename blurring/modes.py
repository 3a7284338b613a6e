"""Other ways than a Gaussian to make a face unrecognisable.

Answers: what stands in the place of a face of which only a few values are left? Every function replaces a margin
around each box too, so that a feathered mask finds changed pixels wherever it reaches. Boxes are worked on in the
order of their place, so the order in which they come does not matter.

`strong` is for those who expect an attack: a few cells, each rounded to a few levels, smoothed, and noise over it
that is drawn from a generator keyed by the cells themselves. What an attacker can get back is the rounded cells.
"""

import hashlib
from collections.abc import Sequence
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from blurring.boxes import Box
from blurring.pictures import Pixels

# The margin, as a part of the longer side: as far as any mask reaches.
MARGIN: Final = 0.5
LEVELS: Final = 8
NOISE: Final = 0.02  # standard deviation, of the full range


def solid(part: Pixels, boxes: Sequence[Box]) -> Pixels:
    """A copy in which each box, with its margin, has the one colour that is its mean."""
    result = part.copy()
    for box in sorted(boxes):
        window = _slices(box.grown(MARGIN).clipped(part.shape[1], part.shape[0]))
        result[window] = np.round(part[window].mean(axis=(0, 1))).astype(part.dtype)
    return result


def pixelated(part: Pixels, boxes: Sequence[Box], cells: int) -> Pixels:
    """A copy in which each box, with its margin, is a mosaic of `cells` along its longer side."""
    result = part.copy()
    for box in sorted(boxes):
        inside, values = _cells(part, box, cells)
        mosaic = cv2.resize(np.round(values), (inside.width, inside.height), interpolation=cv2.INTER_NEAREST)
        result[_slices(inside)] = mosaic.reshape(result[_slices(inside)].shape).astype(part.dtype)
    return result


def strong(part: Pixels, boxes: Sequence[Box], cells: int) -> Pixels:
    """A copy in which each box, with its margin, is smoothed, rounded cells under noise."""
    result = part.copy()
    full = float(np.iinfo(part.dtype).max)
    step = full / (LEVELS - 1)
    for box in sorted(boxes):
        inside, values = _cells(part, box, cells)
        rounded = np.round(values / step) * step
        smooth = cv2.resize(rounded, (inside.width, inside.height), interpolation=cv2.INTER_LINEAR)
        smooth = smooth.reshape(result[_slices(inside)].shape)
        key = int.from_bytes(hashlib.sha256(rounded.tobytes()).digest()[:16])
        noise = np.random.Generator(np.random.Philox(key=key)).normal(0, NOISE * full, smooth.shape)
        result[_slices(inside)] = np.clip(np.round(smooth + noise), 0, full).astype(part.dtype)
    return result


def _cells(part: Pixels, box: Box, cells: int) -> tuple[Box, NDArray[np.float32]]:
    """The box with its margin, clipped, and its values averaged over cells of the size that the box asks for."""
    inside = box.grown(MARGIN).clipped(part.shape[1], part.shape[0])
    side = max(1.0, box.longer_side_px / cells)
    columns, rows = max(1, round(inside.width / side)), max(1, round(inside.height / side))
    averaged = cv2.resize(part[_slices(inside)].astype(np.float32), (columns, rows), interpolation=cv2.INTER_AREA)
    return inside, np.asarray(averaged, dtype=np.float32)


def _slices(box: Box) -> tuple[slice, slice]:
    return slice(box.top, box.bottom), slice(box.left, box.right)
