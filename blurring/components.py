"""A JPEG's pixels in the components in which it stores them, so that what is not changed is written back as it was.

Answers: what are the luma and chroma of this file, without the way through RGB that would round them, and without
the interpolation that would smear chroma stored at half size? Refuses nothing: a JPEG that is coded otherwise stays
as it was decoded.

Chroma at half size: at half its scale the decoder hands out chroma as stored (each 8 by 8 block of it is one block
of the small picture). Repeated twice each way, it is averaged by the encoder to exactly what it was.
"""

import io
from dataclasses import replace
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import JpegImagePlugin

from blurring.pictures import Picture

HALVED: Final = 2  # Pillow's number for 4:2:0


def as_coded(picture: Picture, source: bytes) -> Picture:
    """The picture with its pixels in YCbCr, where the source is a JPEG that is coded so.

    Args:
        picture: as decoded from `source`.
        source: the whole file.
    """
    coding = picture.coding
    if coding is None or not coding.is_luma:
        return picture
    if coding.subsampling == HALVED:
        small = _drafted(source, "YCbCr", 2)
        size = 2 * small.shape[1], 2 * small.shape[0]
        doubled = np.asarray(cv2.resize(small, size, interpolation=cv2.INTER_NEAREST), dtype=np.uint8)
        pixels = doubled[: picture.height, : picture.width]
        pixels[:, :, 0] = _drafted(source, "L", 1)
    else:
        pixels = _drafted(source, "YCbCr", 1)
    return replace(picture, mode="YCbCr", pixels=pixels)


def _drafted(source: bytes, mode: str, divisor: int) -> NDArray[np.uint8]:
    with JpegImagePlugin.JpegImageFile(io.BytesIO(source)) as image:
        image.draft(mode, (max(1, image.width // divisor), max(1, image.height // divisor)))
        return np.asarray(image)
