"""Processes of this machine, one per core.

Answers: how are all cores kept busy, and what happens when a worker is killed? Another worker
takes its place and its shard is done again. A shard that loses three workers is done picture by
picture; a picture that by itself loses five is blamed, and the others go on: chance kills (a full
memory, an operator) do not hit the same picture again and again.

Each worker is spoken to through a pipe of its own, so a death costs one shard's work, and workers
whose master was killed end by themselves. Refuses to start for ever: workers that die before they
have opened their detector stop the run.
"""

import contextlib
import multiprocessing
import os
import signal
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from multiprocessing.connection import Connection, wait
from multiprocessing.context import SpawnProcess
from typing import Final, cast

from blurring import pipeline
from blurring.engines import ItemResult, Shard, ShardResult, Sink
from blurring.engines.faults import watched
from blurring.engines.work import Workbench
from blurring.errors import BlurringError, EngineError, WorkerDiedError
from blurring.recipe import Recipe

SHARD_DEATHS_MAX: Final = 3
ITEM_DEATHS_MAX: Final = 5
START_DEATHS_MAX: Final = 10

SPAWN: Final = multiprocessing.get_context("spawn")


@dataclass(frozen=True, slots=True)
class LocalEngine:
    """Works through shards with processes of this machine; see `Engine`.

    Attributes:
        sink: stores outputs; pickled to the workers.
    """

    sink: Sink

    def run(
        self, shards: Iterable[Shard], recipe: Recipe, device: str = "cpu", workers: int | None = None
    ) -> Iterator[ShardResult]:
        """See `Engine.run`. Processes are spawned, with one thread of computation each."""
        crew = _Crew(recipe, device, self.sink)
        try:
            yield from watched(crew.results(_Backlog(iter(shards)), workers or os.cpu_count() or 1))
        finally:
            crew.dismiss()


@dataclass(slots=True)
class _Task:
    """A shard, or one item of a shard that is done item by item.

    Attributes:
        shard: what the worker gets.
        deaths: how many workers died over it.
        whole: the shard that this is an item of, with the results so far; None for a shard.
    """

    shard: Shard
    deaths: int = 0
    whole: "_Whole | None" = None


@dataclass(slots=True)
class _Whole:
    """A shard that is done item by item."""

    shard: Shard
    results: dict[str, ItemResult] = field(default_factory=dict)

    def with_part(self, result: ItemResult) -> ShardResult | None:
        """The shard's result, when this part was the last that was missing."""
        self.results[result.path] = result
        if len(self.results) < len(self.shard.items):
            return None
        return ShardResult(self.shard.id, tuple(self.results[i.path] for i in self.shard.items))


@dataclass(slots=True)
class _Backlog:
    """What is still to be handed out: first what came back, then the caller's shards."""

    shards: Iterator[Shard]
    again: deque[_Task] = field(default_factory=deque)

    def next(self) -> _Task | None:
        """The next task; None when nothing is left for now."""
        if self.again:
            return self.again.popleft()
        shard = next(self.shards, None)
        return None if shard is None else _Task(shard)

    def after_death(self, task: _Task) -> ShardResult | None:
        """Put back what a worker died over; a result when only blame was missing."""
        task.deaths += 1
        if task.whole is None and task.deaths < SHARD_DEATHS_MAX:
            self.again.append(task)
        elif task.whole is None:
            whole = _Whole(task.shard)
            parts = (Shard(task.shard.id, (item,)) for item in task.shard.items)
            self.again.extend(_Task(part, whole=whole) for part in parts)
        elif task.deaths < ITEM_DEATHS_MAX:
            self.again.append(task)
        else:
            path = task.shard.items[0].path
            blame = WorkerDiedError(f"{path} ended {task.deaths} processes that worked on it alone")
            return task.whole.with_part(ItemResult(path, pipeline.failed(blame)))
        return None


@dataclass(slots=True)
class _Worker:
    """A process, our end of its pipe, and what it is working on."""

    process: SpawnProcess
    pipe: Connection
    is_ready: bool = False
    task: _Task | None = None

    def send(self) -> None:
        """Hand over the task; a worker that is dead by now is noticed when it is heard."""
        if self.task is not None:
            with contextlib.suppress(OSError):
                self.pipe.send(self.task.shard)


@dataclass(slots=True)
class _Crew:
    """The workers of one run."""

    recipe: Recipe
    device: str
    sink: Sink
    workers: dict[Connection, _Worker] = field(default_factory=dict)
    start_deaths: int = 0

    def results(self, backlog: _Backlog, count: int) -> Iterator[ShardResult]:
        """Every shard's result, whatever happens to the workers."""
        self._hand_out(backlog, count)
        while any(worker.task for worker in self.workers.values()):
            for pipe in wait(list(self.workers)):
                result = self._heard(self.workers[cast("Connection", pipe)], backlog)
                self._hand_out(backlog, count)
                if result is not None:
                    yield result

    def dismiss(self) -> None:
        """End the workers now; nothing that was reported is lost by it."""
        for worker in self.workers.values():
            if worker.task is not None:
                worker.process.kill()
            worker.pipe.close()
        for worker in self.workers.values():
            worker.process.join()
            worker.process.close()
        self.workers.clear()

    def _hand_out(self, backlog: _Backlog, count: int) -> None:
        """Give every idle worker something, and hire while there are fewer than `count`."""
        idle = [worker for worker in self.workers.values() if worker.task is None]
        while (idle or len(self.workers) < count) and (task := backlog.next()):
            worker = idle.pop() if idle else self._hired(task.shard)
            worker.task = task
            if worker.is_ready:
                worker.send()

    def _hired(self, shard: Shard) -> _Worker:
        """A new worker, who opens the detector at once if the shard needs it."""
        ours, theirs = SPAWN.Pipe()
        looks = any(item.look for item in shard.items)
        process = SPAWN.Process(target=_serve, args=(theirs, self.recipe, self.device, self.sink, looks), daemon=True)
        process.start()
        theirs.close()  # so that the pipe ends when the process does
        self.workers[ours] = _Worker(process, ours)
        return self.workers[ours]

    def _heard(self, worker: _Worker, backlog: _Backlog) -> ShardResult | None:
        """What the worker's message, or its death, comes to."""
        try:
            message: ShardResult | BlurringError | None = worker.pipe.recv()
        except (EOFError, OSError):
            return self._lost(worker, backlog)
        if isinstance(message, BlurringError):
            raise message
        if message is None:
            worker.is_ready = True
            self.start_deaths = 0
            worker.send()
            return None
        task, worker.task = worker.task, None
        whole = task.whole if task else None
        return whole.with_part(message.items[0]) if whole else message

    def _lost(self, worker: _Worker, backlog: _Backlog) -> ShardResult | None:
        """Bury the worker and put its task back."""
        del self.workers[worker.pipe]
        worker.pipe.close()
        worker.process.join()
        worker.process.close()
        if worker.task is None:
            return None
        if worker.is_ready:
            return backlog.after_death(worker.task)
        self.start_deaths += 1
        if self.start_deaths == START_DEATHS_MAX:
            raise EngineError("workers die again and again before they have begun")
        backlog.again.append(worker.task)
        return None


def _serve(pipe: Connection, recipe: Recipe, device: str, sink: Sink, looks: bool) -> None:  # noqa: FBT001
    """A worker's life: open the detector if it is needed, say so, then a result for every shard until the end."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the master decides when to stop
    try:
        bench = Workbench.opened(recipe, device, sink, looks=looks)
        pipe.send(None)
        while True:
            pipe.send(bench.done(pipe.recv()))
    except (EOFError, ConnectionError):
        return  # the master has closed the pipe, or is gone
    except BlurringError as error:
        pipe.send(error)
    except Exception as error:  # noqa: BLE001  # the worker loop: a bug is told, not retried
        pipe.send(EngineError(f"a worker failed: {type(error).__name__}: {error}"))
