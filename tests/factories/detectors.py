"""Detectors that know the answer, for tests of what is around them."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from blurring.boxes import Box


@dataclass
class PointedDetector:
    """Finds what it was told, in every picture; remembers what it was shown.

    Attributes:
        boxes: what it finds, in upright pixels.
        batch: how many pictures it likes.
        shown: the pictures of each call.
    """

    boxes: Sequence[Box] = ()
    batch: int = 1
    name: str = "pointed"
    device: str = "cpu"
    weights_digest: str = "sha256:" + "0" * 64
    shown: list[Sequence[NDArray[np.uint8]]] = field(default_factory=list)

    def detect(self, image: NDArray[np.uint8]) -> list[Box]:
        return self.detect_batch([image])[0]

    def detect_batch(self, images: Sequence[NDArray[np.uint8]]) -> list[list[Box]]:
        self.shown.append(images)
        return [list(self.boxes) for _ in images]


@dataclass
class FaultyDetector(PointedDetector):
    """A detector with a mistake that pictures of some widths meet.

    Attributes:
        widths: of the pictures, px.
    """

    widths: frozenset[int] = frozenset()

    def detect_batch(self, images: Sequence[NDArray[np.uint8]]) -> list[list[Box]]:
        if any(image.shape[1] in self.widths for image in images):
            raise RuntimeError(images)
        return super().detect_batch(images)
