"""Tiny networks in the forms of real detectors: they find what is bright, so the truth is known."""

from pathlib import Path

import numpy as np
import onnx
from onnx import NodeProto, TensorProto, helper, numpy_helper

STRIDES = (8, 16, 32)
ANCHORS = 2
SIDE = 2.0  # of every box, in strides
# Weight and bias that make a score of a mean of bytes, and of values between -1 and 1.
BYTES, SIGNED = (0.05, -8.0), (4.0, 0.0)


def scrfd(folder: Path, *, has_landmarks: bool = True) -> Path:
    """SCRFD's form: scores, distances and perhaps landmarks for each stride, two anchors in every cell."""
    nodes: list[NodeProto] = []
    outputs: dict[str, list[int | str]] = {}
    kinds = [("score", 1), ("box", 4), ("points", 10)][: 3 if has_landmarks else 2]
    for kind, values in kinds:
        for stride in STRIDES:
            name = f"{kind}_{stride}"
            constant = [SIDE / 2] * 4 if kind == "box" else [0.0] * values
            nodes += _head(name, stride, ANCHORS * constant, SIGNED if kind == "score" else None)
            nodes.append(helper.make_node("Reshape", [f"{name}.rows", f"rows_{values}"], [name]))
            outputs[name] = ["n", values]
    shapes = {f"rows_{values}": [-1, values] for values in (1, 4, 10)}
    return _saved(folder / "scrfd.onnx", nodes, outputs, shapes)


def yunet(folder: Path) -> Path:
    """YuNet's form of 2023: classes, objectness, boxes and landmarks for each stride."""
    nodes: list[NodeProto] = []
    outputs: dict[str, list[int | str]] = {}
    for kind, values in (("cls", 1), ("obj", 1), ("bbox", 4), ("kps", 10)):
        for stride in STRIDES:
            name = f"{kind}_{stride}"
            constant = [0.5, 0.5, *[float(np.log(SIDE))] * 2] if kind == "bbox" else [0.0] * values
            nodes += _head(name, stride, constant, BYTES if values == 1 else None)
            nodes.append(helper.make_node("Reshape", [f"{name}.rows", f"rows_{values}"], [name]))
            outputs[name] = [1, "n", values]
    shapes = {f"rows_{values}": [1, -1, values] for values in (1, 4, 10)}
    return _saved(folder / "yunet.onnx", nodes, outputs, shapes)


def something_else(folder: Path) -> Path:
    """A network that is no detector."""
    nodes = _head("answer", 8, [0.0], BYTES)
    return _saved(folder / "other.onnx", nodes, {"answer.rows": [1, "rows", "columns", 1]}, {})


def _head(name: str, stride: int, constant: list[float], gain: tuple[float, float] | None) -> list[NodeProto]:
    """Brightness over one stride as a score, or constants; rows of pixels with their channels last."""
    weight = np.full((len(constant), 3, 1, 1), gain[0] if gain else 0.0, dtype=np.float32)
    bias = np.array([gain[1]] * len(constant) if gain else constant, dtype=np.float32)
    last = f"{name}.answer"
    nodes = [
        helper.make_node("Constant", [], [f"{name}.weight"], value=numpy_helper.from_array(weight)),
        helper.make_node("Constant", [], [f"{name}.bias"], value=numpy_helper.from_array(bias)),
        helper.make_node(
            "AveragePool", ["input"], [f"{name}.cells"], kernel_shape=[stride, stride], strides=[stride, stride]
        ),
        helper.make_node("Conv", [f"{name}.cells", f"{name}.weight", f"{name}.bias"], [f"{name}.raw"]),
    ]
    if gain:
        nodes.append(helper.make_node("Sigmoid", [f"{name}.raw"], [last]))
    else:
        last = f"{name}.raw"
    return [*nodes, helper.make_node("Transpose", [last], [f"{name}.rows"], perm=[0, 2, 3, 1])]


def _saved(
    file: Path, nodes: list[NodeProto], outputs: dict[str, list[int | str]], shapes: dict[str, list[int]]
) -> Path:
    given = helper.make_tensor_value_info("input", TensorProto.FLOAT, [1, 3, "height", "width"])
    answers = [helper.make_tensor_value_info(name, TensorProto.FLOAT, form) for name, form in outputs.items()]
    fixed = [numpy_helper.from_array(np.array(shape, np.int64), name) for name, shape in shapes.items()]
    graph = helper.make_graph(nodes, "bright", [given], answers, fixed)
    onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8), file)
    return file
