"""What a worker does with one shard, on whichever engine it runs.

Answers: are these still the bytes that were imported, and what became of each? Reads regular
files only, and hands every output to the sink before it reports it.
"""

import hashlib
import os
import stat
from dataclasses import dataclass, replace
from typing import Final, Self

import cv2

from blurring import detectors, pipeline
from blurring.detectors import Detector
from blurring.engines import Item, ItemResult, Shard, ShardResult, Sink
from blurring.errors import EngineError, SourceChangedError, UnreadableError
from blurring.recipe import Recipe

FILE_BYTES_MAX: Final = 2**30


@dataclass(frozen=True, slots=True)
class Workbench:
    """What a worker needs, opened once.

    Attributes:
        recipe: what to do.
        detector: opened for the recipe.
        sink: where outputs go.
    """

    recipe: Recipe
    detector: Detector
    sink: Sink

    @classmethod
    def opened(cls, recipe: Recipe, device: str, sink: Sink) -> Self:
        """A workbench with its detector loaded; one thread, because there is a process per core.

        Raises:
            DetectorError, DeviceError: the recipe cannot be followed here.
        """
        cv2.setNumThreads(1)
        return cls(recipe, detectors.open(recipe, device), sink)

    def done(self, shard: Shard) -> ShardResult:
        """The shard worked through, its outputs stored.

        Raises:
            EngineError: the sink cannot store.
        """
        return ShardResult(shard.id, tuple(self._item_done(item) for item in shard.items))

    def _item_done(self, item: Item) -> ItemResult:
        try:
            data = _bytes_of(item)
        except (SourceChangedError, UnreadableError) as error:
            return ItemResult(item.path, pipeline.failed(error))
        outcome = pipeline.process(data, self.recipe, self.detector if item.look else None)
        if outcome.output is None:
            return ItemResult(item.path, outcome)
        digest = self._stored(outcome.output)
        return ItemResult(item.path, replace(outcome, output=None), digest, len(outcome.output))

    def _stored(self, output: bytes) -> str:
        try:
            return self.sink(output)
        except OSError as error:
            raise EngineError(f"an output cannot be stored: {error.strerror or error}") from error


def _bytes_of(item: Item) -> bytes:
    """The file's bytes, which are those that were imported.

    Raises:
        UnreadableError: no file that can be read.
        SourceChangedError: other bytes than at import, or no regular file any more.
    """
    try:
        # Not blocking: what was a file at import may be a pipe by now.
        descriptor = os.open(item.file, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0))
        with open(descriptor, "rb") as file:  # noqa: PTH123  # a descriptor, not a path
            status = os.fstat(descriptor)
            if not stat.S_ISREG(status.st_mode) or status.st_size > FILE_BYTES_MAX:
                raise SourceChangedError(f"{item.path} is no picture file any more")
            data = file.read(FILE_BYTES_MAX)
    except (OSError, ValueError) as error:
        raise UnreadableError(f"{item.path} cannot be read") from error
    if hashlib.sha256(data).hexdigest() != item.sha256:
        raise SourceChangedError(f"{item.path} is not what was imported")
    return data
