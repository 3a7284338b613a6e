"""What a worker does with one shard, on whichever engine it runs.

Answers: are these still the bytes that were imported, and what became of each? Reads regular
files only, and hands every output to the sink before it reports it. What nobody foresaw costs the picture that met it,
which is tried again by itself first.

Pictures of one shape are looked at in a row, because a change of shape costs a network up to half of what a look
costs; so a part of the shard is read first, at most `AHEAD_BYTES` of it. Where the detector takes several pictures at
once, threads open the next ones and write the last ones while it looks.
"""

import hashlib
import itertools
import os
import stat
from collections.abc import Iterator, Sequence
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from functools import partial
from threading import Lock
from typing import Final, Self

import cv2
import numpy as np
from numpy.typing import NDArray

from blurring import detectors, files, pipeline
from blurring.boxes import Box
from blurring.detectors import Detector, views
from blurring.engines import Fault, Item, ItemResult, Shard, ShardResult, Sink
from blurring.engines.faults import blamed, tried
from blurring.errors import EngineError, SourceChangedError, UnreadableError
from blurring.pipeline import Opened, Outcome
from blurring.recipe import Recipe

FILE_BYTES_MAX: Final = 2**30
AHEAD_BYTES: Final = 2**26
BATCH_PX_MAX: Final = 2**24
THREADS_MAX: Final = 8
BLANK: Final[NDArray[np.uint8]] = np.zeros((64, 64, 3), np.uint8)


@dataclass(frozen=True, slots=True)
class _Loaded:
    """An item with its bytes, and the shape in which a network will be shown it."""

    item: Item
    data: bytes
    shape: tuple[int, int]

    @property
    def is_detected(self) -> bool:
        """Whether a detector looks for faces in it."""
        return self.item.look and self.item.known.is_detected


@dataclass(slots=True)
class Workbench:
    """What a worker needs, opened once.

    Attributes:
        recipe: what to do.
        device: where faces are looked for.
        sink: where outputs go.
        detector: opened for the recipe on the device; None until somebody looks.
        second: opened for the recipe's second look; None until somebody looks, and where nobody looks again.
    """

    recipe: Recipe
    device: str
    sink: Sink
    detector: Detector | None = None
    second: Detector | None = None
    # A network computes for one at a time.
    _turn: Lock = field(default_factory=Lock)

    @classmethod
    def opened(cls, recipe: Recipe, device: str, sink: Sink, *, looks: bool = True) -> Self:
        """A workbench, its detector loaded if it is known that faces are looked for; one thread of computation.

        Raises:
            DetectorError, DeviceError: the recipe cannot be followed here.
        """
        cv2.setNumThreads(1)  # there is a process per core
        bench = cls(recipe, device, sink)
        if looks:
            bench._open()
        return bench

    def done(self, shard: Shard) -> ShardResult:
        """The shard worked through, its outputs stored.

        Raises:
            EngineError: the sink cannot store.
            DetectorError, DeviceError: the recipe cannot be followed here, or the device has no room for a picture.
        """
        results: dict[str, ItemResult] = {}
        batch = self.detector.batch if self.detector else None
        for part in _parts(shard.items, results):
            for loaded in part:
                if not loaded.is_detected:
                    results[loaded.item.path] = self._alone(loaded)
            # The largest first: memory that was enough for them is enough for all others.
            self._look(
                sorted((one for one in part if one.is_detected), key=lambda one: one.shape, reverse=True), results
            )
        return ShardResult(shard.id, tuple(results[item.path] for item in shard.items), self._remarks(batch))

    def _look(self, seen: Sequence[_Loaded], results: dict[str, ItemResult]) -> None:
        """Look for faces in these: together where that is quicker, and each alone that has no result by that."""
        detector = self.detector or (self._open() if seen else None)
        if detector is not None and detector.batch > 1:
            overlapped = ((result.path, result) for result in self._overlapped(seen, detector))
            tried(lambda: results.update(overlapped), tries=1)
        for loaded in seen:
            if loaded.item.path not in results:
                results[loaded.item.path] = self._alone(loaded)

    def _alone(self, loaded: _Loaded) -> ItemResult:
        """The result of one picture, whatever it meets."""
        outcome = tried(lambda: self._outcome(loaded))
        if isinstance(outcome, Fault):
            return blamed(loaded.item, replace(outcome, is_general=self._is_blind()))
        return self._kept(loaded.item, outcome)

    def _outcome(self, loaded: _Loaded) -> Outcome:
        item, file = loaded.item, pipeline.opened(loaded.data)
        if isinstance(file, Outcome):
            return file
        if not item.look:
            return self._previewed(item, file, pipeline.finished(file, (), self.recipe))
        detector = self.detector or self._open()
        return self._looked(item, file, pipeline.looked([file], detector)[0] if loaded.is_detected else ())

    def _is_blind(self) -> bool:
        """Whether a detector cannot look even at a blank picture."""
        open_ones = [one for one in (self.detector, self.second) if one is not None]
        return any(isinstance(tried(partial(one.detect, BLANK)), Fault) for one in open_ones)

    def _remarks(self, batch: int | None) -> tuple[str, ...]:
        """That the device had less room than was thought, where it had."""
        if batch is None or self.detector is None or self.detector.batch == batch:
            return ()
        return (f"{self.device} had no room for {batch} pictures at once; now it looks at {self.detector.batch}",)

    def _open(self) -> Detector:
        """The detector, now that somebody looks; the one of the second look is open too."""
        again = self.recipe.again()
        self.second = None if again is None else detectors.open(again, self.device)
        self.detector = detectors.open(self.recipe, self.device)
        return self.detector

    def _overlapped(self, seen: Sequence[_Loaded], detector: Detector) -> Iterator[ItemResult]:
        """The same in batches: the next is opened and the last is finished while the detector looks at one."""
        ahead: list[tuple[Item, Future[Opened | Outcome]]] = []
        behind: list[Future[ItemResult]] = []
        with ThreadPoolExecutor(min(THREADS_MAX, os.cpu_count() or 1)) as threads:
            for batch in (*_batches(seen, detector.batch), ()):
                now, ahead = ahead, [(one.item, threads.submit(pipeline.opened, one.data)) for one in batch]
                done, behind = behind, self._begun(now, detector, threads)
                yield from (future.result() for future in done)
            yield from (future.result() for future in behind)

    def _begun(
        self, batch: Sequence[tuple[Item, Future[Opened | Outcome]]], detector: Detector, threads: Executor
    ) -> list[Future[ItemResult]]:
        """What threads make of a batch once the detector has looked at it."""
        opened = [(item, future.result()) for item, future in batch]
        pictures = [(item, file) for item, file in opened if isinstance(file, Opened)]
        found = pipeline.looked([file for _, file in pictures], detector) if pictures else []
        futures = [
            threads.submit(self._finished, item, file, faces)
            for (item, file), faces in zip(pictures, found, strict=True)
        ]
        failures = [(item, outcome) for item, outcome in opened if isinstance(outcome, Outcome)]
        return futures + [threads.submit(self._kept, item, outcome) for item, outcome in failures]

    def _finished(self, item: Item, file: Opened, found: Sequence[Box]) -> ItemResult:
        return self._kept(item, self._looked(item, file, found))

    def _looked(self, item: Item, file: Opened, found: Sequence[Box]) -> Outcome:
        """What becomes of a picture in which these faces were found."""
        outcome = pipeline.finished(file, found, self.recipe, item.known)
        if self.second is not None:
            with self._turn:
                outcome = pipeline.looked_again(file, outcome, self.recipe, self.second, item.known)
        return self._previewed(item, file, outcome)

    def _previewed(self, item: Item, file: Opened, outcome: Outcome) -> Outcome:
        """The outcome with its preview, where one is asked for."""
        if not item.is_previewed:
            return outcome
        return pipeline.previewed(file, outcome, self.recipe, is_seen=item.look and item.known.is_detected)

    def _kept(self, item: Item, outcome: Outcome) -> ItemResult:
        """The result of an outcome, its output stored."""
        told = replace(outcome, output=None, shown=None)
        return ItemResult(item.path, told, self._stored(outcome.output), outcome.size_bytes)

    def _stored(self, data: bytes | None) -> str | None:
        try:
            return None if data is None else self.sink(data)
        except OSError as error:
            where = f" in {error.filename}" if error.filename else ""
            raise EngineError(f"an output cannot be stored{where}: {error.strerror or error}") from error


def _parts(items: Sequence[Item], results: dict[str, ItemResult]) -> Iterator[list[_Loaded]]:
    """The items with their bytes, as many as may be read ahead; what cannot be read has its result at once."""
    part: list[_Loaded] = []
    size_bytes = 0
    for item in items:
        try:
            loaded = tried(partial(_loaded, item))
        except (SourceChangedError, UnreadableError) as error:
            results[item.path] = ItemResult(item.path, pipeline.failed(error))
            continue
        if isinstance(loaded, Fault):
            results[item.path] = blamed(item, loaded)
            continue
        if part and size_bytes + len(loaded.data) > AHEAD_BYTES:
            yield part
            part, size_bytes = [], 0
        part.append(loaded)
        size_bytes += len(loaded.data)
    yield part


def _loaded(item: Item) -> _Loaded:
    data = _bytes_of(item)
    return _Loaded(item, data, views.canvas_shape(*files.size_of(data)))


def _batches(seen: Sequence[_Loaded], most: int) -> Iterator[list[_Loaded]]:
    """At most so many at a time, of one shape, and of not too many pixels together."""
    for (height, width), group in itertools.groupby(seen, key=lambda loaded: loaded.shape):
        same = list(group)
        step = max(1, min(most, BATCH_PX_MAX // (height * width)))
        yield from (same[start : start + step] for start in range(0, len(same), step))


def _bytes_of(item: Item) -> bytes:
    """The file's bytes, which are those that were imported.

    Raises:
        UnreadableError: no file that can be read.
        SourceChangedError: other bytes than at import, or no regular file any more.
    """
    try:
        data = _file_bytes(item) if item.place is None else item.place.read()
    except (OSError, ValueError) as error:
        raise UnreadableError(f"{item.path} cannot be read") from error
    if hashlib.sha256(data).hexdigest() != item.sha256:
        raise SourceChangedError(f"{item.path} is not what was imported")
    return data


def _file_bytes(item: Item) -> bytes:
    # Not blocking: what was a file at import may be a pipe by now.
    descriptor = os.open(item.file, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0))
    with open(descriptor, "rb") as file:  # noqa: PTH123  # a descriptor, not a path
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode) or status.st_size > FILE_BYTES_MAX:
            raise SourceChangedError(f"{item.path} is no picture file any more")
        return file.read(FILE_BYTES_MAX)
