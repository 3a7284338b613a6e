"""Many pictures on one machine or many: shards in, results out.

Answers: how are a million files worked through so that each is worked on at least once, recorded
once, and a worker's death loses nothing? Refuses to remember: which shards are done is the
caller's record, kept when a `ShardResult` has arrived. Results are content-addressed and stored
through a `Sink` before they are reported, so a shard done twice is done once.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

from blurring.errors import EngineError
from blurring.known import NOTHING, Known
from blurring.pipeline import Outcome
from blurring.recipe import Recipe


class Place(Protocol):
    """Where a picture's bytes lie when they are no file of their own; it is pickled to the workers."""

    def read(self) -> bytes:
        """All of them.

        Raises:
            OSError: they cannot be read.
        """
        ...


@dataclass(frozen=True, slots=True)
class Item:
    """One file to work on.

    Attributes:
        path: as the manifest calls it; only handed through.
        file: absolute path on this machine, of the picture or of what holds it.
        sha256: hex digest that the bytes must have.
        look: whether to look for faces; without, only the metadata are cleaned.
        known: what people know about its faces; it overrides what is found.
        is_previewed: whether a preview comes with the result.
        place: where in `file`; None when the picture is all of it.
    """

    path: str
    file: str
    sha256: str
    look: bool = True
    known: Known = NOTHING
    is_previewed: bool = False
    place: Place | None = None


@dataclass(frozen=True, slots=True)
class Refused:
    """A file that is not worked on at all, and why: a link, a device, no picture.

    Attributes:
        path: as in `Item`.
        sha256: hex, where its bytes could be read.
        code: kebab-case.
    """

    path: str
    sha256: str | None
    code: str


@dataclass(frozen=True, slots=True)
class Shard:
    """A few hundred files that are worked on and recorded together.

    Attributes:
        id: chosen by the caller, who recognises the result by it.
        items: in the order in which the results will be.
    """

    id: str
    items: tuple[Item, ...]


@dataclass(frozen=True, slots=True)
class Fault:
    """What work on a picture met that nobody foresaw; two are the same where kind and place are.

    Attributes:
        kind: name of the exception.
        place: file and line that raised it.
        trace: how it came there; neither the exception's words nor any value, which may be somebody's.
        is_general: a blank picture meets one too.
    """

    kind: str
    place: str
    trace: str = field(compare=False, repr=False)
    is_general: bool = field(default=False, compare=False)

    @property
    def said(self) -> str:
        """Half a sentence about it."""
        return f"a case that blurring was not written for ({self.kind} at {self.place})"


@dataclass(frozen=True, slots=True)
class ItemResult:
    """What became of one file.

    Attributes:
        path: as in the item.
        outcome: without its output, which is in the sink by now, and what that shows; its preview is so small that it
            stays.
        output_sha256: hex digest under which the sink stored the output; None when there is none.
        output_size_bytes: of the output; None when there is none.
        fault: what nobody foresaw, where that is why it failed.
    """

    path: str
    outcome: Outcome
    output_sha256: str | None = None
    output_size_bytes: int | None = None
    fault: Fault | None = None


@dataclass(frozen=True, slots=True)
class ShardResult:
    """What became of a shard: one result per item, in the items' order.

    Attributes:
        id: of the shard.
        items: the results.
        remarks: sentences on how the device fared, for whoever runs it; none when all went as planned.
    """

    id: str
    items: tuple[ItemResult, ...]
    remarks: tuple[str, ...] = ()


class Sink(Protocol):
    """Stores bytes safely and only then says under which digest; it is pickled to the workers."""

    def __call__(self, data: bytes) -> str:
        """The hex SHA-256 of `data`, which will not be lost from now on."""
        ...


class Engine(Protocol):
    """Something that works through shards."""

    def run(
        self, shards: Iterable[Shard], recipe: Recipe, device: str = "cpu", workers: int | None = None
    ) -> Iterator[ShardResult]:
        """One result per shard, in the order in which they are done.

        Shards are read as they are needed, so they may be many. Closing the iterator stops the
        work; what was reported until then is stored. Without `workers` there are as many as the
        engine has cores, or accelerators where the device is one.

        Raises:
            DetectorError, DeviceError: the recipe cannot be followed here.
            EngineError: the sink cannot store, or what pictures meet is not their fault.
        """
        ...


class EngineName(StrEnum):
    """The engines that there are."""

    LOCAL = "local"
    RAY = "ray"


def opened(name: EngineName, sink: Sink, address: str) -> Engine:
    """The engine of that name.

    Args:
        name: which.
        sink: where outputs go.
        address: host and port of the Ray cluster; for `RAY` only.

    Raises:
        EngineError: Ray is not installed.
    """
    match name:
        case EngineName.LOCAL:
            from blurring.engines.local import LocalEngine  # noqa: PLC0415 - it needs this module

            return LocalEngine(sink)
        case EngineName.RAY:
            try:
                from blurring.engines.ray_data import RayEngine  # noqa: PLC0415 - an extra, and large
            except ModuleNotFoundError as error:
                raise EngineError("Ray is not installed here; the extra `accession[ray]` brings it") from error
            return RayEngine(sink, address)
