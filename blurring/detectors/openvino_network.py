"""Networks on the processor, through OpenVINO, in one thread: there is a process per core.

One picture at a time: a batch of eight takes half as long again for each of them, because its intermediate results no
longer fit the cache. A change of shape costs a third of an inference, so callers ask for one shape in a row.

A network for any shape gives every intermediate result memory of its own; one that is made for a single shape uses the
same memory again and again, and takes a fifth less time. Making it takes as long as a few dozen looks save, so a shape
gets its own once it has come often. The answers are the same, bit for bit, so it does not matter when that was.
"""

import math
from collections import Counter
from collections.abc import Collection
from typing import Final

import numpy as np
import openvino
from openvino.preprocess import PrePostProcessor

from blurring.detectors.network import Answers, Canvases, Model
from blurring.errors import DetectorError, DeviceError
from blurring.recipe import Precision

OWN_AFTER_PX: Final = 8_000_000  # of one shape: as many as save about what making a network costs
OWN_MOST: Final = 4  # a few shapes are most of the pictures, and each network takes memory
LARGE_PX: Final = 1_000_000  # what was needed for so many is given back as soon as it is not

Shape = tuple[int, int]


class OpenVinoNetwork:
    """A model on the processor; see `network.Network`.

    Raises:
        DetectorError: the file holds no such network.
        DeviceError: the processor does not have the precision.
    """

    batch = 1

    def __init__(self, model: Model, precision: Precision) -> None:
        self._core = openvino.Core()
        if precision is Precision.BF16 and "BF16" not in self._core.get_property("CPU", "OPTIMIZATION_CAPABILITIES"):
            raise DeviceError("this processor has no bf16; choose a recipe in f32")
        self._precision = precision
        self._seen_px: Counter[Shape] = Counter()
        self._own: dict[Shape, openvino.InferRequest] = {}
        self._last: Shape = (0, 0)
        try:
            self._graph = _graph(self._core, model)
            self._any = self._compiled(self._graph)
        except (RuntimeError, IndexError) as error:
            raise DetectorError(f"{model.file.name} is no network that can be run here") from error

    @property
    def own_shapes(self) -> Collection[Shape]:
        """Rows and columns of the shapes that have a network of their own."""
        return self._own.keys()

    def infer(self, canvases: Canvases) -> Answers:
        """See `network.Network.infer`."""
        shape = canvases.shape[1], canvases.shape[2]
        request = self._request(shape)
        singles = [list(request.infer({0: canvas[None]}, share_inputs=True).values()) for canvas in canvases]
        self._seen_px[shape] += len(canvases) * math.prod(shape)
        return [np.concatenate(parts) for parts in zip(*singles, strict=True)]

    def _request(self, shape: Shape) -> openvino.InferRequest:
        """What is asked about pictures of this shape."""
        is_due = self._seen_px[shape] >= OWN_AFTER_PX and math.prod(shape) < LARGE_PX and len(self._own) < OWN_MOST
        if is_due and shape not in self._own:
            graph = self._graph.clone()
            graph.reshape({0: openvino.PartialShape([1, *shape, 3])})
            self._own[shape] = self._compiled(graph)
        if math.prod(self._last) >= LARGE_PX and shape != self._last:
            self._any.get_compiled_model().release_memory()
        self._last = shape
        return self._own.get(shape, self._any)

    def _compiled(self, graph: openvino.Model) -> openvino.InferRequest:
        """The graph, ready to be asked, in one thread."""
        options = {
            "INFERENCE_PRECISION_HINT": self._precision.value,
            "INFERENCE_NUM_THREADS": 1,
            "NUM_STREAMS": 1,
            # Else every process binds its thread to the same core.
            "ENABLE_CPU_PINNING": False,
        }
        return self._core.compile_model(graph, "CPU", options).create_infer_request()


def _graph(core: openvino.Core, model: Model) -> openvino.Model:
    """The model with the outputs that are wanted, for uint8 pictures of any size."""
    read = core.read_model(model.file)
    wanted = [read.output(number).get_node() for number in model.outputs]
    graph = openvino.Model(wanted, read.get_parameters())
    graph.reshape({0: openvino.PartialShape([1, 3, -1, -1])})
    steps = PrePostProcessor(graph)
    steps.input().tensor().set_element_type(openvino.Type.u8).set_layout(openvino.Layout("NHWC"))
    steps.input().model().set_layout(openvino.Layout("NCHW"))
    if (model.shift, model.scale) != (0.0, 1.0):
        values = steps.input().preprocess().convert_element_type(openvino.Type.f32)
        values.mean(model.shift).scale(model.scale)
    return steps.build()
