from pathlib import Path

import onnx
import pytest

from blurring.detectors import centerface, onnx_graph
from blurring.detectors.network import Model
from blurring.errors import DetectorError


def test_the_graph_takes_pictures_of_any_number_and_size_and_gives_what_is_wanted() -> None:
    file = centerface.weights_file()
    assert file is not None
    graph = onnx.load_from_string(onnx_graph.for_pictures(Model(file, (2, 0)))).graph
    (given,) = graph.input
    assert given.name == "pictures"
    assert [size.dim_param or size.dim_value for size in given.type.tensor_type.shape.dim] == [
        "n",
        "height",
        "width",
        3,
    ]
    before = onnx.load(file).graph
    assert [output.name for output in graph.output] == [before.output[2].name, before.output[0].name]
    assert len(graph.node) == len(before.node) + 4


@pytest.mark.parametrize("data", [b"", b"no network at all"])
def test_a_file_that_is_no_network_is_refused(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "some.onnx").write_bytes(data)
    with pytest.raises(DetectorError, match="no network that can be run"):
        onnx_graph.for_pictures(Model(tmp_path / "some.onnx", (0,)))


def test_an_output_that_is_not_there_is_refused() -> None:
    file = centerface.weights_file()
    assert file is not None
    with pytest.raises(DetectorError, match="no network that can be run"):
        onnx_graph.for_pictures(Model(file, (7,)))
