"""Looks at pixels, shard by shard: which images need it, what became of each, and where the results lie.

Shards follow from the parent manifest and the policy alone, so an interrupted build finds its shards again. Results
are blobs; a shard counts as done once its results are recorded, which is after its outputs are safe.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from uuid import UUID

from blurring import engines
from blurring.engines import EngineName, Item, Shard, ShardResult
from blurring.errors import BlurringError, SourceChangedError, UnreadableError
from blurring.known import NOTHING, Known
from blurring.recipe import Recipe
from registry.catalogue import places, seen
from registry.catalogue.entries import SourceEntry
from registry.catalogue.seen import Seen
from registry.errors import DamagedError, UnavailableError, WrongStateError
from registry.services import builds
from registry.services.builds import ShardDone
from registry.worker.sink import BlobSink
from registry.worker.station import Station
from registry.worker.taken_over import Conditions, Earlier

SHARD_IMAGES = 128
# So many shards a series has at most: the numbers of two series never meet.
SERIES = 1 << 30
# So many shards of which all was known are recorded by one act.
RECORDED_TOGETHER = 64
NAMED_AT_MOST = 5
_GONE = frozenset({SourceChangedError.code, UnreadableError.code})


@dataclass(frozen=True, slots=True)
class _Begun:
    """A shard that is worked on: what an earlier release saw of its images, and which are looked at now."""

    items: tuple[Item, ...]
    found: Mapping[str, Seen]

    def left(self) -> tuple[Item, ...]:
        """The items that somebody has to look at."""
        return tuple(item for item in self.items if item.path not in self.found)


@dataclass(frozen=True, slots=True)
class Darkroom:
    """Where one release's images are worked on, over one series of shards.

    Attributes:
        first: number of the first shard of this series; two series of a release do not overlap.
        what: said to whoever watches.
        earlier_id: the release whose results are taken over where the very same is asked; None for none.
    """

    station: Station
    release_id: UUID
    recipe: Recipe
    first: int
    what: str
    earlier_id: UUID | None = None

    def work(self, items: Iterator[Item | None], total: int) -> None:
        """Every shard of the items is done and recorded.

        Args:
            items: one for every image of the parent, None where there is nothing to do; so what becomes of one image
                moves no other to another shard.
            total: how many there are without those.

        Raises:
            UnavailableError: the recipe cannot be followed here, or outputs cannot be stored.
            WrongStateError: a source file is not what was imported; nothing of its shard is recorded.
        """
        progress = _Count(self.station, self.what, total)
        begun: dict[str, _Begun] = {}
        settings = self.station.home.settings
        conditions = Conditions.here(self.recipe, settings.device)
        waiting = self._waiting(items, conditions, progress, begun)
        try:
            engine = engines.opened(
                EngineName(settings.engine), BlobSink(self.station.home.blobs), settings.ray_address
            )
            for result in engine.run(waiting, self._equipped(), settings.device, settings.worker_processes):
                shard = begun.pop(result.id)
                self._record([self._done(result, shard, conditions)])
                progress.add(len(shard.items))
        except BlurringError as error:
            raise UnavailableError(f"The images cannot be worked on: {error}.") from error

    def _equipped(self) -> Recipe:
        """The recipe, knowing where the weights lie that people have added."""
        digests = self.recipe.supplied_weights()
        found = {digest: self.station.home.blobs.path_or_none(digest.removeprefix("sha256:")) for digest in digests}
        return self.recipe.with_files({digest: path for digest, path in found.items() if path is not None})

    def results(self) -> Iterator[Seen]:
        """What became of every item, in the order of the items; one shard at a time in memory."""
        return self._results_of(self.release_id)

    def shards(self, release_id: UUID | None = None) -> dict[int, str]:
        """The SHA-256 of the results of each shard of this series, in their order, counted from its first.

        Args:
            release_id: another release's; None for this one's.
        """
        with self.station.act() as act:
            stored = builds.shards_done(act, release_id or self.release_id)
        mine = (number for number in sorted(stored) if self.first <= number < self.first + SERIES)
        return {number - self.first: stored[number] for number in mine}

    def _results_of(self, release_id: UUID) -> Iterator[Seen]:
        for digest in self.shards(release_id).values():
            yield from seen.unpacked(self.station.home.blobs.read(digest))

    def _earlier(self) -> Iterator[Seen]:
        """What an earlier release saw, as far as that is still there."""
        if self.earlier_id is not None:
            with suppress(DamagedError):
                yield from self._results_of(self.earlier_id)

    def _waiting(
        self, items: Iterator[Item | None], conditions: Conditions, progress: "_Count", begun: dict[str, _Begun]
    ) -> Iterator[Shard]:
        """The shards that somebody has to work on; those of which all is known already are recorded on the way."""
        finished = self.shards()
        earlier = Earlier(self._earlier(), self.station.home.blobs)
        known: list[ShardDone] = []
        for number, together in _shards(items, self.first):
            if number - self.first in finished:
                progress.add(len(together))
                continue
            shard = _Begun(together, earlier.among({item.path: conditions.asked(item) for item in together}))
            if left := shard.left():
                begun[str(number)] = shard
                yield Shard(str(number), left)
                continue
            known.append(self._kept(number, shard, shard.found))
            progress.add(len(together))
            if len(known) == RECORDED_TOGETHER:
                self._record(known)
                known = []
        self._record(known)

    def _done(self, result: ShardResult, shard: _Begun, conditions: Conditions) -> ShardDone:
        gone = [item.path for item in result.items if item.outcome.code in _GONE]
        if gone:
            more = " and more" if len(gone) > NAMED_AT_MOST else ""
            raise WrongStateError(
                f"The source is not what was imported: {', '.join(gone[:NAMED_AT_MOST])}{more}. Import it again.",
                paths=gone[:NAMED_AT_MOST],
            )
        now = {item.path: conditions.seen(item, one) for item, one in zip(shard.left(), result.items, strict=True)}
        return self._kept(int(result.id), shard, {**shard.found, **now}, result.remarks)

    def _kept(self, number: int, shard: _Begun, results: Mapping[str, Seen], remarks: Sequence[str] = ()) -> ShardDone:
        """The shard, with its results in the blob store."""
        data = seen.packed(results[item.path] for item in shard.items)
        digest = self.station.home.blobs.put(data, is_packed=True)
        return ShardDone(number, len(shard.items), len(shard.found), digest, tuple(remarks))

    def _record(self, shards: Sequence[ShardDone]) -> None:
        if shards:
            with self.station.act() as act:
                builds.record_shards(act, self.release_id, shards)


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


def _shards(items: Iterator[Item | None], first: int) -> Iterator[tuple[int, tuple[Item, ...]]]:
    """The shards in which there is something to do, with their numbers."""
    number = first
    while together := tuple(islice(items, SHARD_IMAGES)):
        if left := tuple(item for item in together if item is not None):
            yield number, left
        number += 1
