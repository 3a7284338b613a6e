"""Reads a source into a parent manifest."""

import tempfile
from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

from registry.catalogue import intake, manifests
from registry.catalogue.entries import SourceEntry
from registry.catalogue.layouts.image_folder import ImageFolder
from registry.errors import AccessionError, InvalidInputError
from registry.services import imports
from registry.services.imports import Reading
from registry.worker.station import Station

TOLD_EVERY = 500


def read(station: Station, key: str) -> None:
    """The import with the id `key` is done."""
    import_id = UUID(key)
    with station.act() as act:
        waiting = imports.running(act, import_id)
    if waiting is None:
        return
    reading = _read(station, Path(waiting.source))
    with station.act() as act:
        imports.finish(act, import_id, reading)


def fail(station: Station, key: str, error: AccessionError) -> None:
    """The import has failed and says why."""
    with station.act() as act:
        imports.fail(act, UUID(key), error)


def _read(station: Station, source: Path) -> Reading:
    if not source.is_dir():
        raise InvalidInputError(f"{source} is no folder any more.")
    with tempfile.TemporaryDirectory(prefix="accession-import-") as folder:
        file = Path(folder) / "manifest.parquet"
        empty: list[str] = []
        workers = station.home.settings.processes
        entries = intake.scan(source, ImageFolder(), workers=workers, on_empty_folder=empty.append)
        totals = manifests.write_source(_told(station, entries), file)
        if not totals.formats:
            raise InvalidInputError(f"There is no image in {source}: {totals.rows} files, none of them a picture.")
        manifest_sha256 = station.home.blobs.put_file(file)
    return Reading(
        manifest_sha256=manifest_sha256,
        root=totals.parent_root,
        row_count=totals.rows,
        total_bytes=totals.size_bytes,
        counts={"formats": totals.formats, "defects": totals.defects, "labels": totals.labels, "empty": empty},
    )


def _told(station: Station, entries: Iterator[SourceEntry]) -> Iterator[SourceEntry]:
    """The entries, while somebody is told how many there were."""
    count = 0
    for entry in entries:
        count += 1
        if count % TOLD_EVERY == 0:
            station.progress("files read", count, None)
        yield entry
    station.progress("files read", count, count)
