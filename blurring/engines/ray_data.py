"""Ray Data: the cores and accelerators of a cluster, one actor each.

Answers: how are shards worked through on machines that come and go? Ray gives the work of a lost machine to another
one; a tally beside the master tells a picture that ends its workers from bad luck, as the local engine does. Sources
and sink must be the same to every machine: a shared file system, an object store. Refuses to start a cluster: it joins
the one at an address, so what Ray listens on, and whether it reports to its makers, is its operator's choice.

Shards go out in windows, so that a run of any length needs bounded memory.
"""

import contextlib
import logging
import pickle
import socket
import warnings
from collections.abc import Generator, Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any, Final

import ray
import ray.data
from ray.exceptions import RayError
from ray.util.scheduling_strategies import NodeAffinitySchedulingStrategy

from blurring.engines import Shard, ShardResult, Sink
from blurring.engines.blame import OpenTally, Orders, ShardWorker, libraries
from blurring.engines.faults import watched
from blurring.errors import BlurringError, DeviceError, EngineError
from blurring.recipe import Recipe

# The end of a window leaves workers idle for half a shard on average: with so many, under one per cent of the time.
WINDOW_SHARDS_PER_WORKER: Final = 64
ANSWER_SECONDS: Final = 5.0


@dataclass(frozen=True, slots=True)
class RayEngine:
    """Works through shards with the actors of a Ray cluster; see `Engine`.

    Attributes:
        sink: stores outputs where every machine of the cluster and the caller find them; pickled to the actors.
        address: host and port of the cluster's head.
    """

    sink: Sink
    address: str

    def run(
        self, shards: Iterable[Shard], recipe: Recipe, device: str = "cpu", workers: int | None = None
    ) -> Iterator[ShardResult]:
        """See `Engine.run`. An actor has a core to itself, or for a device other than the processor an accelerator.

        Raises:
            EngineError: see `Engine.run`; or the cluster is not there, or it has other libraries.
            DetectorError, DeviceError: the recipe cannot be followed there.
        """
        try:
            with _joined(self.address):
                pool = _Pool.of(device, workers)
                orders = Orders(recipe, device, self.sink, libraries()).packed()
                # Ray Data's own iterator has to end before the cluster is left, or it would join it again.
                with contextlib.closing(pool.results(iter(shards), orders)) as arriving:
                    yield from watched(arriving)
        except RayError as error:
            # Only its first line: the rest is the trace of another machine.
            said = str(error).partition("\n")[0]
            raise EngineError(f"the cluster failed: {type(error).__name__}: {said}") from error


@dataclass(frozen=True, slots=True)
class RemoteTally:
    """A tally that is kept by an actor of its own; see `Tally`."""

    actor: Any

    def begin(self, work: str) -> int:
        """See `Tally`."""
        return int(ray.get(self.actor.begin.remote(work)))

    def end(self, work: str) -> None:
        """See `Tally`."""
        ray.get(self.actor.end.remote(work))


class Actor:
    """What Ray Data starts once per core or accelerator, and again when it died."""

    def __init__(self, tally: RemoteTally, orders: bytes) -> None:
        self.worker = ShardWorker(tally, ray.get_runtime_context().get_actor_id(), orders)

    def __call__(self, row: dict[str, bytes]) -> dict[str, bytes]:
        """One shard's row in, one answer's row out."""
        return {"answer": self.worker.answer(row["shard"])}


@dataclass(frozen=True, slots=True)
class _Pool:
    """So many actors, each with what it needs.

    Attributes:
        needs: Ray's options for one actor.
        tally: who died over what, on the master's machine: should that be lost, so is the run.
    """

    actors: int
    needs: dict[str, int]
    tally: RemoteTally

    @classmethod
    def of(cls, device: str, workers: int | None) -> "_Pool":
        """The pool for a device, as large as the cluster, or as `workers` where that is less.

        Raises:
            DeviceError: no machine of the cluster has such a device.
        """
        kind, needs = ("CPU", {"num_cpus": 1}) if device == "cpu" else ("GPU", {"num_cpus": 0, "num_gpus": 1})
        there = int(ray.cluster_resources().get(kind, 0))
        if there == 0:
            raise DeviceError(f"no machine of the cluster has a {kind} for {device}")
        here = NodeAffinitySchedulingStrategy(ray.get_runtime_context().get_node_id(), soft=False)
        keeper = ray.remote(OpenTally).options(num_cpus=0, scheduling_strategy=here).remote()
        return cls(min(workers or there, there), needs, RemoteTally(keeper))

    def results(self, shards: Iterator[Shard], orders: bytes) -> Generator[ShardResult, None, None]:
        """One result per shard, window after window."""
        while window := list(islice(shards, self.actors * WINDOW_SHARDS_PER_WORKER)):
            yield from self._window_results(window, orders)

    def _window_results(self, window: list[Shard], orders: bytes) -> Iterator[ShardResult]:
        """One result per shard of the window, in the order in which they are done."""
        rows = [{"shard": pickle.dumps(shard)} for shard in window]
        answers = ray.data.from_items(rows, override_num_blocks=len(rows)).map(
            Actor,
            fn_constructor_args=(self.tally, orders),
            # One shard at a time: what a lost machine had begun is all that is done again.
            compute=ray.data.ActorPoolStrategy(
                min_size=1, max_size=self.actors, initial_size=self.actors, max_tasks_in_flight_per_actor=1
            ),
            **self.needs,
        )
        for row in answers.iter_rows():
            answer: ShardResult | BlurringError = pickle.loads(row["answer"])  # noqa: S301 - from our own actor
            if isinstance(answer, BlurringError):
                raise answer
            yield answer


@contextlib.contextmanager
def _joined(address: str) -> Iterator[None]:
    """This process as the cluster's driver; leaving ends its actors, wherever they are.

    Raises:
        EngineError: no cluster answers.
    """
    _require_answer(address)
    try:
        ray.init(address=address, log_to_driver=False, configure_logging=False)
    except (ConnectionError, RuntimeError) as error:
        raise EngineError(f"the Ray cluster at {address} cannot be joined: {error}") from error
    try:
        _keep_quiet()
        yield
    finally:
        ray.shutdown()


def _require_answer(address: str) -> None:
    """Ray itself would try for minutes."""
    host, _, port = address.rpartition(":")
    try:
        socket.create_connection((host.strip("[]"), int(port)), ANSWER_SECONDS).close()
    except (OSError, ValueError, OverflowError) as error:
        raise EngineError(f"no Ray cluster answers at {address}; `ray start --head` begins one") from error


def _keep_quiet() -> None:
    """Progress is told by whoever asked for the work; Ray Data says only what goes wrong."""
    with warnings.catch_warnings():
        # Its defaults contain a setting that it warns about itself.
        warnings.simplefilter("ignore", DeprecationWarning)
        ray.data.DataContext.get_current().enable_progress_bars = False
    logging.getLogger("ray.data").setLevel(logging.ERROR)
