import sys
from dataclasses import FrozenInstanceError

import pytest

from blurring.engines import Engine, EngineName, Item, ItemResult, Shard, ShardResult, opened
from blurring.engines.local import LocalEngine
from blurring.engines.ray_data import RayEngine
from blurring.errors import EngineError
from blurring.pipeline import Action, Outcome
from tests.factories.sinks import FolderSink


def test_the_local_engine_is_an_engine() -> None:
    engine: Engine = LocalEngine(FolderSink("unused"))
    assert callable(engine.run)


def test_an_engine_is_opened_by_its_name() -> None:
    sink = FolderSink("unused")
    assert opened(EngineName.LOCAL, sink, "unused:1") == LocalEngine(sink)
    assert opened(EngineName.RAY, sink, "head:6379") == RayEngine(sink, "head:6379")


def test_without_ray_its_engine_says_which_extra_brings_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "blurring.engines.ray_data")
    monkeypatch.setitem(sys.modules, "ray", None)
    with pytest.raises(EngineError, match=r"accession\[ray\]"):
        opened(EngineName.RAY, FolderSink("unused"), "head:6379")


def test_a_result_without_an_output_names_none() -> None:
    result = ItemResult("a.jpg", Outcome(Action.UNCHANGED))
    assert result.output_sha256 is None
    assert result.output_size_bytes is None


def test_what_was_reported_cannot_be_changed() -> None:
    shard = Shard("1", (Item("a.jpg", "/a.jpg", "0" * 64),))
    with pytest.raises(FrozenInstanceError):
        shard.id = "2"  # type: ignore[misc]  # what is tested
    assert ShardResult("1", ()).items == ()
