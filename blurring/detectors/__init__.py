"""Where are the faces? Several answers behind one protocol, one file each.

Answers: which detector does this recipe ask for, is it here with the weights that the recipe
names, on the device that was named? Refuses to fall back: not to other weights, not to another
device, not to another detector.
"""

from collections.abc import Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from blurring.boxes import Box
from blurring.detectors import supplied
from blurring.detectors.centerface import CenterFaceDetector
from blurring.detectors.dlib_cnn import DlibCnnDetector
from blurring.detectors.dlib_hog import DlibHogDetector
from blurring.detectors.scrfd import ScrfdDetector
from blurring.detectors.yunet import YunetDetector
from blurring.recipe import CenterFace, DlibCnn, DlibHog, Recipe, Scrfd, Yunet


class Detector(Protocol):
    """Something that finds faces."""

    @property
    def name(self) -> str:
        """As recipes call it."""
        ...

    @property
    def weights_digest(self) -> str:
        """`sha256:<hex>` of what it learned."""
        ...

    @property
    def device(self) -> str:
        """Where it computes: `cpu`, `cuda:0`."""
        ...

    @property
    def batch(self) -> int:
        """How many pictures of about one shape are best shown at once; 1 where nothing is gained by more."""
        ...

    def detect(self, image: NDArray[np.uint8]) -> list[Box]:
        """The faces in an upright picture, best first.

        Args:
            image: `(H, W, 3)` uint8, RGB, upright, not modified.

        Returns:
            Boxes in upright pixels, clipped to the picture, none of them empty.
        """
        ...

    def detect_batch(self, images: Sequence[NDArray[np.uint8]]) -> list[list[Box]]:
        """The faces in each of several pictures: what `detect` finds in each.

        Raises:
            DeviceError: the device has no room even for one of them.
        """
        ...


def open(recipe: Recipe, device: str = "cpu") -> Detector:  # noqa: A001  # read as detectors.open
    """The detector that the recipe asks for, its models loaded.

    Raises:
        DetectorError: it is not installed, or its weights are not the recipe's.
        DeviceError: the device is not there, or this detector cannot use it.
    """
    match recipe.detector:
        case DlibHog() as choice:
            return DlibHogDetector(choice, device)
        case DlibCnn() as choice:
            return DlibCnnDetector(choice, device)
        case CenterFace() as choice:
            return CenterFaceDetector(choice, device)
        case Yunet() as choice:
            return YunetDetector(choice, supplied.file_of(choice.weights, recipe.files), device)
        case Scrfd() as choice:
            return ScrfdDetector(choice, supplied.file_of(choice.weights, recipe.files), device)
