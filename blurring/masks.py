"""From boxes to changed pixels: the mask, the blur, and where the change ends.

Answers: what do these pixels look like with these faces made unrecognisable? After Yang et al.
2022, *A Study of Face Obfuscation in ImageNet*: boxes grown by a tenth of their longer side, one
Gaussian whose sigma is a tenth of the largest box, blended through a mask blurred alike.

Laws: a pixel further than `reach_px` from every grown box keeps its value exactly; the result
does not depend on the order of the boxes; where `Feather.OUTSIDE` is chosen, nothing of the
original shows inside a grown box. Arithmetic is in integers, so that it is the same everywhere.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final, Self

import cv2
import numpy as np
from numpy.typing import NDArray

from blurring import modes
from blurring.boxes import Box
from blurring.pictures import Pixels, has_channels
from blurring.recipe import Feather, Mode, Obscuring

# Beyond three sigmas a Gaussian's tail is under half a level of 256.
SIGMAS: Final = 3
SIGMA_PX_MIN: Final = 1.0
# Two pixels of a smaller picture per sigma would show; this many do not.
FINE_SIGMA_PX: Final = 6.0
# A mask says where the original ends, so it is made smaller only where it is very soft.
FINE_SOFTNESS_PX: Final = 32.0


@dataclass(frozen=True, slots=True)
class Area:
    """Which part of a picture changes, and how strongly.

    Attributes:
        boxes: the grown boxes, clipped; in the picture's pixels.
        sigma_px: of the blur.
        softness_px: of the mask.
    """

    boxes: tuple[Box, ...]
    sigma_px: float
    softness_px: float

    @property
    def reach_px(self) -> int:
        """How far beyond a grown box anything may change."""
        return _radius(self.softness_px)

    def within(self, window: tuple[slice, slice]) -> Self:
        """The same in the pixels of a window of the picture."""
        rows, columns = window
        return replace(self, boxes=tuple(box.moved(-columns.start, -rows.start) for box in self.boxes))


def area(boxes: Sequence[Box], obscuring: Obscuring, width: int, height: int) -> Area:
    """What changes in a picture of `width` by `height` pixels when these faces are obscured."""
    grown = tuple(box.grown(obscuring.growth).clipped(width, height) for box in boxes)
    largest = max((box.longer_side_px for box in boxes), default=0)
    sigma, softness = (max(SIGMA_PX_MIN, part * largest) for part in (obscuring.sigma, obscuring.softness))
    return Area(tuple(box for box in grown if box.area_px), sigma, softness)


def obscured(pixels: Pixels, boxes: Sequence[Box], obscuring: Obscuring) -> Pixels:
    """A copy of the pixels in which the boxes are unrecognisable.

    Args:
        pixels: `(H, W)` or `(H, W, C)`, uint8 or uint16; not modified.
        boxes: faces as detected, not yet grown, in these pixels' coordinates.
        obscuring: what to do.
    """
    height, width = pixels.shape[:2]
    change = area(boxes, obscuring, width, height)
    result = pixels.copy()
    if not change.boxes:
        return result
    # As far as the mask goes, the blur must see its true neighbours.
    window = _window(change.boxes, change.reach_px + _radius(change.sigma_px), width, height)
    part, here = pixels[window], change.within(window)
    reached = _window(here.boxes, change.reach_px, part.shape[1], part.shape[0])
    original, changed = part[reached], _changed(part, here, obscuring)[reached]
    inside = mask(here.within(reached), obscuring.feather, original.shape[1], original.shape[0])
    result[window][reached] = _blended(original, changed, inside)
    return result


def untouched(change: Area, width: int, height: int, margin_px: int) -> NDArray[np.bool_]:
    """Where a pixel is further than the margin from everything that the mask reaches, `(height, width)`."""
    result = np.ones((height, width), dtype=np.bool_)
    beyond = change.reach_px + margin_px
    for box in change.boxes:
        result[max(0, box.top - beyond) : box.bottom + beyond, max(0, box.left - beyond) : box.right + beyond] = False
    return result


def mask(change: Area, feather: Feather, width: int, height: int) -> NDArray[np.uint8]:
    """How much of the changed pixel each place gets, `(height, width)`, 0 none .. 255 all."""
    hard = np.zeros((height, width), dtype=np.uint8)
    for box in change.boxes:
        hard[box.top : box.bottom, box.left : box.right] = 255
    soft = _softened(hard, change)
    match feather:
        case Feather.THROUGH:
            return soft
        case Feather.OUTSIDE:
            # Half of the blurred mask lies outside: doubled, it starts at the edge with all.
            return np.asarray(np.maximum(hard, np.minimum(soft, 127) * 2), dtype=np.uint8)


def _softened(hard: NDArray[np.uint8], change: Area) -> NDArray[np.uint8]:
    """The mask with a soft edge, which ends where it may reach."""
    soft = _blurred(hard, change.softness_px, FINE_SOFTNESS_PX).astype(np.uint8, copy=False)
    if change.softness_px >= 2 * FINE_SOFTNESS_PX:
        # A smaller mask spreads by its own pixels beyond the reach.
        soft[untouched(change, hard.shape[1], hard.shape[0], 0)] = 0
    return soft


def _window(boxes: Sequence[Box], margin: int, width: int, height: int) -> tuple[slice, slice]:
    """Rows and columns that hold every box and a margin."""
    top = max(0, min(box.top for box in boxes) - margin)
    bottom = min(height, max(box.bottom for box in boxes) + margin)
    left = max(0, min(box.left for box in boxes) - margin)
    right = min(width, max(box.right for box in boxes) + margin)
    return slice(top, bottom), slice(left, right)


def _changed(part: Pixels, change: Area, obscuring: Obscuring) -> Pixels:
    """The part as it looks where the mask is full."""
    match obscuring.mode:
        case Mode.GAUSSIAN:
            return _blurred(part, change.sigma_px, FINE_SIGMA_PX)
        case Mode.PIXELATE:
            return modes.pixelated(part, change.boxes, obscuring.cells)
        case Mode.SOLID:
            return modes.solid(part, change.boxes)
        case Mode.STRONG:
            return modes.strong(part, change.boxes, obscuring.cells)


def _radius(sigma_px: float) -> int:
    return math.ceil(SIGMAS * sigma_px)


def _blurred(part: Pixels, sigma_px: float, fine_px: float) -> Pixels:
    """A Gaussian blur; a wide one is made on a smaller picture, where it costs little and looks the same.

    Args:
        part: `(H, W)` or `(H, W, C)`.
        sigma_px: in these pixels.
        fine_px: in the smaller picture, at least.
    """
    factor = int(sigma_px // fine_px)
    if factor <= 1:
        return _gaussian(part, sigma_px)
    height, width = part.shape[:2]
    size = math.ceil(width / factor), math.ceil(height / factor)
    small = np.asarray(cv2.resize(part, size, interpolation=cv2.INTER_AREA), dtype=part.dtype)
    soft = _gaussian(small, sigma_px / factor)
    return np.asarray(cv2.resize(soft, (width, height), interpolation=cv2.INTER_LINEAR), dtype=part.dtype)


def _gaussian(part: Pixels, sigma_px: float) -> Pixels:
    size = 2 * _radius(sigma_px) + 1
    blurred = cv2.GaussianBlur(part, (size, size), sigma_px, borderType=cv2.BORDER_REPLICATE)
    return np.asarray(blurred, dtype=part.dtype)


def _blended(original: Pixels, changed: Pixels, inside: NDArray[np.uint8]) -> Pixels:
    """Original and changed pixels mixed by the mask, rounded to the nearest."""
    # The narrowest numbers that 255 times a value, and a half more, fits in.
    wide = np.uint16 if original.dtype == np.uint8 else np.uint32
    weight = inside[:, :, None] if has_channels(original) else inside
    mixed = np.multiply(changed, weight, dtype=wide)
    mixed += np.multiply(original, ~weight, dtype=wide)
    mixed += 127
    mixed //= 255
    return np.asarray(mixed, dtype=original.dtype)
