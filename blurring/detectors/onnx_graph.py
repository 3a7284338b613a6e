"""An ONNX file made to take pictures as they are: any number of them, of any size, as bytes.

Answers: what must stand in front of this network so that `(n, H, W, 3)` uint8 RGB can be given to it? Refuses files
that hold no network with one input, or not the outputs that are wanted. ONNX Runtime cannot do this by itself; where
OpenVINO runs a network, it can, and this room is not used.
"""

from typing import Final

import numpy as np
import onnx
from google.protobuf.message import DecodeError
from onnx import TensorProto, helper, numpy_helper

from blurring.detectors.network import Model
from blurring.errors import DetectorError

PICTURES: Final = "pictures"


def for_pictures(model: Model) -> bytes:
    """The file's network with one input, `pictures`, and the outputs that are wanted, as an ONNX document.

    Raises:
        DetectorError: the file holds no such network.
    """
    try:
        document = onnx.load(model.file)
        graph = document.graph
        known = {tensor.name for tensor in graph.initializer}
        (given,) = [value.name for value in graph.input if value.name not in known]
        wanted = [graph.output[number].name for number in model.outputs]
    except (DecodeError, ValueError, IndexError) as error:
        raise DetectorError(f"{model.file.name} is no network that can be run here") from error
    # What the file says about sizes was true for one size only.
    del graph.value_info[:], graph.input[:], graph.output[:]
    graph.input.append(helper.make_tensor_value_info(PICTURES, TensorProto.UINT8, ["n", "height", "width", 3]))
    graph.output.extend(helper.make_tensor_value_info(name, TensorProto.FLOAT, None) for name in wanted)
    for position, node in enumerate(_in_front(given)):
        graph.node.insert(position, node)
    graph.initializer.append(numpy_helper.from_array(np.array(model.shift, np.float32), "pictures.shift"))
    graph.initializer.append(numpy_helper.from_array(np.array(model.scale, np.float32), "pictures.scale"))
    return bytes(document.SerializeToString())


def _in_front(given: str) -> list[onnx.NodeProto]:
    """Bytes in rows of pixels to shifted and scaled numbers in planes."""
    return [
        helper.make_node("Cast", [PICTURES], ["pictures.numbers"], to=TensorProto.FLOAT),
        helper.make_node("Sub", ["pictures.numbers", "pictures.shift"], ["pictures.shifted"]),
        helper.make_node("Div", ["pictures.shifted", "pictures.scale"], ["pictures.scaled"]),
        helper.make_node("Transpose", ["pictures.scaled"], [given], perm=[0, 3, 1, 2]),
    ]
