from dataclasses import FrozenInstanceError

import pytest

from blurring.engines import Engine, Item, ItemResult, Shard, ShardResult
from blurring.engines.local import LocalEngine
from blurring.pipeline import Action, Outcome
from tests.factories.sinks import FolderSink


def test_the_local_engine_is_an_engine() -> None:
    engine: Engine = LocalEngine(FolderSink("unused"))
    assert callable(engine.run)


def test_a_result_without_an_output_names_none() -> None:
    result = ItemResult("a.jpg", Outcome(Action.UNCHANGED))
    assert result.output_sha256 is None
    assert result.output_size_bytes is None


def test_what_was_reported_cannot_be_changed() -> None:
    shard = Shard("1", (Item("a.jpg", "/a.jpg", "0" * 64),))
    with pytest.raises(FrozenInstanceError):
        shard.id = "2"  # type: ignore[misc]  # what is tested
    assert ShardResult("1", ()).items == ()
