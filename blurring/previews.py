"""A small picture for people who have not asked to see a large one: too coarse to recognise somebody in.

Answers: what can be shown first, so that nobody sees a face without asking for it? What may be a face is obscured, and
then all of the picture is made so small that a face which nobody found is a few pixels. It is upright, and holds
nothing beside its pixels. Refuses to be a release: it is never handed out.

How small was measured with `blurring.attacks` on 37 judged faces of 32 px and more, none of them obscured, in whole
photographs (as they are / by any attack; chance recognises 1): of 160 px 31 / 33, 64 px 6 / 10, 48 px 2 / 5, 16 px
1 / 3. So what a detector has looked at, and of which only the faces that it missed are bare, has 48 px; what nobody has
looked at has 16.
"""

import io
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from blurring import masks
from blurring.boxes import Box
from blurring.pictures import Picture, oriented, stored_rgb
from blurring.recipe import Obscuring

SEEN_SIDE_PX: Final = 48
UNSEEN_SIDE_PX: Final = 16
# Where boxes are obscured: small enough to be quick, large enough that the edge of a box stays where it is.
WORKING_SIDE_PX: Final = 192
WEBP_QUALITY: Final = 80

_Pixels = NDArray[np.uint8]


def preview(picture: Picture, boxes: Sequence[Box], obscuring: Obscuring, *, is_seen: bool) -> bytes:
    """A WebP of at most `SEEN_SIDE_PX` on its longer side, in which every box is obscured.

    Args:
        picture: the original or the output.
        boxes: in stored pixels, not yet grown.
        obscuring: as the recipe says.
        is_seen: whether a detector has looked for faces; else it has at most `UNSEEN_SIDE_PX`.
    """
    pixels = stored_rgb(picture)
    if boxes:
        pixels = _shrunk(pixels, WORKING_SIDE_PX)
        across, down = pixels.shape[1] / picture.width, pixels.shape[0] / picture.height
        hidden = masks.obscured(pixels, [_scaled(box, across, down) for box in boxes], obscuring)
        pixels = np.asarray(hidden, dtype=np.uint8)
    small = _shrunk(pixels, SEEN_SIDE_PX if is_seen else UNSEEN_SIDE_PX)
    buffer = io.BytesIO()
    upright = Image.fromarray(np.ascontiguousarray(oriented(small, picture.orientation)))
    upright.save(buffer, "WEBP", quality=WEBP_QUALITY)
    return buffer.getvalue()


def _shrunk(pixels: _Pixels, side_px_max: int) -> _Pixels:
    """The pixels with at most so many on the longer side."""
    height, width = pixels.shape[:2]
    factor = min(1.0, side_px_max / max(width, height))
    size = max(1, round(width * factor)), max(1, round(height * factor))
    return np.asarray(cv2.resize(pixels, size, interpolation=cv2.INTER_AREA), dtype=np.uint8)


def _scaled(box: Box, across: float, down: float) -> Box:
    """The box in the small picture, rounded outwards."""
    return replace(
        box,
        left=int(box.left * across),
        top=int(box.top * down),
        right=-int(-box.right * across // 1),
        bottom=-int(-box.bottom * down // 1),
    )
