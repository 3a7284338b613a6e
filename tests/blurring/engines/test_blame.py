import hashlib
import pickle
from pathlib import Path

import pytest

from blurring import recipe
from blurring.engines import Item, Shard, ShardResult
from blurring.engines.blame import OpenTally, Orders, ShardWorker, libraries
from blurring.errors import BlurringError
from blurring.pipeline import Action
from tests.factories import pictures
from tests.factories.sinks import BuggySink, FolderSink, FullSink

RECIPE = recipe.named("dlib-hog")


def orders(folder: Path) -> Orders:
    return Orders(RECIPE, "cpu", FolderSink(str(folder)), libraries())


def shard(folder: Path, count: int = 2) -> Shard:
    made = []
    for index in range(count):
        data = pictures.gps_jpeg(40 + index, 30)
        path = folder / f"{index}.jpg"
        path.write_bytes(data)
        made.append(Item(path.name, str(path), hashlib.sha256(data).hexdigest()))
    return Shard("7", tuple(made))


def answer(worker: ShardWorker, asked: Shard) -> ShardResult | BlurringError:
    given: ShardResult | BlurringError = pickle.loads(worker.answer(pickle.dumps(asked)))  # noqa: S301 - made here
    return given


def codes(given: ShardResult | BlurringError) -> dict[str, str | None]:
    assert isinstance(given, ShardResult)
    return {item.path: item.outcome.code for item in given.items}


def test_what_was_begun_is_counted_until_it_is_ended() -> None:
    tally = OpenTally()
    assert [tally.begin("a"), tally.begin("a"), tally.begin("b")] == [0, 1, 0]
    tally.end("a")
    assert tally.begin("a") == 0
    tally.end("never begun")


def test_a_shard_done_leaves_nothing_in_the_tally(tmp_path: Path) -> None:
    tally = OpenTally()
    worker = ShardWorker(tally, "one", orders(tmp_path).packed())
    given = answer(worker, shard(tmp_path))
    assert codes(given) == {"0.jpg": None, "1.jpg": None}
    assert not tally.begun


def test_a_shard_that_cost_three_workers_is_done_picture_by_picture(tmp_path: Path) -> None:
    asked = shard(tmp_path)
    tally = OpenTally()
    worker = ShardWorker(tally, "one", orders(tmp_path).packed())
    whole = answer(worker, asked)
    tally.begun.update({"shard 7": 3, "picture 1.jpg": 4})
    assert answer(worker, asked) == whole
    assert not tally.begun


def test_a_picture_that_cost_five_workers_by_itself_is_blamed_and_its_neighbours_are_done(tmp_path: Path) -> None:
    tally = OpenTally()
    worker = ShardWorker(tally, "one", orders(tmp_path).packed())
    tally.begun.update({"shard 7": 3, "picture 0.jpg": 5})
    given = answer(worker, shard(tmp_path))
    assert codes(given) == {"0.jpg": "worker-died", "1.jpg": None}
    assert isinstance(given, ShardResult)
    assert [item.outcome.action for item in given.items] == [Action.FAILED, Action.CLEANED]
    assert "ended 5 processes" in (given.items[0].outcome.detail or "")


def test_a_worker_that_never_begins_gives_up_and_says_so(tmp_path: Path) -> None:
    tally = OpenTally()
    tally.begun["start of one"] = 10
    refused = answer(ShardWorker(tally, "one", b"ends whoever unpacks it"), shard(tmp_path))
    assert str(refused) == "workers die again and again before they have begun"


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"device": "cuda:9"}, "cuda:9"),
        ({"sink": FullSink()}, "No space left"),
        ({"sink": BuggySink()}, "a worker failed: KeyError: "),
        ({"libraries": libraries() | {"numpy": "1.0"}}, "other libraries: numpy .* instead of 1.0"),
        ({"libraries": libraries() | {"numqy": "1.0"}}, "other libraries: numqy none instead of 1.0"),
    ],
)
def test_what_ends_the_run_is_the_answer(tmp_path: Path, changes: dict[str, object], said: str) -> None:
    fields = {name: getattr(orders(tmp_path), name) for name in Orders.__slots__}
    worker = ShardWorker(OpenTally(), "one", Orders(**(fields | changes)).packed())
    with pytest.raises(BlurringError, match=said):
        raise answer(worker, shard(tmp_path))  # type: ignore[misc]  # an answer that is none fails the test too


def test_libraries_that_are_not_there_are_not_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("blurring.engines.blame.LIBRARIES", ("numpy", "no-such-library"))
    assert list(libraries()) == ["numpy"]
