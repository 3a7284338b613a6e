"""Reads a source into a parent manifest."""

import tempfile
from pathlib import Path
from uuid import UUID

from registry.catalogue import reading
from registry.catalogue.layout_names import LayoutName
from registry.catalogue.layouts.source import Source
from registry.errors import AccessionError, InvalidInputError
from registry.models.imports import Import
from registry.services import imports
from registry.services.imports import CLASSES, PDQ, TRUTH, Reading
from registry.worker.station import Station


def read(station: Station, key: str) -> None:
    """The import with the id `key` is done."""
    import_id = UUID(key)
    with station.act() as act:
        waiting = imports.running(act, import_id)
    if waiting is None:
        return
    done = _read(station, waiting)
    with station.act() as act:
        imports.finish(act, import_id, done)


def fail(station: Station, key: str, error: AccessionError) -> None:
    """The import has failed and says why."""
    with station.act() as act:
        imports.fail(act, UUID(key), error)


def _read(station: Station, waiting: Import) -> Reading:
    said = waiting.asked or {}
    asked = {name: Path(said[name]) for name in (TRUTH, CLASSES) if name in said}
    source = Source(
        Path(waiting.source),
        workers=station.home.settings.processes,
        truth=asked.get(TRUTH),
        classes_file=asked.get(CLASSES),
        has_pdq=PDQ in said,
        told=lambda count: station.progress("images read", count, None),
    )
    with tempfile.TemporaryDirectory(prefix="accession-import-") as folder:
        file = Path(folder) / "manifest.parquet"
        found = reading.read(source, LayoutName(waiting.layout), file)
        totals = found.totals
        if found.layout.name.has_pixels and not totals.formats:
            raise InvalidInputError(f"There is no image in {source.root}: {totals.rows} files, none of them a picture.")
        manifest_sha256 = station.home.blobs.put_file(file)
    station.progress("images read", totals.rows, totals.rows)
    return Reading(
        layout=found.layout.name,
        manifest_sha256=manifest_sha256,
        root=totals.parent_root,
        row_count=totals.rows,
        total_bytes=totals.size_bytes,
        counts={"formats": totals.formats, "defects": totals.defects, "labels": totals.labels}
        | source.report.as_json(),
    )
