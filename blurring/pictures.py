"""A picture as pixels, with what is needed to write it back in kind.

Answers: which pixels are stored, how are they turned for a person to see them, and what does a
detector get to see? Refuses to know files.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image

# `(H, W)` for one channel, `(H, W, C)` for several.
Pixels = NDArray[np.uint8 | np.uint16]
GREYS_16: Final = frozenset({"I;16", "I;16B", "I;16L"})


@dataclass(frozen=True, slots=True)
class Coding:
    """How a source JPEG was coded, to write it again in kind.

    Attributes:
        tables: quantisation tables by number, 64 values each in natural order.
        subsampling: Pillow's number: 0 is 4:4:4, 1 is 4:2:2, 2 is 4:2:0; -1 is none of these.
        is_progressive: several scans.
        is_luma: three components, of which the first is luma and the others chroma.
    """

    tables: dict[int, list[int]]
    subsampling: int
    is_progressive: bool
    is_luma: bool


@dataclass(frozen=True, slots=True)
class Picture:
    """A decoded file.

    Attributes:
        format: jpeg, png, gif, bmp, tiff or webp, by its bytes.
        mode: L, LA, RGB, RGBA or CMYK.
        pixels: `(H, W)` or `(H, W, C)`, uint8 or uint16, as stored (orientation not applied).
        orientation: EXIF orientation, 1..8.
        icc: colour profile, if there is one.
        coding: how a JPEG was coded; None for other formats.
        is_lossless: whether writing keeps pixel values.
    """

    format: str
    mode: str
    pixels: Pixels
    orientation: int = 1
    icc: bytes | None = None
    coding: Coding | None = None
    is_lossless: bool = True

    @property
    def width(self) -> int:
        """Columns as stored, px."""
        return int(self.pixels.shape[1])

    @property
    def height(self) -> int:
        """Rows as stored, px."""
        return int(self.pixels.shape[0])


def has_channels(pixels: Pixels) -> bool:
    """Whether there is a third axis; one channel alone has none."""
    return pixels.ndim > 2  # noqa: PLR2004  # rows and columns


def upright_rgb(picture: Picture) -> NDArray[np.uint8]:
    """The picture as a person sees it, `(h, w, 3)` uint8 RGB, for a detector to look at.

    Transparent parts are shown with the colours stored under them: a face may be there.
    """
    turned = oriented(stored_rgb(picture), picture.orientation)
    return np.ascontiguousarray(turned)


def oriented(pixels: NDArray[np.uint8], orientation: int) -> NDArray[np.uint8]:
    """Stored pixels turned upright (EXIF 2.32 §4.6.4); a view where possible."""
    if orientation in (5, 6, 7, 8):
        pixels = pixels.swapaxes(0, 1)
    if orientation in (2, 3, 6, 7):
        pixels = pixels[:, ::-1]
    if orientation in (3, 4, 7, 8):
        pixels = pixels[::-1]
    return pixels


def stored_rgb(picture: Picture) -> NDArray[np.uint8]:
    """`(H, W, 3)` uint8 RGB as stored (orientation not applied), whatever the picture is coded as; may be a view."""
    stored = picture.pixels
    deep = stored.dtype == np.uint16
    pixels = (stored >> 8 if deep else stored).astype(np.uint8, copy=False)
    if not has_channels(pixels):
        return np.repeat(pixels[:, :, None], 3, axis=2)
    match picture.mode:
        case "LA":
            return np.repeat(pixels[:, :, :1], 3, axis=2)
        case "CMYK":
            return np.asarray(Image.fromarray(pixels, "CMYK").convert("RGB"))
        case _:
            return pixels[:, :, :3]
