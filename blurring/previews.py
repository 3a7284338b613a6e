"""A small picture for whoever decides about doubtful boxes: everything that may be a face is hidden in it.

Answers: what can be shown first, so that nobody sees a face without asking for it? It is upright, small, and holds
nothing beside its pixels. Refuses to be a release: it is never handed out.
"""

import io
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

import cv2
import numpy as np
from PIL import Image

from blurring import masks
from blurring.boxes import Box
from blurring.pictures import Picture, oriented, stored_rgb
from blurring.recipe import Obscuring

SIDE_PX_MAX: Final = 640
JPEG_QUALITY: Final = 80


def preview(picture: Picture, boxes: Sequence[Box], obscuring: Obscuring) -> bytes:
    """A JPEG of at most `SIDE_PX_MAX` on its longer side, in which every box is obscured.

    Args:
        picture: the original or the output.
        boxes: in stored pixels, not yet grown.
        obscuring: as the recipe says.
    """
    factor = min(1.0, SIDE_PX_MAX / max(picture.width, picture.height))
    size = max(1, round(picture.width * factor)), max(1, round(picture.height * factor))
    small = np.asarray(cv2.resize(stored_rgb(picture), size, interpolation=cv2.INTER_AREA), dtype=np.uint8)
    hidden = masks.obscured(
        small, [_scaled(box, size[0] / picture.width, size[1] / picture.height) for box in boxes], obscuring
    )
    upright = np.ascontiguousarray(oriented(np.asarray(hidden, dtype=np.uint8), picture.orientation))
    buffer = io.BytesIO()
    Image.fromarray(upright).save(buffer, "JPEG", quality=JPEG_QUALITY)
    return buffer.getvalue()


def _scaled(box: Box, across: float, down: float) -> Box:
    """The box in the small picture, rounded outwards."""
    return replace(
        box,
        left=int(box.left * across),
        top=int(box.top * down),
        right=-int(-box.right * across // 1),
        bottom=-int(-box.bottom * down // 1),
    )
