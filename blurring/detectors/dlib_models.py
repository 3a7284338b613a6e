"""The one door to dlib, and to `face_recognition`, which carries its models.

Answers: are the models here, and what are their digests? Importing the package has effects on the
whole process (it loads 120 MB, warns, changes a flag of Pillow's, and ends the process when its
models are missing), so it happens here, inside a function, and its effects are undone. The HOG
detector is compiled into dlib and needs none of that.
"""

import hashlib
import tempfile
import warnings
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from PIL import ImageFile

from blurring.boxes import Box
from blurring.detectors.views import View
from blurring.errors import DetectorError, DeviceError


@cache
def models() -> ModuleType:
    """`face_recognition.api`, loaded once.

    Raises:
        DetectorError: the package or its models are not installed.
    """
    tolerance = ImageFile.LOAD_TRUNCATED_IMAGES
    try:
        with warnings.catch_warnings():
            # face_recognition_models looks its files up through pkg_resources, which says it is old.
            warnings.simplefilter("ignore")
            from face_recognition import api  # noqa: PLC0415  # see the module's docstring
    except (ImportError, SystemExit) as error:
        raise DetectorError("face_recognition and its models are not installed") from error
    finally:
        ImageFile.LOAD_TRUNCATED_IMAGES = tolerance
    return api  # type: ignore[no-any-return]  # an untyped package


class Rectangle(Protocol):
    """What is used of dlib's own rectangle; right and bottom are inside it."""

    def left(self) -> int:
        """First column."""
        ...

    def top(self) -> int:
        """First row."""
        ...

    def right(self) -> int:
        """Last column."""
        ...

    def bottom(self) -> int:
        """Last row."""
        ...


class Hog(Protocol):
    """What is used of dlib's own detector."""

    def run(
        self, image: NDArray[np.uint8], upsample_num_times: int, adjust_threshold: float
    ) -> tuple[Sequence[Rectangle], Sequence[float], Sequence[int]]:
        """Rectangles, best first, the score of each, and which of its parts found it."""
        ...

    def save(self, file_name: str) -> None:
        """The detector is in the file."""
        ...


@cache
def hog() -> Hog:
    """The detector that `face_recognition` calls `face_detector`, opened once.

    Raises:
        DetectorError: dlib is not installed.
    """
    try:
        import dlib  # noqa: PLC0415  # it takes half a second
    except ImportError as error:
        raise DetectorError("dlib is not installed") from error
    detector: Hog = dlib.get_frontal_face_detector()
    return detector


@cache
def hog_digest() -> str:
    """Digest of the HOG detector as dlib writes it to a file."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "detector.svm"
        hog().save(str(path))
        return "sha256:" + hashlib.sha256(path.read_bytes()).hexdigest()


@cache
def cnn_digest() -> str:
    """Digest of the CNN detector's weights file."""
    path = Path(models().cnn_face_detection_model)
    return "sha256:" + hashlib.sha256(path.read_bytes()).hexdigest()


def has_cuda() -> bool:
    """Whether the installed dlib was built with CUDA and sees a device."""
    dlib = models().dlib
    return bool(dlib.DLIB_USE_CUDA) and dlib.cuda.get_num_devices() > 0


def require_weights(expected: str, found: str) -> None:
    """Refuse weights that are not the recipe's.

    Raises:
        DetectorError: they are not.
    """
    if expected != found:
        raise DetectorError(f"the recipe asks for weights {expected}, installed are {found}")


def require_device(name: str, device: str, *, can_cuda: bool) -> None:
    """Refuse a device that is not there or that the detector cannot use.

    Raises:
        DeviceError: with what could be used instead; nothing falls back by itself.
    """
    if device == "cpu" or (device == "cuda:0" and can_cuda):
        return
    others = "cpu or cuda:0" if can_cuda else "cpu"
    raise DeviceError(f"{name} cannot run on {device} here; it can on {others}")


def box(view: View, rectangle: Rectangle, score: float) -> Box:
    """A dlib rectangle of the view as half-open pixels of the picture."""
    corners = rectangle.left(), rectangle.top(), rectangle.right() + 1, rectangle.bottom() + 1
    return view.box(corners, score)
