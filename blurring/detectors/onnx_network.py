"""Networks on a GPU, through ONNX Runtime's CUDA provider, in batches. An optional extra: `accession[gpu]`.

Answers: what does the model say, on exactly the device that was named? ONNX Runtime by itself falls back to the
processor when CUDA cannot be loaded; here that is a refusal. When the device has no room for a batch, the batch is
halved, for good; when it has no room for one picture, that is an error.

Pictures travel as bytes, a quarter of the size of what they become, and are turned into numbers on the device. The
same class runs on the processor, so that both runtimes can be compared where there is no GPU.
"""

import re
from typing import Final, Protocol, Self

import numpy as np
from numpy.typing import NDArray

from blurring.detectors.network import Answers, Canvases, Model
from blurring.errors import DetectorError, DeviceError
from blurring.recipe import Precision

BATCH: Final = 32
CUDA: Final = "CUDAExecutionProvider"
PROCESSOR: Final = "CPUExecutionProvider"
# What CUDA, cuDNN, cuBLAS and ONNX Runtime's own allocator say when memory is used up.
NO_ROOM: Final = re.compile(r"out of memory|failed to allocate memory|ALLOC_FAILED", re.IGNORECASE)
EXTRA: Final = "the extra accession[gpu], which brings ONNX Runtime, is not installed"


class Session(Protocol):
    """What is used of ONNX Runtime's inference session."""

    def run(self, output_names: None, input_feed: dict[str, NDArray[np.uint8]]) -> list[NDArray[np.float32]]:
        """Every output, for these pictures."""
        ...


class OnnxNetwork:
    """A model behind an ONNX Runtime session; see `network.Network`.

    Args:
        session: takes `pictures`, `(n, H, W, 3)` uint8.
        device: as it was named.
        batch: how many pictures are tried at once.
    """

    def __init__(self, session: Session, device: str, batch: int = BATCH) -> None:
        self._session = session
        self._device = device
        self.batch = batch

    @classmethod
    def on_gpu(cls, model: Model, device: str, precision: Precision) -> Self:
        """The model on `cuda:N`.

        Raises:
            DetectorError: the file holds no such network, or the extra is not installed.
            DeviceError: there is no such GPU, or the precision is not served there.
        """
        number = device.removeprefix("cuda:")
        if not re.fullmatch(r"\d{1,3}", number):
            raise DeviceError(f"there is no device {device!r}; GPUs are named cuda:0, cuda:1, ...")
        if precision is not Precision.F32:
            raise DeviceError(f"on {device} networks compute in f32; choose a recipe in f32")
        # Exact float32 and no search for the quickest kernel: the same picture gives the same answer.
        options = {"device_id": number, "use_tf32": "0", "cudnn_conv_algo_search": "HEURISTIC"}
        return cls(_session(model, device, (CUDA, options)), device)

    @classmethod
    def on_processor(cls, model: Model) -> Self:
        """The model on the processor, in one thread, in f32: to compare the runtimes, not to work with.

        Raises:
            DetectorError: as `on_gpu`.
        """
        return cls(_session(model, "cpu", (PROCESSOR, {})), "cpu")

    def infer(self, canvases: Canvases) -> Answers:
        """See `network.Network.infer`; the batch is smaller afterwards if the device had no room for it."""
        parts: list[Answers] = []
        start = 0
        while start < len(canvases):
            part = canvases[start : start + self.batch]
            answers = self._asked(part)
            if answers is None:
                self.batch = max(1, len(part) // 2)
            else:
                parts.append(answers)
                start += len(part)
        return [np.concatenate(output) for output in zip(*parts, strict=True)]

    def _asked(self, part: Canvases) -> Answers | None:
        """The answers; None where the device had no room, but fewer pictures could be tried."""
        try:
            return self._session.run(None, {"pictures": part})
        except _failures() as error:
            if not NO_ROOM.search(str(error)):
                raise DeviceError(f"{self._device} failed: {str(error).splitlines()[0]}") from error
            if len(part) == 1:
                _, height, width, _ = part.shape
                raise DeviceError(f"{self._device} has no room for one view of {width} by {height} pixels") from error
            return None


def _failures() -> tuple[type[Exception], ...]:
    """What a session raises when the device fails."""
    from onnxruntime.capi import onnxruntime_pybind11_state as state  # noqa: PLC0415 - an optional extra

    of_the_runtime = state.Fail, state.EPFail, state.RuntimeException, state.NotImplemented
    of_the_graph = state.InvalidGraph, state.InvalidProtobuf, state.InvalidArgument
    return *of_the_runtime, *of_the_graph, RuntimeError


def _session(model: Model, device: str, provider: tuple[str, dict[str, str]]) -> Session:
    try:
        import onnxruntime  # noqa: PLC0415 - an optional extra

        from blurring.detectors import onnx_graph  # noqa: PLC0415 - likewise
    except ImportError as error:
        raise DetectorError(EXTRA) from error
    if provider[0] not in onnxruntime.get_available_providers():
        raise DeviceError(f"{device} cannot be used: the ONNX Runtime that is installed knows no CUDA")
    onnxruntime.set_default_logger_severity(4)  # what matters is raised
    document = onnx_graph.for_pictures(model)
    settings = onnxruntime.SessionOptions()
    settings.intra_op_num_threads = 1
    settings.log_severity_level = 4
    try:
        session = onnxruntime.InferenceSession(document, settings, providers=[provider])
    except _failures() as error:
        raise DeviceError(f"{device} cannot be used: {str(error).splitlines()[0]}") from error
    if session.get_providers()[0] != provider[0]:
        raise DeviceError(f"{device} is not there, or CUDA's libraries are not")
    opened: Session = session
    return opened
