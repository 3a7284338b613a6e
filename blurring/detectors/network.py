"""A network with its weights, ready to be asked: on the processor through OpenVINO, on a GPU through ONNX Runtime.

Answers: what does this ONNX file say about these pictures, on the device that was named? Which runtime serves which
device was chosen by measuring (docs/adr/0016-inference.md). Refuses to fall back: a
device that is not there, or a precision that it has not, is an error.

Whatever the runtime, a network takes `(n, H, W, 3)` uint8 RGB and gives one float32 array per output that was asked
for, each `(n, ...)`. What was trained on other numbers than 0..255 is shifted and scaled inside the graph.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Final, Protocol

import numpy as np
from numpy.typing import NDArray

from blurring.errors import DeviceError
from blurring.recipe import Precision

CPU: Final = "cpu"
CUDA: Final = "cuda:"

Canvases = NDArray[np.uint8]
Answers = list[NDArray[np.float32]]


@dataclass(frozen=True, slots=True)
class Model:
    """A file of weights and how it wants to be asked.

    Attributes:
        file: ONNX.
        outputs: numbers of the outputs that are wanted, in this order; the others are not computed.
        shift: taken from every value of a picture.
        scale: what is left is divided by this.
    """

    file: Path
    outputs: tuple[int, ...]
    shift: float = 0.0
    scale: float = 1.0


class Network(Protocol):
    """A model on a device."""

    @property
    def batch(self) -> int:
        """How many pictures of one shape are best asked about at once."""
        ...

    def infer(self, canvases: Canvases) -> Answers:
        """The outputs for these pictures.

        Raises:
            DeviceError: the device has no room even for one of them.
        """
        ...


def opened(model: Model, device: str, precision: Precision) -> Network:
    """The model on the device.

    Raises:
        DetectorError: the file holds no such network, or the runtime is not installed.
        DeviceError: the device or the precision is not there.
    """
    if device == CPU:
        from blurring.detectors.openvino_network import OpenVinoNetwork  # noqa: PLC0415 - a fifth of a second

        return OpenVinoNetwork(model, precision)
    if device.startswith(CUDA):
        from blurring.detectors.onnx_network import OnnxNetwork  # noqa: PLC0415 - brings a runtime that few need

        return OnnxNetwork.on_gpu(model, device, precision)
    raise DeviceError(f"there is no device {device!r}; there are cpu, and GPUs named cuda:0, cuda:1, ...")
