"""The one door to `face_recognition`, which carries dlib's models.

Answers: are the models here, and what are their digests? Importing the package has effects on the
whole process (it loads 120 MB, warns, changes a flag of Pillow's, and ends the process when its
models are missing), so it happens here, inside a function, and its effects are undone.
"""

import hashlib
import tempfile
import warnings
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Protocol

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


@cache
def hog_digest() -> str:
    """Digest of the HOG detector, which is compiled into dlib, as dlib writes it to a file."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "detector.svm"
        models().face_detector.save(str(path))
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


def box(view: View, rectangle: Rectangle, score: float) -> Box:
    """A dlib rectangle of the view as half-open pixels of the picture."""
    corners = rectangle.left(), rectangle.top(), rectangle.right() + 1, rectangle.bottom() + 1
    return view.box(corners, score)
