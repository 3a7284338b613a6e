import gc
import hashlib
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
import ray
from structlog.testing import capture_logs

from blurring import recipe
from blurring.engines import Engine, Item, Shard, ShardResult
from blurring.engines.local import LocalEngine
from blurring.engines.ray_data import RayEngine
from blurring.engines.work import Workbench
from blurring.errors import DeviceError, EngineError
from blurring.pipeline import Action
from tests.factories import pictures, places
from tests.factories.clusters import RunningCluster, running_cluster
from tests.factories.sinks import BuggySink, DeadlySink, FolderSink, FullSink

# One process, one cluster: the tests of this file take their turns.
pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("ray")]

RECIPE = recipe.named("dlib-hog")


@pytest.fixture(scope="module")
def cluster() -> Iterator[RunningCluster]:
    with running_cluster() as running:
        yield running


@pytest.fixture
def outputs(tmp_path: Path) -> Path:
    folder = tmp_path / "outputs"
    folder.mkdir()
    return folder


def items(folder: Path, count: int) -> list[Item]:
    """Pictures of different sizes; every third has metadata to be removed, so an output."""
    made = []
    for index in range(count):
        data = pictures.jpeg(40 + index, 30) if index % 3 else pictures.gps_jpeg(40 + index, 30)
        path = folder / f"{index:04}.jpg"
        path.write_bytes(data)
        made.append(Item(path.name, str(path), hashlib.sha256(data).hexdigest()))
    return made


def shards(made: list[Item], size: int) -> list[Shard]:
    return [Shard(str(start), tuple(made[start : start + size])) for start in range(0, len(made), size)]


def by_id(results: list[ShardResult]) -> dict[str, ShardResult]:
    assert len({result.id for result in results}) == len(results)
    return {result.id: result for result in results}


def whole(folder: Path) -> list[str]:
    """The outputs of a sink, without what a killed worker had begun to write."""
    return sorted(path.name for path in folder.iterdir() if not path.suffix)


def test_a_node_killed_in_the_middle_changes_nothing(cluster: RunningCluster, tmp_path: Path, outputs: Path) -> None:
    made = items(tmp_path, 120)
    without_kill = by_id(list(LocalEngine(FolderSink(str(outputs))).run(shards(made, 4), RECIPE, workers=1)))
    node = cluster.add_node("127.0.0.3")

    there = tmp_path / "there"
    there.mkdir()
    engine: Engine = RayEngine(FolderSink(str(there)), cluster.address)
    results = []
    for result in engine.run(shards(made, 4), RECIPE):
        results.append(result)
        if len(results) == 5:
            cluster.kill(node)

    assert by_id(results) == without_kill
    assert whole(there) == whole(outputs)


def test_a_run_that_is_left_stops_and_the_rest_is_done_by_the_next(
    cluster: RunningCluster, tmp_path: Path, outputs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("blurring.engines.ray_data.WINDOW_SHARDS_PER_WORKER", 3)
    work = shards(items(tmp_path, 12), 2)
    engine = RayEngine(FolderSink(str(outputs)), cluster.address)
    running = engine.run(work, RECIPE, workers=1)
    first = next(running)
    running.close()  # type: ignore[attr-defined]  # a generator, like every engine's iterator
    rest = list(engine.run([shard for shard in work if shard.id != first.id], RECIPE))
    assert sorted(by_id([first, *rest])) == sorted(shard.id for shard in work)


def test_a_picture_that_kills_its_worker_is_blamed_and_the_others_are_done(
    cluster: RunningCluster, tmp_path: Path, outputs: Path
) -> None:
    made = items(tmp_path, 4)
    (clean,) = Workbench.opened(RECIPE, "cpu", FolderSink(str(outputs))).done(Shard("probe", (made[3],))).items
    deadly = frozenset({clean.output_size_bytes or 0})
    engine = RayEngine(DeadlySink(str(outputs), deadly), cluster.address)
    results = list(engine.run(shards(made, 2), RECIPE))
    codes = {item.path: item.outcome.code for result in results for item in result.items}
    assert codes == {"0000.jpg": None, "0001.jpg": None, "0002.jpg": None, "0003.jpg": "worker-died"}
    assert all(i.outcome.action is not Action.FAILED for r in results for i in r.items if i.path != "0003.jpg")


def test_a_picture_that_meets_what_nobody_foresaw_is_blamed_and_the_others_are_done(
    cluster: RunningCluster, tmp_path: Path, outputs: Path
) -> None:
    made = [*items(tmp_path, 3), places.buggy("buggy.jpg")]
    with capture_logs() as logged:
        (result,) = RayEngine(FolderSink(str(outputs)), cluster.address).run(shards(made, 4), RECIPE)
    assert [item.outcome.code for item in result.items] == [None, None, None, "unforeseen"]
    assert [(line["event"], line["kind"]) for line in logged] == [("picture.unforeseen", "KeyError")]
    row = [places.buggy(f"{n}.jpg") for n in range(150)]
    with pytest.raises(EngineError, match="100 pictures in a row met the same"):
        list(RayEngine(FolderSink(str(outputs)), cluster.address).run(shards(row, 50), RECIPE))
    gc.collect()
    assert not ray.is_initialized(), "what is left of the run has joined the cluster again"


def test_what_ends_a_run_is_one_sentence(cluster: RunningCluster, tmp_path: Path, outputs: Path) -> None:
    work = shards(items(tmp_path, 3), 3)
    with pytest.raises(EngineError, match="No space left"):
        list(RayEngine(FullSink(), cluster.address).run(work, RECIPE))
    with pytest.raises(EngineError, match=r"^a worker failed: KeyError: \d+$"):
        list(RayEngine(BuggySink(), cluster.address).run(work, RECIPE))
    with pytest.raises(DeviceError, match="no machine of the cluster has a GPU for cuda:0"):
        list(RayEngine(FolderSink(str(outputs)), cluster.address).run(work, RECIPE, device="cuda:0"))


def test_where_no_cluster_answers_the_run_says_so_at_once() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        nobody = f"127.0.0.1:{taken.getsockname()[1]}"
    for address in (nobody, "nowhere", "127.0.0.1:port", "127.0.0.1:99999"):
        with pytest.raises(EngineError, match="no Ray cluster answers"):
            list(RayEngine(FullSink(), address).run([], RECIPE))
