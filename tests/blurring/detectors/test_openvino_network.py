import os
from contextlib import suppress
from pathlib import Path
from threading import Event, Thread

import numpy as np
import pytest

from blurring.detectors import centerface, openvino_network, views
from blurring.detectors.network import Model
from blurring.detectors.openvino_network import OpenVinoNetwork
from blurring.errors import DetectorError, DeviceError
from blurring.recipe import Precision
from tests.factories import pictures


@pytest.fixture(scope="module")
def weights() -> Path:
    file = centerface.weights_file()
    assert file is not None
    return file


def canvas() -> np.ndarray:
    return views.canvas(pictures.face_pixels())[None]


def test_only_the_outputs_that_are_wanted_come_in_their_order(weights: Path) -> None:
    heat, size = OpenVinoNetwork(Model(weights, (0, 1)), Precision.F32).infer(canvas())
    (alone,) = OpenVinoNetwork(Model(weights, (1,)), Precision.F32).infer(canvas())
    rows, columns = canvas().shape[1] // 4, canvas().shape[2] // 4
    assert heat.shape == (1, 1, rows, columns)
    assert np.array_equal(alone, size)


def test_what_comes_after_a_picture_does_not_change_what_was_said_of_it(weights: Path) -> None:
    asked = OpenVinoNetwork(Model(weights, (0,)), Precision.F32)
    before = asked.infer(canvas())[0]
    kept = before.copy()
    asked.infer(255 - canvas())
    assert np.array_equal(before, kept)


def test_no_thread_is_bound_to_one_core_which_other_processes_would_be_bound_to_as_well(weights: Path) -> None:
    asked, is_over = OpenVinoNetwork(Model(weights, (0,)), Precision.F32), Event()
    allowed: set[frozenset[int]] = set()

    def watch() -> None:
        while not is_over.is_set():
            for task in Path("/proc/self/task").iterdir():
                with suppress(ProcessLookupError):
                    allowed.add(frozenset(os.sched_getaffinity(int(task.name))))

    watcher = Thread(target=watch)
    watcher.start()
    for _ in range(10):
        asked.infer(canvas())
    is_over.set()
    watcher.join()
    assert allowed == {frozenset(os.sched_getaffinity(0))}


def test_several_pictures_are_answered_in_their_order(weights: Path) -> None:
    asked = OpenVinoNetwork(Model(weights, (0,)), Precision.F32)
    both = np.concatenate([canvas(), 255 - canvas()])
    together = asked.infer(both)[0]
    assert np.array_equal(together[0], asked.infer(both[:1])[0][0])
    assert np.array_equal(together[1], asked.infer(both[1:])[0][0])


@pytest.mark.parametrize("precision", list(Precision))
@pytest.mark.parametrize("shape", [(128, 128), (384, 512), (640, 256)])
def test_the_network_of_a_single_shape_says_the_same_bit_for_bit(
    weights: Path, shape: tuple[int, int], precision: Precision, monkeypatch: pytest.MonkeyPatch
) -> None:
    picture = np.random.default_rng(5).integers(0, 256, (1, *shape, 3), dtype=np.uint8)
    model = Model(weights, (0, 1, 2))
    try:
        asked = OpenVinoNetwork(model, precision)
    except DeviceError:
        pytest.skip("this processor has no bf16")
    any_shape = asked.infer(picture)
    monkeypatch.setattr(openvino_network, "OWN_AFTER_PX", 1)
    one_shape = asked.infer(picture)
    assert list(asked.own_shapes) == [shape]
    assert all(np.array_equal(one, other) for one, other in zip(any_shape, one_shape, strict=True))


def test_only_shapes_that_come_often_get_a_network_and_only_a_few_do(
    weights: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(openvino_network, "OWN_AFTER_PX", 2 * 128 * 256)
    monkeypatch.setattr(openvino_network, "OWN_MOST", 1)
    asked = OpenVinoNetwork(Model(weights, (0,)), Precision.F32)
    rare, often, late = (np.zeros((1, 128, width, 3), dtype=np.uint8) for width in (128, 256, 384))
    for picture in (rare, rare, often, often, often, late, late, late):
        asked.infer(picture)
    assert list(asked.own_shapes) == [(128, 256)]


def test_what_a_large_picture_took_is_given_back_and_the_answers_stay(
    weights: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(openvino_network, "LARGE_PX", 128 * 256)
    monkeypatch.setattr(openvino_network, "OWN_AFTER_PX", 1)
    asked = OpenVinoNetwork(Model(weights, (0,)), Precision.F32)
    large = np.zeros((1, 256, 256, 3), dtype=np.uint8)
    answers = [asked.infer(picture)[0] for picture in (large, large, canvas()[:, :128, :128], large)]
    assert (256, 256) not in asked.own_shapes
    assert np.array_equal(answers[0], answers[1])
    assert np.array_equal(answers[0], answers[3])


def test_values_are_shifted_and_scaled_inside(weights: Path) -> None:
    plain = OpenVinoNetwork(Model(weights, (0,)), Precision.F32).infer(canvas())[0]
    moved = OpenVinoNetwork(Model(weights, (0,), shift=8.0, scale=2.0), Precision.F32)
    doubled = np.minimum(canvas(), 120) * np.uint8(2) + np.uint8(8)
    as_plain = OpenVinoNetwork(Model(weights, (0,)), Precision.F32).infer(np.minimum(canvas(), 120))[0]
    assert np.allclose(moved.infer(doubled)[0], as_plain, atol=1e-4)
    assert not np.allclose(moved.infer(canvas())[0], plain, atol=1e-3)


@pytest.mark.parametrize("data", [b"", b"no network"])
def test_a_file_that_is_no_network_is_refused(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "some.onnx").write_bytes(data)
    with pytest.raises(DetectorError, match=r"some\.onnx is no network"):
        OpenVinoNetwork(Model(tmp_path / "some.onnx", (0,)), Precision.F32)


def test_an_output_that_is_not_there_is_refused(weights: Path) -> None:
    with pytest.raises(DetectorError, match="no network that can be run"):
        OpenVinoNetwork(Model(weights, (9,)), Precision.F32)
