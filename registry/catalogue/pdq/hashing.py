"""What is the PDQ hash of a picture? The same bits as Meta's library, in a few lines of OpenCV and numpy.

After the description of 2017-10-09 (github.com/facebook/ThreatExchange, pdq): luminance; two passes of a box filter of
1/128 of each side; 64 x 64 samples; 16 x 16 coefficients of a cosine transform; each bit tells whether one is above
their median. Filters and sampling are linear and separable, so each sample is a weighted mean of a few rows, and of a
few columns of these; the weights are made once for each length. Meta's library filters every pixel four times instead.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

SIDE, COEFFICIENTS = 64, 16
MIN_SIDE_PX = 5
STRIP_ROWS = 16
# A picture that takes a gigabyte to decode is not worth a hash.
MAX_PIXELS = 100_000_000
# Meta's advice: a hash of less is that of noise.
MIN_QUALITY = 50

_DCT = np.array(
    [
        [np.sqrt(2 / SIDE) * np.cos(np.pi / (2 * SIDE) * (i + 1) * (2 * j + 1)) for j in range(SIDE)]
        for i in range(COEFFICIENTS)
    ],
    np.float32,
)
# What somebody may have done to a picture who posted it again.
_TURNS: dict[str, Callable[[NDArray[np.uint8]], NDArray[np.uint8]]] = {
    "as it is": lambda bgr: bgr,
    "turned by 90°": lambda bgr: np.rot90(bgr, 1),
    "turned by 180°": lambda bgr: np.rot90(bgr, 2),
    "turned by 270°": lambda bgr: np.rot90(bgr, 3),
    "mirrored": np.fliplr,
    "mirrored, turned by 90°": lambda bgr: np.rot90(np.fliplr(bgr), 1),
    "mirrored, turned by 180°": np.flipud,
    "mirrored, turned by 270°": lambda bgr: np.rot90(np.fliplr(bgr), 3),
}
# The quality is the sum of gradients, each in whole hundredths of the full range, by ninety.
_QUALITY_STEP, _QUALITY_SCALE, _QUALITY_MOST = 100 / 255, 90, 100


@dataclass(frozen=True, slots=True)
class Pdq:
    """A hash as 64 hexadecimal digits, and how much there is to see in the picture, from 0 to 100."""

    digits: str
    quality: int


def of_file(data: bytes) -> str | None:
    """The hash of an encoded picture, without its EXIF orientation; null where it is none, too large, or too plain.

    Args:
        data: the file's bytes, of a format that OpenCV decodes.
    """
    bgr = _decoded(data)
    return None if bgr is None else _seen(bgr)


def of_every_turn(data: bytes) -> dict[str, str]:
    """The hash of an encoded picture in each of its eight turns, by what was done to it; none where `of_file` has none.

    Args:
        data: as `of_file`.
    """
    bgr = _decoded(data)
    if bgr is None:
        return {}
    turned = {name: _seen(np.ascontiguousarray(turn(bgr))) for name, turn in _TURNS.items()}
    return {name: digits for name, digits in turned.items() if digits is not None}


def _decoded(data: bytes) -> NDArray[np.uint8] | None:
    flags = cv2.IMREAD_COLOR | cv2.IMREAD_IGNORE_ORIENTATION
    try:
        bgr = cv2.imdecode(np.frombuffer(data, np.uint8), flags) if data else None
    except cv2.error:
        bgr = None
    return None if bgr is None or bgr.shape[0] * bgr.shape[1] > MAX_PIXELS else np.asarray(bgr, np.uint8)


def _seen(bgr: NDArray[np.uint8]) -> str | None:
    """The hash of a picture in which there is enough to see."""
    found = of_pixels(bgr)
    return found.digits if found is not None and found.quality >= MIN_QUALITY else None


def of_pixels(bgr: NDArray[np.uint8]) -> Pdq | None:
    """The hash of a picture; null where a side has less than `MIN_SIDE_PX`.

    Args:
        bgr: (H, W, 3), BGR as OpenCV has it, not modified.
    """
    height, width = bgr.shape[:2]
    if min(height, width) < MIN_SIDE_PX:
        return None
    luma = _luminance(bgr)
    samples = luma if (height, width) == (SIDE, SIDE) else _sampled(_sampled(luma).T).T
    values = (_DCT @ samples @ _DCT.T).ravel()
    median = np.partition(values, values.size // 2 - 1)[values.size // 2 - 1]
    bits = np.packbits((values > median)[::-1])
    return Pdq(bits.tobytes().hex(), _quality(samples))


def _luminance(bgr: NDArray[np.uint8]) -> NDArray[np.float32]:
    """(H, W), a few rows at a time: floats of a whole picture would fit no cache, and take twice as long."""
    height, width = bgr.shape[:2]
    luma, floats = np.empty((height, width), np.float32), np.empty((STRIP_ROWS, width, 3), np.float32)
    for top in range(0, height, STRIP_ROWS):
        strip = bgr[top : top + STRIP_ROWS]
        some = floats[: len(strip)]
        np.copyto(some, strip)
        cv2.cvtColor(some, cv2.COLOR_BGR2GRAY, dst=luma[top : top + STRIP_ROWS])
    return luma


def _sampled(values: NDArray[np.float32]) -> NDArray[np.float32]:
    """(64, W): the rows of (H, W), filtered twice and sampled."""
    found = np.empty((SIDE, values.shape[1]), np.float32)
    for sample, (first, weights) in enumerate(_sampling(len(values))):
        # Products too small for the library of matrices to start threads, which would cost more than they do.
        np.dot(weights, values[first : first + len(weights)], out=found[sample])
    return found


@lru_cache(maxsize=1024)
def _sampling(length: int) -> list[tuple[int, NDArray[np.float32]]]:
    """For each of 64 samples of a side, the first place that it is made of, and the weights from there on."""
    window = (length + 2 * SIDE - 1) // (2 * SIDE)
    half = (window + 2) // 2
    places = np.arange(length)
    first, behind = np.maximum(0, places + half - window), np.minimum(length, places + half)
    found = []
    # Only where a window reaches over the edge does a sample have weights of its own.
    known: dict[bytes, NDArray[np.float32]] = {}
    for at in ((np.arange(SIDE) + 0.5) * length / SIDE).astype(int):
        inner = slice(first[at], behind[at])
        start = first[inner][0]
        windows = np.stack([first[inner] - start, behind[inner] - start])
        if (key := windows.tobytes()) not in known:
            known[key] = _weights(windows)
        found.append((int(start), known[key]))
    return found


def _weights(windows: NDArray[np.int_]) -> NDArray[np.float32]:
    """One pass makes a place the mean of its window; two make it the mean of the means of the window's places."""
    weights = np.zeros(windows[1, -1])
    for low, high in windows.T.tolist():
        weights[low:high] += 1 / ((high - low) * windows.shape[1])
    return weights.astype(np.float32)


def _quality(samples: NDArray[np.float32]) -> int:
    gradients = [np.abs(np.trunc(np.diff(samples, axis=axis) * _QUALITY_STEP)).sum() for axis in (0, 1)]
    return min(_QUALITY_MOST, int(sum(gradients)) // _QUALITY_SCALE)
