import hashlib
import random
import time
from collections.abc import Iterator
from multiprocessing import active_children
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from blurring import recipe
from blurring.engines import Item, Shard, ShardResult
from blurring.engines.local import LocalEngine
from blurring.errors import DeviceError, EngineError
from blurring.pipeline import Action
from tests.factories import pictures, places
from tests.factories.sinks import BuggySink, DeadlySink, FolderSink, FullSink, StillbornSink

RECIPE = recipe.named("dlib-hog")


def items(folder: Path, count: int) -> list[Item]:
    """Pictures of different sizes; every third has metadata to be removed, so an output."""
    made = []
    for index in range(count):
        data = pictures.jpeg(40 + index, 30) if index % 3 else pictures.gps_jpeg(40 + index, 30)
        path = folder / f"{index:04}.jpg"
        path.write_bytes(data)
        made.append(Item(path.name, str(path), hashlib.sha256(data).hexdigest()))
    return made


def shards(made: list[Item], size: int) -> Iterator[Shard]:
    for start in range(0, len(made), size):
        yield Shard(str(start), tuple(made[start : start + size]))


@pytest.fixture
def outputs(tmp_path: Path) -> Path:
    folder = tmp_path / "outputs"
    folder.mkdir()
    return folder


def by_path(results: list[ShardResult]) -> dict[str, str | None]:
    return {item.path: item.output_sha256 for result in results for item in result.items}


def test_every_shard_has_one_result_and_every_item_is_in_it(tmp_path: Path, outputs: Path) -> None:
    made = items(tmp_path, 10)
    engine = LocalEngine(FolderSink(str(outputs)))
    results = list(engine.run(shards(made, 3), RECIPE, workers=2))
    assert sorted(result.id for result in results) == ["0", "3", "6", "9"]
    assert sorted(by_path(results)) == [item.path for item in made]
    assert sum(digest is not None for digest in by_path(results).values()) == 4
    assert active_children() == []


def test_no_shards_are_no_work_and_no_processes(outputs: Path) -> None:
    assert list(LocalEngine(FolderSink(str(outputs))).run([], RECIPE, workers=2)) == []


def test_a_killed_worker_loses_nothing(tmp_path: Path, outputs: Path) -> None:
    made = items(tmp_path, 9)
    first = (outputs / "x").with_name("marks")
    first.mkdir()
    size = len(pictures.gps_jpeg(43, 30)) - 0
    sizes = frozenset(range(size - 400, size + 400))
    engine = LocalEngine(DeadlySink(str(outputs), sizes, once=str(first)))
    results = list(engine.run(shards(made, 3), RECIPE, workers=2))
    assert sorted(by_path(results)) == [item.path for item in made]
    assert list(first.iterdir())
    assert all(i.outcome.action is not Action.FAILED for r in results for i in r.items)


@pytest.mark.slow
def test_a_picture_that_kills_its_worker_is_blamed_and_the_others_are_done(tmp_path: Path, outputs: Path) -> None:
    made = items(tmp_path, 4)
    probe = LocalEngine(FolderSink(str(outputs)))
    (clean,) = list(probe.run([Shard("probe", (made[3],))], RECIPE))
    deadly = frozenset({clean.items[0].output_size_bytes or 0})
    engine = LocalEngine(DeadlySink(str(outputs), deadly))
    results = list(engine.run(shards(made, 2), RECIPE, workers=1))
    codes = {i.path: i.outcome.code for r in results for i in r.items}
    assert codes == {"0000.jpg": None, "0001.jpg": None, "0002.jpg": None, "0003.jpg": "worker-died"}


def test_a_full_disk_ends_the_run_with_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(EngineError, match="No space left"):
        list(LocalEngine(FullSink()).run(shards(items(tmp_path, 3), 3), RECIPE))
    assert active_children() == []


def test_a_mistake_in_the_sink_is_told_and_not_tried_again(tmp_path: Path) -> None:
    with pytest.raises(EngineError, match="KeyError"):
        list(LocalEngine(BuggySink()).run(shards(items(tmp_path, 3), 3), RECIPE))


def test_a_picture_that_meets_what_nobody_foresaw_is_blamed_and_the_others_are_done(
    tmp_path: Path, outputs: Path
) -> None:
    made = [*items(tmp_path, 3), places.buggy("buggy.jpg")]
    with capture_logs() as logged:
        (result,) = LocalEngine(FolderSink(str(outputs))).run(shards(made, 4), RECIPE, workers=1)
    assert [item.outcome.code for item in result.items] == [None, None, None, "unforeseen"]
    assert [(line["event"], line["kind"]) for line in logged] == [("picture.unforeseen", "KeyError")]
    assert places.SECRET not in str(logged)


def test_a_run_in_which_every_picture_meets_the_same_ends_early(outputs: Path) -> None:
    made = (places.buggy(f"{n}.jpg") for n in range(10**6))
    endless = (Shard(item.path, (item,) * 50) for item in made)
    with pytest.raises(EngineError, match="100 pictures in a row met the same"):
        list(LocalEngine(FolderSink(str(outputs))).run(endless, RECIPE, workers=1))
    assert active_children() == []


def test_workers_that_die_before_they_begin_end_the_run(tmp_path: Path) -> None:
    with pytest.raises(EngineError, match="before they have begun"):
        list(LocalEngine(StillbornSink()).run(shards(items(tmp_path, 3), 3), RECIPE))


def test_a_device_that_is_not_there_ends_the_run(tmp_path: Path, outputs: Path) -> None:
    engine = LocalEngine(FolderSink(str(outputs)))
    with pytest.raises(DeviceError):
        list(engine.run(shards(items(tmp_path, 3), 3), RECIPE, device="cuda:9"))


def test_closing_the_iterator_ends_the_workers(tmp_path: Path, outputs: Path) -> None:
    engine = LocalEngine(FolderSink(str(outputs)))
    running = engine.run(shards(items(tmp_path, 12), 1), RECIPE, workers=2)
    next(iter(running))
    assert active_children()
    running.close()  # type: ignore[attr-defined]  # a generator
    assert active_children() == []


def test_shards_are_read_only_as_they_are_needed(tmp_path: Path, outputs: Path) -> None:
    made = items(tmp_path, 8)
    read: list[str] = []

    def counted() -> Iterator[Shard]:
        for shard in shards(made, 1):
            read.append(shard.id)
            yield shard

    running = iter(LocalEngine(FolderSink(str(outputs))).run(counted(), RECIPE, workers=1))
    next(running)
    assert len(read) <= 2
    assert len(list(running)) == 7


@pytest.mark.slow
def test_a_run_with_many_kills_ends_equal_to_a_run_without(tmp_path: Path, outputs: Path) -> None:
    made = items(tmp_path, 60)
    engine = LocalEngine(FolderSink(str(outputs)))
    calm = by_path(list(engine.run(shards(made, 4), RECIPE, workers=2)))
    chance = random.Random(7)  # noqa: S311  # which worker dies is no secret
    wild = []
    for result in engine.run(shards(made, 4), RECIPE, workers=2):
        wild.append(result)
        for worker in active_children()[:1]:
            worker.kill()
        time.sleep(chance.uniform(0, 0.5))
    assert by_path(wild) == calm
    assert len(wild) == 15
