import hashlib
import io
import os
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from blurring import detectors, metadata, recipe
from blurring.boxes import Box
from blurring.engines import Item, ItemResult, Shard, work
from blurring.engines.work import Workbench
from blurring.errors import DetectorError, DeviceError, EngineError
from blurring.known import Known
from blurring.pipeline import Action
from blurring.recipe import SecondLook
from tests.factories import pictures, places
from tests.factories.detectors import FaultyDetector, PointedDetector
from tests.factories.sinks import FolderSink, FullSink

RECIPE = recipe.named("dlib-hog")
FACE = Box(*pictures.FACE_BOX, 0.9)


def item(path: Path, data: bytes) -> Item:
    path.write_bytes(data)
    return Item(path.name, str(path), hashlib.sha256(data).hexdigest())


@pytest.fixture
def bench(tmp_path: Path) -> Workbench:
    outputs = tmp_path / "outputs"
    outputs.mkdir()
    return Workbench.opened(RECIPE, "cpu", FolderSink(str(outputs)))


def test_every_item_has_a_result_in_its_place(bench: Workbench, tmp_path: Path) -> None:
    items = (
        item(tmp_path / "a.jpg", pictures.jpeg()),
        item(tmp_path / "b.jpg", pictures.gps_jpeg()),
        item(tmp_path / "c.jpg", pictures.face()),
        item(tmp_path / "d.jpg", b"no picture"),
    )
    result = bench.done(Shard("1", items))
    assert [r.path for r in result.items] == ["a.jpg", "b.jpg", "c.jpg", "d.jpg"]
    assert [r.outcome.action for r in result.items] == [
        Action.UNCHANGED,
        Action.CLEANED,
        Action.BLURRED,
        Action.FAILED,
    ]


def test_an_output_is_in_the_sink_under_the_digest_that_is_reported(bench: Workbench, tmp_path: Path) -> None:
    (result,) = bench.done(Shard("1", (item(tmp_path / "a.jpg", pictures.face()),))).items
    assert result.output_sha256 is not None
    stored = (tmp_path / "outputs" / result.output_sha256).read_bytes()
    assert hashlib.sha256(stored).hexdigest() == result.output_sha256
    assert len(stored) == result.output_size_bytes
    assert result.outcome.output is None
    assert result.outcome.faces > 0


def test_a_shard_done_twice_is_done_once(bench: Workbench, tmp_path: Path) -> None:
    shard = Shard("1", (item(tmp_path / "a.jpg", pictures.face()),))
    assert bench.done(shard) == bench.done(shard)
    assert len(list((tmp_path / "outputs").iterdir())) == 1


def test_where_nobody_looks_no_face_is_blurred(bench: Workbench, tmp_path: Path) -> None:
    unseen = replace(item(tmp_path / "a.jpg", pictures.face()), look=False)
    (result,) = bench.done(Shard("1", (unseen,))).items
    assert result.outcome.action is Action.UNCHANGED


def test_a_source_that_changed_since_import_is_not_worked_on(bench: Workbench, tmp_path: Path) -> None:
    changed = item(tmp_path / "a.jpg", pictures.jpeg())
    (tmp_path / "a.jpg").write_bytes(pictures.jpeg(seed=1))
    (result,) = bench.done(Shard("1", (changed,))).items
    assert result.outcome.code == "source-changed"


def test_a_source_that_is_gone_is_unreadable(bench: Workbench, tmp_path: Path) -> None:
    gone = item(tmp_path / "a.jpg", pictures.jpeg())
    (tmp_path / "a.jpg").unlink()
    folder = Item("b.jpg", str(tmp_path), "0" * 64)
    nonsense = Item("c.jpg", "a\x00b", "0" * 64)
    results = bench.done(Shard("1", (gone, folder, nonsense))).items
    assert [r.outcome.code for r in results] == ["unreadable"] * 3


def test_a_source_that_became_a_pipe_does_not_block(bench: Workbench, tmp_path: Path) -> None:
    piped = item(tmp_path / "a.jpg", pictures.jpeg())
    (tmp_path / "a.jpg").unlink()
    os.mkfifo(tmp_path / "a.jpg")
    (result,) = bench.done(Shard("1", (piped,))).items
    assert result.outcome.code == "source-changed"


def test_a_full_disk_stops_the_work_with_a_sentence(tmp_path: Path) -> None:
    full = Workbench.opened(RECIPE, "cpu", FullSink())
    with pytest.raises(EngineError, match="No space left on device"):
        full.done(Shard("1", (item(tmp_path / "a.jpg", pictures.gps_jpeg()),)))


def test_a_recipe_that_cannot_be_followed_is_refused_before_any_work(tmp_path: Path) -> None:
    sink = FolderSink(str(tmp_path))
    with pytest.raises(DeviceError):
        Workbench.opened(RECIPE, "cuda:9", sink)
    other = RECIPE.detector.model_copy(update={"weights": "sha256:" + "0" * 64})
    with pytest.raises(DetectorError):
        Workbench.opened(RECIPE.model_copy(update={"detector": other}), "cpu", sink)


def test_where_nobody_looks_no_detector_is_opened(bench: Workbench, tmp_path: Path) -> None:
    blind = Workbench.opened(RECIPE, "cuda:9", bench.sink, looks=False)
    unseen = replace(item(tmp_path / "a.jpg", pictures.gps_jpeg()), look=False)
    (result,) = blind.done(Shard("1", (unseen,))).items
    assert result.outcome.action is Action.CLEANED
    assert blind.detector is None
    with pytest.raises(DeviceError):
        blind.done(Shard("2", (replace(unseen, look=True),)))


def test_a_detector_that_was_not_opened_at_first_is_opened_when_somebody_looks(
    bench: Workbench, tmp_path: Path
) -> None:
    late = Workbench.opened(RECIPE, "cpu", bench.sink, looks=False)
    shard = Shard("1", (item(tmp_path / "a.jpg", pictures.face()),))
    assert late.done(shard) == bench.done(shard)


def mixed(folder: Path) -> tuple[Item, ...]:
    """Pictures of three shapes, one that nobody looks at, one that is none and one that is gone."""
    sizes = [(64, 48), (200, 100), (64, 60), (30, 200), (250, 90), (64, 64), (64, 20)]
    made = [item(folder / f"{n}.jpg", pictures.gps_jpeg(*size)) for n, size in enumerate(sizes)]
    made[5] = replace(made[5], look=False)
    made.insert(3, item(folder / "text.jpg", b"no picture"))
    made.append(Item("gone.jpg", str(folder / "gone.jpg"), "0" * 64))
    return tuple(made)


def test_pictures_of_one_shape_are_looked_at_together_the_largest_first_and_results_keep_their_order(
    bench: Workbench, tmp_path: Path
) -> None:
    detector = PointedDetector([Box(2, 2, 20, 18)], batch=3)
    items = mixed(tmp_path)
    result = Workbench(RECIPE, "cpu", bench.sink, detector).done(Shard("1", items))
    assert [r.path for r in result.items] == [i.path for i in items]
    assert [len(shown) for shown in detector.shown] == [1, 2, 2, 1]
    assert {image.shape for image in detector.shown[1]} == {(100, 200, 3), (90, 250, 3)}


def test_results_do_not_depend_on_how_many_are_looked_at_at_once(bench: Workbench, tmp_path: Path) -> None:
    shard = Shard("1", mixed(tmp_path))
    faces = [Box(2, 2, 20, 18)]
    results = [
        Workbench(RECIPE, "cpu", bench.sink, PointedDetector(faces, batch=batch)).done(shard) for batch in (1, 2, 8)
    ]
    assert results[0] == results[1] == results[2]
    assert [r.outcome.code for r in results[0].items].count(None) == 7


def test_no_more_is_read_ahead_than_allowed(bench: Workbench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(work, "AHEAD_BYTES", 1)
    detector = PointedDetector(batch=8)
    shard = Shard("1", tuple(item(tmp_path / f"{n}.jpg", pictures.jpeg(seed=n)) for n in range(3)))
    Workbench(RECIPE, "cpu", bench.sink, detector).done(shard)
    assert [len(shown) for shown in detector.shown] == [1, 1, 1]


def test_large_pictures_are_looked_at_in_smaller_batches(
    bench: Workbench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(work, "BATCH_PX_MAX", 2 * 128 * 128)
    detector = PointedDetector(batch=8)
    shard = Shard("1", tuple(item(tmp_path / f"{n}.jpg", pictures.jpeg(seed=n)) for n in range(5)))
    Workbench(RECIPE, "cpu", bench.sink, detector).done(shard)
    assert [len(shown) for shown in detector.shown] == [2, 2, 1]


def test_what_people_know_travels_with_the_item_and_a_preview_comes_with_the_result_where_it_is_asked_for(
    bench: Workbench, tmp_path: Path
) -> None:
    look = SecondLook(detector=RECIPE.detector, is_for_all=True)
    first = PointedDetector([])
    careful = Workbench(
        RECIPE.model_copy(update={"second_look": look}), "cpu", bench.sink, first, PointedDetector([FACE])
    )
    plain = item(tmp_path / "a.jpg", pictures.face())
    asked = replace(item(tmp_path / "b.jpg", pictures.face()), is_previewed=True)
    before = careful.done(Shard("1", (plain, asked))).items
    assert [side_of(result) for result in before] == [None, 48]
    assert [result.outcome.again for result in before] == [(FACE,)] * 2
    decided = replace(asked, known=Known(faces=(FACE,), hidden=(FACE,)))
    (after,) = careful.done(Shard("2", (decided,))).items
    assert (after.outcome.action, after.outcome.boxes, after.outcome.again) == (Action.BLURRED, (FACE,), ())
    assert side_of(after) == 48
    unseen = (replace(asked, look=False), replace(asked, known=Known(faces=(FACE,), is_detected=False)))
    assert [side_of(result) for result in careful.done(Shard("3", unseen)).items] == [16, 16]
    broken = replace(item(tmp_path / "c.jpg", b"no picture"), is_previewed=True)
    assert side_of(careful.done(Shard("4", (broken,))).items[0]) is None


def side_of(result: ItemResult) -> int | None:
    """The longer side of the preview that comes with a result; None for no preview."""
    if result.outcome.preview is None:
        return None
    return max(Image.open(io.BytesIO(result.outcome.preview)).size)


def test_where_known_boxes_are_all_there_is_nobody_else_is_asked(bench: Workbench, tmp_path: Path) -> None:
    first = PointedDetector([Box(0, 0, 9, 9)])
    known = Workbench(RECIPE, "cpu", bench.sink, first)
    alone = Known(faces=(FACE,), is_detected=False)
    items = [replace(item(tmp_path / "a.jpg", pictures.face()), known=alone), item(tmp_path / "b.jpg", b"no picture")]
    found, broken = known.done(Shard("1", (items[0], replace(items[1], known=alone)))).items
    assert found.outcome.boxes == (FACE,)
    assert broken.outcome.code == "undecodable"
    assert first.shown == []


def test_a_known_face_outside_of_its_picture_is_asked_about_and_not_released_in_silence(
    bench: Workbench, tmp_path: Path
) -> None:
    known = Workbench(RECIPE, "cpu", bench.sink, PointedDetector([]))
    astray = Known(faces=(Box(900, 4, 920, 21),), is_detected=False)
    asked = replace(item(tmp_path / "a.jpg", pictures.face()), known=astray, is_previewed=True)
    (result,) = known.done(Shard("1", (asked,))).items
    assert (result.outcome.boxes, result.outcome.doubtful) == ((), (Box(0, 0, 512, 512),))
    assert side_of(result) == 16


def test_the_second_look_is_opened_when_somebody_looks(bench: Workbench, tmp_path: Path) -> None:
    careful = RECIPE.model_copy(update={"second_look": SecondLook(detector=RECIPE.detector)})
    assert Workbench.opened(careful, "cpu", bench.sink).second is not None
    late = Workbench.opened(careful, "cpu", bench.sink, looks=False)
    assert (late.detector, late.second) == (None, None)
    alone = replace(item(tmp_path / "a.jpg", pictures.face()), known=Known(faces=(FACE,), is_detected=False))
    (result,) = late.done(Shard("1", (alone,))).items
    assert result.outcome.boxes == (FACE,)
    assert late.second is not None


class Held:
    """A place in memory, or nowhere."""

    def __init__(self, data: bytes | None) -> None:
        self.data = data

    def read(self) -> bytes:
        if self.data is None:
            raise OSError
        return self.data


def test_a_picture_that_is_no_file_of_its_own_is_read_from_its_place(bench: Workbench) -> None:
    data = pictures.jpeg()
    digest = hashlib.sha256(data).hexdigest()
    places = {"a.jpg": Held(data), "b.jpg": Held(b"other"), "c.jpg": Held(None)}
    items = [Item(path, "/no/such.tar", digest, place=place) for path, place in places.items()]
    results = bench.done(Shard("1", tuple(items))).items
    assert [result.outcome.code for result in results] == [None, "source-changed", "unreadable"]


class TiringDetector(PointedDetector):
    """A detector whose device has room for fewer pictures than was thought."""

    def detect_batch(self, images: Sequence[NDArray[np.uint8]]) -> list[list[Box]]:
        self.batch = 2
        return super().detect_batch(images)


def test_a_device_with_less_room_than_was_thought_is_told_of(bench: Workbench, tmp_path: Path) -> None:
    shard = Shard("1", tuple(item(tmp_path / f"{n}.jpg", pictures.jpeg(seed=n)) for n in range(5)))
    tired = Workbench(RECIPE, "cuda:0", bench.sink, TiringDetector(batch=4))
    assert tired.done(shard).remarks == ("cuda:0 had no room for 4 pictures at once; now it looks at 2",)
    assert tired.done(shard).remarks == ()


@pytest.mark.parametrize("batch", [1, 4])
def test_a_picture_that_meets_what_nobody_foresaw_is_blamed_and_the_others_are_done(
    bench: Workbench, tmp_path: Path, batch: int
) -> None:
    items = [item(tmp_path / f"{width}.jpg", pictures.gps_jpeg(width, 48)) for width in (70, 71, 72, 73)]
    calm, faulty = (
        Workbench(RECIPE, "cpu", bench.sink, FaultyDetector([], batch, widths=frozenset(widths))).done(
            Shard("1", (*items, places.buggy("held.jpg")))
        )
        for widths in ((), (72,))
    )
    assert [one.outcome.code for one in faulty.items] == [None, None, "unforeseen", None, "unforeseen"]
    assert [one for one in faulty.items if one.path != "72.jpg"] == [one for one in calm.items if one.path != "72.jpg"]
    met = faulty.items[2]
    assert (met.output_sha256, met.outcome.action) == (None, Action.FAILED)
    assert met.fault is not None
    assert (met.fault.kind, met.fault.is_general) == ("RuntimeError", False)


@pytest.mark.parametrize("look", [True, False])
def test_what_is_met_after_a_picture_was_looked_at_costs_that_picture_alone(
    bench: Workbench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, look: bool
) -> None:
    def torn(*_: object) -> object:
        raise cv2.error("a codec has a mistake")

    items = [replace(item(tmp_path / "a.png", pictures.png()), look=look), item(tmp_path / "b.jpg", pictures.jpeg())]
    monkeypatch.setitem(metadata.CLEANERS, "png", torn)
    assert [one.outcome.code for one in bench.done(Shard("1", tuple(items))).items] == ["unforeseen", None]


def test_a_detector_that_cannot_look_at_a_blank_picture_either_is_told_of(bench: Workbench, tmp_path: Path) -> None:
    shard = Shard("1", (item(tmp_path / "a.jpg", pictures.jpeg(70, 48)),))
    blind = FaultyDetector(widths=frozenset({70, work.BLANK.shape[1]}))
    for first, second in ((blind, None), (PointedDetector(), blind)):
        careful = RECIPE.model_copy(update={"second_look": SecondLook(detector=RECIPE.detector, is_for_all=True)})
        (met,) = Workbench(careful, "cpu", bench.sink, first, second).done(shard).items
        assert met.fault is not None
        assert met.fault.is_general


@pytest.mark.parametrize("name", recipe.names())
def test_every_detector_looks_at_a_blank_picture_and_finds_nothing(name: str) -> None:
    try:
        detector = detectors.open(recipe.named(name))
    except DeviceError as error:
        assert "bf16" in str(error)  # noqa: PT017 - which processors have it is not for a test to say
    else:
        assert detector.detect(work.BLANK) == []


def test_memory_that_is_there_the_second_time_costs_nothing(bench: Workbench, tmp_path: Path) -> None:
    (tmp_path / "marks").mkdir()
    plain = item(tmp_path / "a.jpg", pictures.jpeg())
    crowded = replace(plain, place=places.CrowdedPlace(str(tmp_path / "marks"), plain.file, tries=2))
    (result,) = bench.done(Shard("1", (crowded,))).items
    assert (result.outcome.action, result.fault) == (Action.UNCHANGED, None)
