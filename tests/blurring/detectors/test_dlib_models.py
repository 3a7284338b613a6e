import builtins
import re
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest
from PIL import ImageFile

from blurring.detectors import dlib_models, views
from blurring.errors import DetectorError, DeviceError
from tests.factories import pictures


class Rectangle:
    def left(self) -> int:
        return 10

    def top(self) -> int:
        return 20

    def right(self) -> int:
        return 29

    def bottom(self) -> int:
        return 39


def test_loading_the_models_leaves_pillow_strict() -> None:
    dlib_models.models()
    assert not ImageFile.LOAD_TRUNCATED_IMAGES


def test_loading_the_models_says_nothing_to_the_user() -> None:
    code = "from blurring.detectors import dlib_models; dlib_models.models()"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, text=True)
    assert done.stdout == ""
    assert done.stderr == ""


def test_digests_name_what_was_learned() -> None:
    digests = {dlib_models.hog_digest(), dlib_models.cnn_digest()}
    assert len(digests) == 2
    assert all(re.fullmatch(r"sha256:[0-9a-f]{64}", digest) for digest in digests)


@pytest.mark.parametrize("refusal", [ImportError, SystemExit])
def test_missing_models_are_one_sentence_not_the_end_of_the_process(
    refusal: type[BaseException], monkeypatch: pytest.MonkeyPatch
) -> None:
    real = builtins.__import__

    def without_models(name: str, *args: object) -> ModuleType:
        if name.startswith("face_recognition"):
            raise refusal
        return real(name, *args)  # type: ignore[arg-type]  # handed through

    monkeypatch.setattr(builtins, "__import__", without_models)
    with pytest.raises(DetectorError, match="not installed"):
        dlib_models.models.__wrapped__()


def test_a_missing_dlib_is_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "dlib", None)
    with pytest.raises(DetectorError, match="dlib is not installed"):
        dlib_models.hog.__wrapped__()


def test_the_hog_detector_is_that_of_face_recognition(tmp_path: Path) -> None:
    files = tmp_path / "ours.svm", tmp_path / "theirs.svm"
    dlib_models.hog().save(str(files[0]))
    dlib_models.models().face_detector.save(str(files[1]))
    assert files[0].read_bytes() == files[1].read_bytes()


def test_other_weights_are_refused() -> None:
    dlib_models.require_weights("sha256:a", "sha256:a")
    with pytest.raises(DetectorError, match="asks for weights sha256:a"):
        dlib_models.require_weights("sha256:a", "sha256:b")


def test_a_device_that_is_not_there_is_refused_and_nothing_falls_back() -> None:
    dlib_models.require_device("x", "cpu", can_cuda=False)
    dlib_models.require_device("x", "cuda:0", can_cuda=True)
    with pytest.raises(DeviceError, match=r"it can on cpu$"):
        dlib_models.require_device("x", "cuda:0", can_cuda=False)
    with pytest.raises(DeviceError, match="cpu or cuda:0"):
        dlib_models.require_device("x", "cuda:7", can_cuda=True)


def test_cuda_is_there_only_when_dlib_says_so() -> None:
    assert dlib_models.has_cuda() is bool(dlib_models.models().dlib.DLIB_USE_CUDA)


def test_dlibs_rectangles_hold_their_last_row_and_column() -> None:
    box = dlib_models.box(views.within(pictures.pixels(100, 100), 10**6), Rectangle(), 0.5)
    assert (box.left, box.top, box.right, box.bottom) == (10, 20, 30, 40)
