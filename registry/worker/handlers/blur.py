"""Looks at pixels, shard by shard: which images need it, what became of each, and where the results lie.

Shards follow from the parent manifest and the policy alone, so an interrupted build finds its shards again. Results
are blobs; a shard counts as done once its results are recorded, which is after its outputs are safe.
"""

import base64
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from uuid import UUID

from pydantic import Base64Bytes, TypeAdapter

from blurring import engines, report
from blurring.engines import EngineName, Item, ItemResult, Shard, ShardResult
from blurring.errors import BlurringError, SourceChangedError, UnreadableError
from blurring.known import NOTHING, Known
from blurring.pipeline import Action
from blurring.recipe import Recipe
from registry.catalogue import places
from registry.catalogue.entries import Box, FaceZone, SourceEntry
from registry.errors import UnavailableError, WrongStateError
from registry.proof import canonical
from registry.services import builds
from registry.worker.sink import BlobSink
from registry.worker.station import Station

SHARD_IMAGES = 128
NAMED_AT_MOST = 5
_GONE = frozenset({SourceChangedError.code, UnreadableError.code})


@dataclass(frozen=True, slots=True)
class Seen:
    """What became of one image when it was looked at.

    Attributes:
        is_blurred: faces were made unrecognisable in the output.
        defect: why it could not be opened; None when it could.
        boxes: the faces and what may be some, in stored pixels.
        output_sha256: of the changed bytes; None when the bytes stay as they are.
        device: where it was looked at.
        change_outside: as in `Look`.
        preview: a small coarse picture; None when it could not be opened.
    """

    path: str
    is_blurred: bool
    defect: str | None
    boxes: tuple[Box, ...]
    output_sha256: str | None
    output_size_bytes: int | None
    device: str
    change_outside: int | None = None
    preview: Base64Bytes | None = None

    @property
    def faces(self) -> tuple[Box, ...]:
        """The boxes that are blurred."""
        return tuple([box for box in self.boxes if box.zone is FaceZone.BLUR])


_RESULTS = TypeAdapter(list[Seen])


@dataclass(frozen=True, slots=True)
class Darkroom:
    """Where one release's images are worked on, over one series of shards.

    Attributes:
        first: number of the first shard of this series; two series of a release do not overlap.
        what: said to whoever watches.
    """

    station: Station
    release_id: UUID
    recipe: Recipe
    first: int
    what: str

    def work(self, items: Callable[[], Iterator[Item]]) -> None:
        """Every shard of the items is done and recorded.

        Raises:
            UnavailableError: the recipe cannot be followed here, or outputs cannot be stored.
            WrongStateError: a source file is not what was imported; nothing of its shard is recorded.
        """
        total = sum(1 for _ in items())
        with self.station.act() as act:
            finished = set(builds.shards_done(act, self.release_id))
        progress = _Count(self.station, self.what, total)
        given: dict[str, Shard] = {}
        waiting = self._waiting(items(), finished, progress, given)
        settings = self.station.home.settings
        try:
            engine = engines.opened(
                EngineName(settings.engine), BlobSink(self.station.home.blobs), settings.ray_address
            )
            for result in engine.run(waiting, self._equipped(), settings.device, settings.worker_processes):
                self._record(given.pop(result.id), result)
                progress.add(len(result.items))
        except BlurringError as error:
            raise UnavailableError(f"The images cannot be worked on: {error}.") from error

    def _equipped(self) -> Recipe:
        """The recipe, knowing where the weights lie that people have added."""
        digests = self.recipe.supplied_weights()
        found = {digest: self.station.home.blobs.path_or_none(digest.removeprefix("sha256:")) for digest in digests}
        return self.recipe.with_files({digest: path for digest, path in found.items() if path is not None})

    def results(self) -> Iterator[Seen]:
        """What became of every item, in the order of the items; one shard at a time in memory."""
        with self.station.act() as act:
            stored = builds.shards_done(act, self.release_id)
        number = self.first
        while number in stored:
            yield from _RESULTS.validate_json(self.station.home.blobs.read(stored[number]))
            number += 1

    def _waiting(
        self, items: Iterator[Item], finished: set[int], progress: "_Count", given: dict[str, Shard]
    ) -> Iterator[Shard]:
        for number, shard in enumerate(_chunks(items), start=self.first):
            if number in finished:
                progress.add(len(shard))
            else:
                given[str(number)] = Shard(str(number), shard)
                yield given[str(number)]

    def _record(self, shard: Shard, result: ShardResult) -> None:
        gone = [item.path for item in result.items if item.outcome.code in _GONE]
        if gone:
            more = " and more" if len(gone) > NAMED_AT_MOST else ""
            raise WrongStateError(
                f"The source is not what was imported: {', '.join(gone[:NAMED_AT_MOST])}{more}. Import it again.",
                paths=gone[:NAMED_AT_MOST],
            )
        results_sha256 = self.station.home.blobs.put(
            _dump(zip(shard.items, result.items, strict=True), self.station.home.settings.device), is_packed=True
        )
        with self.station.act() as act:
            number, count = int(result.id), len(result.items)
            builds.record_shard(act, self.release_id, number, count, results_sha256, result.remarks)


class _Count:
    """Adds up what is done, and says so."""

    def __init__(self, station: Station, what: str, total: int) -> None:
        self.station, self.what, self.total, self.done = station, what, total, 0

    def add(self, count: int) -> None:
        self.done += count
        self.station.progress(self.what, self.done, self.total)


def item(source: Path, entry: SourceEntry, *, look: bool, known: Known = NOTHING, is_previewed: bool = True) -> Item:
    """The work on one image of a source, whose bytes are known."""
    file, place = source / entry.path, None
    if entry.part is not None:
        file, place = places.folder_of(source) / entry.part, places.place_of(source, entry)
    return Item(entry.path, str(file), entry.sha256 or "", look, known, is_previewed=is_previewed, place=place)


def _chunks(items: Iterator[Item]) -> Iterator[tuple[Item, ...]]:
    while chunk := tuple(islice(items, SHARD_IMAGES)):
        yield chunk


def _dump(done: Iterable[tuple[Item, ItemResult]], device: str) -> bytes:
    return canonical.canonical_bytes([_told(item, result, device) for item, result in done])


def _told(item: Item, result: ItemResult, device: str) -> dict[str, canonical.JsonValue]:
    """One result, as `Seen` reads it."""
    outcome = result.outcome
    return {
        "path": result.path,
        "is_blurred": outcome.action is Action.BLURRED,
        "defect": outcome.code,
        "boxes": [
            [box.left, box.top, box.right, box.bottom, box.score, box.zone.value, box.origin.value]
            for box in report.boxes(outcome, item.known)
        ],
        "output_sha256": result.output_sha256,
        "output_size_bytes": result.output_size_bytes,
        "device": device,
        "change_outside": outcome.change_outside,
        "preview": None if outcome.preview is None else base64.b64encode(outcome.preview).decode(),
    }
