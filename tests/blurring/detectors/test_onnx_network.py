import sys
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from onnxruntime.capi import onnxruntime_pybind11_state as state

from blurring import recipe
from blurring.detectors import centerface, network, onnx_network, views
from blurring.detectors.centerface import CenterFaceDetector
from blurring.detectors.network import Model
from blurring.detectors.onnx_network import OnnxNetwork
from blurring.detectors.openvino_network import OpenVinoNetwork
from blurring.errors import DetectorError, DeviceError
from blurring.recipe import CenterFace, Precision
from tests.factories import pictures

# Both compute in float32 and differ in the order of additions only. The values are up to 5; scores are up to 1.
TOLERANCE = 5e-5


class SmallDevice:
    """A session that fails as ONNX Runtime does, when more than `room` pictures are given to it at once."""

    def __init__(self, room: int, words: str = "BFCArena: Failed to allocate memory for requested buffer") -> None:
        self.room, self.words = room, words
        self.asked: list[int] = []

    def run(self, output_names: None, input_feed: dict[str, NDArray[np.uint8]]) -> list[NDArray[np.float32]]:
        assert output_names is None
        given = input_feed["pictures"]
        self.asked.append(len(given))
        if len(given) > self.room:
            raise state.RuntimeException(f"Non-zero status code returned. {self.words}\nmore")
        return [given[:, 0, 0, :1].astype(np.float32)]


def numbered(count: int) -> NDArray[np.uint8]:
    """Canvases that carry their number."""
    return np.arange(count, dtype=np.uint8)[:, None, None, None] * np.ones((1, 128, 256, 3), dtype=np.uint8)


@pytest.fixture(scope="module")
def model() -> Model:
    file = centerface.weights_file()
    assert file is not None
    return Model(file, (0, 1, 2))


def faces() -> NDArray[np.uint8]:
    canvas = views.canvas(pictures.face_pixels())
    return np.stack([canvas, 255 - canvas, canvas[:, ::-1]])


def test_both_runtimes_say_the_same_of_the_same_pictures(model: Model) -> None:
    ours = OpenVinoNetwork(model, Precision.F32).infer(faces())
    theirs = OnnxNetwork.on_processor(model).infer(faces())
    assert [answer.shape for answer in ours] == [answer.shape for answer in theirs]
    assert max(float(np.abs(one - other).max()) for one, other in zip(ours, theirs, strict=True)) < TOLERANCE


def test_shift_and_scale_are_the_same_on_both(model: Model) -> None:
    moved = Model(model.file, (0,), shift=20.0, scale=1.5)
    (ours,) = OpenVinoNetwork(moved, Precision.F32).infer(faces()[:1])
    (theirs,) = OnnxNetwork.on_processor(moved).infer(faces()[:1])
    assert np.abs(ours - theirs).max() < TOLERANCE


def test_a_recipe_finds_the_same_faces_through_either_runtime(monkeypatch: pytest.MonkeyPatch) -> None:
    choice = recipe.named("centerface").detector
    assert isinstance(choice, CenterFace)
    images = [pictures.face_pixels(), pictures.pixels(200, 150), np.ascontiguousarray(pictures.face_pixels()[:, ::-1])]
    ours = CenterFaceDetector(choice).detect_batch(images)
    monkeypatch.setattr(network, "opened", lambda wanted, *_: OnnxNetwork.on_processor(wanted))
    detector = CenterFaceDetector(choice)
    assert detector.batch == onnx_network.BATCH
    theirs = detector.detect_batch(images)
    for mine, yours in zip(ours, theirs, strict=True):
        assert [(b.left, b.top, b.right, b.bottom) for b in mine] == [(b.left, b.top, b.right, b.bottom) for b in yours]
        assert [b.score for b in mine] == pytest.approx([b.score for b in yours], abs=1e-4)
    assert ours[0]


def test_a_batch_that_the_device_has_no_room_for_is_halved_and_stays_so() -> None:
    device = SmallDevice(room=3)
    asked = OnnxNetwork(device, "cuda:0", batch=16)
    (answers,) = asked.infer(numbered(10))
    assert answers[:, 0].tolist() == list(range(10))
    assert device.asked == [10, 5, 2, 2, 2, 2, 2]
    assert asked.batch == 2
    asked.infer(numbered(4))
    assert device.asked[7:] == [2, 2]


def test_a_device_without_room_for_one_picture_says_so() -> None:
    with pytest.raises(DeviceError, match="cuda:0 has no room for one view of 256 by 128 pixels"):
        OnnxNetwork(SmallDevice(room=0), "cuda:0").infer(numbered(3))


@pytest.mark.parametrize(
    "words", ["CUDA error: out of memory", "CUBLAS_STATUS_ALLOC_FAILED", "Failed to allocate memory"]
)
def test_every_way_in_which_memory_runs_out_is_known(words: str) -> None:
    asked = OnnxNetwork(SmallDevice(room=1, words=words), "cuda:0", batch=2)
    assert len(asked.infer(numbered(2))[0]) == 2


def test_another_failure_of_the_device_is_told_and_not_tried_again() -> None:
    device = SmallDevice(room=0, words="CUDA error: an illegal memory access was encountered")
    with pytest.raises(DeviceError, match=r"cuda:0 failed: .*illegal memory access"):
        OnnxNetwork(device, "cuda:0").infer(numbered(2))
    assert device.asked == [2]


def test_a_gpu_that_is_not_there_is_refused_and_nothing_falls_back(model: Model) -> None:
    with pytest.raises(DeviceError, match="cuda:99 "):
        network.opened(model, "cuda:99", Precision.F32)


@pytest.mark.parametrize("device", ["cuda:", "cuda:x", "cuda:-1", "cuda:0;0"])
def test_a_gpu_is_named_by_its_number(model: Model, device: str) -> None:
    with pytest.raises(DeviceError, match="named cuda:0"):
        network.opened(model, device, Precision.F32)


def test_a_precision_that_is_not_served_on_a_gpu_is_refused(model: Model) -> None:
    with pytest.raises(DeviceError, match="choose a recipe in f32"):
        network.opened(model, "cuda:0", Precision.BF16)


def test_without_the_extra_a_gpu_is_refused_with_its_name(model: Model, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "onnxruntime", None)
    with pytest.raises(DetectorError, match=r"accession\[gpu\]"):
        network.opened(model, "cuda:0", Precision.F32)


@pytest.mark.filterwarnings("ignore:Specified provider")
def test_a_runtime_that_falls_back_is_refused(model: Model, monkeypatch: pytest.MonkeyPatch) -> None:
    import onnxruntime  # noqa: PLC0415 - to replace a part of it

    monkeypatch.setattr(onnxruntime, "get_available_providers", lambda: [onnx_network.CUDA])
    with pytest.raises(DeviceError, match="cuda:99 "):
        network.opened(model, "cuda:99", Precision.F32)


def test_a_graph_that_the_runtime_refuses_is_an_error_of_the_device(tmp_path: Path) -> None:
    from onnx import TensorProto, helper, save  # noqa: PLC0415 - for this alone

    node = helper.make_node("Unheard", ["x"], ["y"], domain="nowhere")
    shapes = [helper.make_tensor_value_info(name, TensorProto.FLOAT, None) for name in "xy"]
    save(helper.make_model(helper.make_graph([node], "g", shapes[:1], shapes[1:])), tmp_path / "odd.onnx")
    with pytest.raises(DeviceError, match="cannot be used"):
        OnnxNetwork.on_processor(Model(tmp_path / "odd.onnx", (0,)))
