"""Walks over the links of a variant, shard by shard: which there are, what was found, and where that lies.

Shards follow from documents that never change, so an interrupted check finds its shards again; a shard counts as done
once what was found is safe in the blob store.
"""

import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from registry import clock
from registry.acts import Act
from registry.blobs import BlobStore
from registry.catalogue import links as catalogue
from registry.catalogue import manifests
from registry.catalogue.links import Asked, Found
from registry.errors import AccessionError, InvalidInputError
from registry.models.imports import Import
from registry.models.layers import Layer
from registry.models.links import LinkCheck
from registry.services import links
from registry.settings import Settings
from registry.worker.links.addresses import Gate
from registry.worker.links.fetch import Fetcher
from registry.worker.links.manners import ROBOTS_LIMITS, Manners, Turns
from registry.worker.links.rounds import Round
from registry.worker.station import Station

WHAT = "links looked at"
TIME = "%Y-%m-%dT%H:%M:%SZ"


def check(station: Station, key: str) -> None:
    """Every link of the check has been looked at, and what was found is kept."""
    check_id = UUID(key)
    with station.act() as act:
        found = links.running(act, check_id)
        if found is None:
            return
        places = _places(act, found)
    _walk(station, check_id, places)
    _join(station, check_id)


def fail(station: Station, key: str, error: AccessionError) -> None:
    """The check has failed and says why."""
    with station.act() as act:
        links.fail(act, UUID(key), error)


def round_of(settings: Settings) -> Round:
    """Whoever asks for links, as the settings say."""
    gate = Gate(frozenset(settings.links_open_addresses))
    turns = Turns(settings.links_pause_seconds)
    contact = settings.links_contact or ""
    return Round(Fetcher(gate, contact=contact), Manners(Fetcher(gate, ROBOTS_LIMITS, contact), turns))


@dataclass(frozen=True, slots=True)
class _Places:
    """The SHA-256 of the files that the links follow from, in the blob store."""

    manifest: str | None
    sources: str | None
    previous: str | None

    @contextmanager
    def asked(self, blobs: BlobStore) -> Iterator[Iterator[Asked]]:
        """The links, while the block runs."""
        with ExitStack() as stack:
            files = [
                stack.enter_context(manifests.opened(blobs, sha256)) if sha256 is not None else None
                for sha256 in (self.manifest, self.sources, self.previous)
            ]
            yield catalogue.asked(*files)


def _places(act: Act, found: LinkCheck) -> _Places:
    """Where the links of the check are."""
    imported = act.session.get(Import, found.import_id) if found.import_id else None
    layer = act.session.get(Layer, found.layer_id) if found.layer_id else None
    previous = act.session.get(LinkCheck, found.previous_id) if found.previous_id else None
    return _Places(
        imported.manifest_sha256 if imported else None,
        layer.sha256 if layer else None,
        previous.found_sha256 if previous else None,
    )


def _walk(station: Station, check_id: UUID, places: _Places) -> None:
    """Every shard is done and recorded."""
    blobs, round_ = station.home.blobs, round_of(station.home.settings)
    with station.act() as act:
        finished = set(links.shards_done(act, check_id))
    count = 0
    with places.asked(blobs) as asked:
        for number, some in catalogue.shards(asked):
            if number not in finished:
                found = round_.walked(some, clock.utc_now().strftime(TIME))
                sha256 = _kept(blobs, found)
                with station.act() as act:
                    links.record_shard(act, check_id, number, len(some), sha256)
            count += len(some)
            station.progress(WHAT, count, None)


def _kept(blobs: BlobStore, found: list[Found]) -> str:
    with tempfile.TemporaryDirectory(prefix="accession-links-") as folder:
        file = Path(folder) / "found.parquet"
        catalogue.write(found, file)
        return blobs.put_file(file)


def _join(station: Station, check_id: UUID) -> None:
    """What was found in all shards is one file, and counted."""
    blobs = station.home.blobs
    with station.act() as act:
        parts = links.shards_done(act, check_id)
    if not parts:
        raise InvalidInputError("Nobody has said where these images came from: not one of them has a link.")
    with tempfile.TemporaryDirectory(prefix="accession-links-") as folder:
        file = Path(folder) / "found.parquet"
        catalogue.joined(_opened(blobs, list(parts.values())), file)
        counts, sha256 = catalogue.states(file), blobs.put_file(file)
    with station.act() as act:
        links.finish(act, check_id, sha256, counts)


def _opened(blobs: BlobStore, parts: list[str]) -> Iterator[Path]:
    for part in parts:
        with manifests.opened(blobs, part) as file:
            yield file
