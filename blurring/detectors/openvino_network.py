"""Networks on the processor, through OpenVINO, in one thread: there is a process per core.

One picture at a time: a batch of eight takes half as long again for each of them, because its intermediate results no
longer fit the cache. A change of shape costs a third of an inference, so callers ask for one shape in a row.
"""

import numpy as np
import openvino
from openvino.preprocess import PrePostProcessor

from blurring.detectors.network import Answers, Canvases, Model
from blurring.errors import DetectorError, DeviceError
from blurring.recipe import Precision


class OpenVinoNetwork:
    """A model on the processor; see `network.Network`.

    Raises:
        DetectorError: the file holds no such network.
        DeviceError: the processor does not have the precision.
    """

    batch = 1

    def __init__(self, model: Model, precision: Precision) -> None:
        core = openvino.Core()
        if precision is Precision.BF16 and "BF16" not in core.get_property("CPU", "OPTIMIZATION_CAPABILITIES"):
            raise DeviceError("this processor has no bf16; choose a recipe in f32")
        options = {"INFERENCE_PRECISION_HINT": precision.value, "INFERENCE_NUM_THREADS": 1, "NUM_STREAMS": 1}
        try:
            graph = _graph(core, model)
            self._request = core.compile_model(graph, "CPU", options).create_infer_request()
        except (RuntimeError, IndexError) as error:
            raise DetectorError(f"{model.file.name} is no network that can be run here") from error

    def infer(self, canvases: Canvases) -> Answers:
        """See `network.Network.infer`."""
        singles = [list(self._request.infer({0: canvas[None]}).values()) for canvas in canvases]
        return [np.concatenate(parts) for parts in zip(*singles, strict=True)]


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
