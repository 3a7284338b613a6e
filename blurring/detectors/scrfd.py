"""Faces by SCRFD (Guo et al. 2021), from a file that the user has.

The network has no names to go by: which output holds what is told by its shape, on an empty picture. For each of three
strides there are scores and distances to the four edges, in cells, and perhaps landmarks, which are not needed.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Self

import numpy as np
from numpy.typing import NDArray

from blurring.boxes import Box
from blurring.detectors import fusion, network, views
from blurring.detectors.fusion import Rows
from blurring.detectors.network import Model, Network
from blurring.errors import DetectorError
from blurring.recipe import Precision, Scrfd

STRIDES: Final = (8, 16, 32)
SHIFT: Final = 127.5
SCALE: Final = 128.0
OUTPUTS: Final = (6, 9)  # with landmarks or without
EMPTY_PX: Final = 128


@dataclass(frozen=True, slots=True)
class ScrfdNetwork:
    """The network in a file, and what its outputs are.

    Attributes:
        network: on its device.
        scores: number of the output of each stride.
        distances: likewise.
        anchors: boxes per cell.
    """

    network: Network
    scores: tuple[int, ...]
    distances: tuple[int, ...]
    anchors: int

    @classmethod
    def opened(cls, file: Path, device: str, precision: Precision) -> Self:
        """The network on the device.

        Raises:
            DetectorError: it is no SCRFD.
            DeviceError: the device or the precision is not there.
        """
        refusal = DetectorError(f"{file.name} is no SCRFD network")
        for count in reversed(OUTPUTS):
            try:
                asked = network.opened(Model(file, tuple(range(count)), SHIFT, SCALE), device, precision)
                answers = asked.infer(np.zeros((1, EMPTY_PX, EMPTY_PX, 3), dtype=np.uint8))
            except DetectorError:
                continue
            shapes = [_flat(answer).shape for answer in answers]
            anchors = shapes[0][0] // (EMPTY_PX // STRIDES[0]) ** 2
            cells = [anchors * (EMPTY_PX // stride) ** 2 for stride in STRIDES]
            if shapes[:6] != [*((n, 1) for n in cells), *((n, 4) for n in cells)]:
                raise refusal
            return cls(asked, (0, 1, 2), (3, 4, 5), anchors)
        raise refusal

    def faces(self, canvas: NDArray[np.uint8], score_min: float) -> Rows:
        """One row per candidate on a canvas: edges and score, not yet suppressed."""
        answers = [_flat(answer) for answer in self.network.infer(canvas[None])]
        found = []
        for stride, score, distance in zip(STRIDES, self.scores, self.distances, strict=True):
            rows, columns = canvas.shape[0] // stride, canvas.shape[1] // stride
            ys, xs = np.divmod(np.arange(rows * columns).repeat(self.anchors), columns)
            best = np.flatnonzero(answers[score][:, 0] >= score_min)
            middle = np.stack([xs, ys], axis=1)[best]
            edges = answers[distance][best]
            corners = np.concatenate([middle - edges[:, :2], middle + edges[:, 2:]], axis=1) * stride
            found.append(np.concatenate([corners, answers[score][best]], axis=1, dtype=np.float64))
        return np.concatenate(found)


class ScrfdDetector:
    """SCRFD on a device.

    Raises:
        DetectorError: the file holds no SCRFD.
        DeviceError: the device or the precision is not there.
    """

    batch = 1
    name = "scrfd"

    def __init__(self, choice: Scrfd, file: Path, device: str = "cpu") -> None:
        self.weights_digest = choice.weights
        self.device = device
        self._choice = choice
        self._network = ScrfdNetwork.opened(file, device, choice.precision)

    def detect(self, image: NDArray[np.uint8]) -> list[Box]:
        """See `Detector.detect`; scores are the network's."""
        view = views.within(image, self._choice.picture_px_max)
        found = self._network.faces(views.canvas(view.image), self._choice.review)
        height, width = view.image.shape[:2]
        found[:, :4] = np.clip(found[:, :4], 0, [width, height, width, height])
        rows = fusion.suppressed(found, self._choice.overlap_max)
        return views.best_first([view.box((r[0], r[1], r[2], r[3]), float(r[4])) for r in rows])

    def detect_batch(self, images: Sequence[NDArray[np.uint8]]) -> list[list[Box]]:
        """See `Detector.detect_batch`; the network numbers its answers for one picture only."""
        return [self.detect(image) for image in images]


def _flat(answer: NDArray[np.float32]) -> NDArray[np.float32]:
    """Rows of values, whether or not there is an axis for the batch in front of them."""
    return answer.reshape(-1, answer.shape[-1])
