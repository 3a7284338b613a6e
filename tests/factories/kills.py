"""Work that is killed at random moments, again and again, by processes that begin in a few milliseconds."""

import multiprocessing
import random
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from blurring import detectors, folders, recipe
from blurring.engines import Item, Refused, Shard, ShardResult
from blurring.engines.work import Workbench
from blurring.folders import FolderJob, StoreSink

# Whatever takes long to import is imported once, in the process that the others are copies of.
PREPARED: Final = multiprocessing.get_context("forkserver")
PREPARED.set_forkserver_preload(["tests.factories.kills"])
RECIPE: Final = recipe.named("dlib-hog")
DETECTOR: Final = detectors.open(RECIPE)


@dataclass(frozen=True, slots=True)
class FolderWork:
    """A folder's pictures on their way to another folder, two at a time, in a process of its own."""

    work: Sequence[Item | Refused]
    target: Path
    report_file: Path

    def __call__(self) -> None:
        """Go on where the last call was, to the end."""
        vars(folders)["SHARD_ITEMS"] = 2  # in this process alone
        job = FolderJob(self.target, self.report_file, RECIPE, "cpu")
        job.resume()
        for _ in job.run(self.work, self._engine):
            pass

    def _engine(self, shards: Iterable[Shard]) -> Iterator[ShardResult]:
        bench = Workbench(RECIPE, "cpu", StoreSink(str(self.target)), DETECTOR)
        return (bench.done(shard) for shard in shards)


def killed(work: Callable[[], None], moments: random.Random, longest_seconds: float) -> bool:
    """Do the work in another process that is killed after a while; whether it was."""
    process = PREPARED.Process(target=work)
    process.start()
    process.join(moments.uniform(0, longest_seconds))
    process.kill()
    process.join()
    was_killed = process.exitcode != 0
    process.close()
    return was_killed


def timed(work: Callable[[], None]) -> float:
    """Seconds that the work takes when nobody kills it, in a process of its own."""
    begun = time.perf_counter()
    process = PREPARED.Process(target=work)
    process.start()
    process.join()
    if process.exitcode != 0:
        raise RuntimeError(f"undisturbed, the work ends with {process.exitcode}")
    process.close()
    return time.perf_counter() - begun
