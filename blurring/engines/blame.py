"""Who is to blame when workers die on machines that nobody here can see?

Answers: how often was this work begun and not ended? The dead cannot say it, so it is counted where no worker is.
Work that was begun and never ended, again and again, ends the processes that do it; chance (a machine that is switched
off, a full memory) does not hit the same picture again and again.
"""

import pickle
from collections import Counter
from dataclasses import dataclass, field
from importlib import metadata
from typing import Final, Protocol

from blurring import pipeline
from blurring.engines import Item, ItemResult, Shard, ShardResult, Sink
from blurring.engines.local import ITEM_DEATHS_MAX, SHARD_DEATHS_MAX, START_DEATHS_MAX
from blurring.engines.work import Workbench
from blurring.errors import BlurringError, EngineError, WorkerDiedError
from blurring.recipe import Recipe

# Pixels may differ where one of these does, so all machines of a run must have the same.
LIBRARIES: Final = (
    *("accession", "dlib-bin", "numpy", "onnxruntime", "onnxruntime-gpu"),
    *("opencv-python-headless", "openvino", "pillow"),
)


class Tally(Protocol):
    """Keeps count of work, and outlives the workers."""

    def begin(self, work: str) -> int:
        """How often this work was begun before and not ended; it is begun once more."""
        ...

    def end(self, work: str) -> None:
        """The work is done: whatever was counted against it is forgotten."""
        ...


@dataclass(slots=True)
class OpenTally:
    """A tally in this process's memory."""

    begun: Counter[str] = field(default_factory=Counter)

    def begin(self, work: str) -> int:
        """See `Tally`."""
        self.begun[work] += 1
        return self.begun[work] - 1

    def end(self, work: str) -> None:
        """See `Tally`."""
        del self.begun[work]


@dataclass(frozen=True, slots=True)
class Orders:
    """What every worker of a run is told; travels as bytes, so that only a worker that is counted unpacks it.

    Attributes:
        libraries: names and versions that pixels may depend on, where the run was begun.
    """

    recipe: Recipe
    device: str
    sink: Sink
    libraries: dict[str, str]

    def packed(self) -> bytes:
        """The bytes that `ShardWorker` takes."""
        return pickle.dumps(self)


def libraries() -> dict[str, str]:
    """Name and version of each of `LIBRARIES` that is installed here."""
    found = {}
    for name in LIBRARIES:
        try:
            found[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            continue  # whether it is needed, the detector says
    return found


class ShardWorker:
    """Works through shards under a tally; what stops the run is kept and told when the first shard comes.

    Args:
        tally: who died over what.
        name: of this worker, the same when it takes its own place after a death.
        orders: see `Orders.packed`.
    """

    def __init__(self, tally: Tally, name: str, orders: bytes) -> None:
        self.tally = tally
        self.opened = self._opened(f"start of {name}", orders)

    def answer(self, packed: bytes) -> bytes:
        """A pickled `Shard` in; a pickled `ShardResult`, or the `BlurringError` that ends the run, out."""
        if isinstance(self.opened, BlurringError):
            return pickle.dumps(self.opened)
        shard: Shard = pickle.loads(packed)  # noqa: S301 - from the master of this run, in the operator's own cluster
        try:
            return pickle.dumps(self._done(self.opened, shard))
        except BlurringError as error:
            return pickle.dumps(error)
        except Exception as error:  # noqa: BLE001  # the worker loop: a bug is told, not retried
            return pickle.dumps(EngineError(f"a worker failed: {type(error).__name__}: {error}"))

    def _opened(self, start: str, orders: bytes) -> Workbench | BlurringError:
        if self.tally.begin(start) >= START_DEATHS_MAX:
            return EngineError("workers die again and again before they have begun")
        told: Orders = pickle.loads(orders)  # noqa: S301 - likewise
        try:
            _require_same(told.libraries, libraries())
            bench = Workbench.opened(told.recipe, told.device, told.sink)
        except BlurringError as error:
            return error
        self.tally.end(start)
        return bench

    def _done(self, bench: Workbench, shard: Shard) -> ShardResult:
        """The shard, as a whole or, when it cost too many workers, picture by picture."""
        work = f"shard {shard.id}"
        if self.tally.begin(work) < SHARD_DEATHS_MAX:
            result = bench.done(shard)
        else:
            result = ShardResult(shard.id, tuple(self._item_done(bench, shard.id, item) for item in shard.items))
        self.tally.end(work)
        return result

    def _item_done(self, bench: Workbench, shard_id: str, item: Item) -> ItemResult:
        work = f"picture {item.path}"
        deaths = self.tally.begin(work)
        if deaths >= ITEM_DEATHS_MAX:
            blame = WorkerDiedError(f"{item.path} ended {deaths} processes that worked on it alone")
            return ItemResult(item.path, pipeline.failed(blame))
        (result,) = bench.done(Shard(shard_id, (item,))).items
        self.tally.end(work)
        return result


def _require_same(wanted: dict[str, str], found: dict[str, str]) -> None:
    """Raises `EngineError` where this machine has other libraries than the one that began the run."""
    names = sorted(name for name in wanted.keys() | found.keys() if wanted.get(name) != found.get(name))
    if names:
        said = ", ".join(f"{name} {found.get(name, 'none')} instead of {wanted.get(name, 'none')}" for name in names)
        raise EngineError(f"a machine of the cluster has other libraries: {said}")
