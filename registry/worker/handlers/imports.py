"""Reads a source into a parent manifest."""

import tempfile
from contextlib import ExitStack
from datetime import datetime
from pathlib import Path
from uuid import UUID

from registry.catalogue import reading
from registry.catalogue.layout_names import LayoutName
from registry.catalogue.layouts.source import Source, TrustedBy
from registry.catalogue.reading import Read
from registry.catalogue.rights.heard import Heard
from registry.errors import AccessionError, InvalidInputError
from registry.models.datasets import Variant
from registry.models.imports import Import
from registry.queries import names
from registry.services import imports, rights
from registry.services.imports import CLASSES, PDQ, RIGHTS, TRUST, TRUTH, Reading
from registry.services.layers import Draft
from registry.worker.station import Station


def read(station: Station, key: str) -> None:
    """The import with the id `key` is done."""
    import_id = UUID(key)
    with station.act() as act:
        waiting, now = imports.running(act, import_id), act.now
    if waiting is None:
        return
    done = _read(station, waiting, now)
    with station.act() as act:
        imports.finish(act, import_id, done)


def fail(station: Station, key: str, error: AccessionError) -> None:
    """The import has failed and says why."""
    with station.act() as act:
        imports.fail(act, UUID(key), error)


def _read(station: Station, waiting: Import, now: datetime) -> Reading:
    blobs = station.home.blobs
    with tempfile.TemporaryDirectory(prefix="accession-import-") as folder, ExitStack() as listening:
        file, spoken = Path(folder) / "manifest.parquet", Path(folder) / "spoken.parquet"
        is_asked = RIGHTS in (waiting.asked or {})
        source = _source(station, waiting, now, listening.enter_context(Heard(spoken)) if is_asked else None)
        found = reading.read(source, LayoutName(waiting.layout), file)
        listening.close()
        totals = found.totals
        if found.layout.name.has_pixels and not totals.formats:
            raise InvalidInputError(f"There is no image in {source.root}: of {totals.rows:,} files, none is a picture.")
        manifest_sha256 = blobs.put_file(file)
        evidence = _rights(station, waiting, found, file, spoken) if is_asked else None
    station.progress("images read", totals.rows, totals.rows)
    if is_asked:
        source.report.conclude(_told(evidence))
    return Reading(
        layout=found.layout.name,
        manifest_sha256=manifest_sha256,
        root=totals.parent_root,
        row_count=totals.rows,
        total_bytes=totals.size_bytes,
        counts={"formats": totals.formats, "defects": totals.defects, "labels": totals.labels}
        | source.report.as_json(),
        rights=evidence,
    )


def _source(station: Station, waiting: Import, now: datetime, heard: Heard | None) -> Source:
    said = waiting.asked or {}
    asked = {name: Path(said[name]) for name in (TRUTH, CLASSES, TRUST) if name in said}
    return Source(
        Path(waiting.source),
        workers=station.home.settings.processes,
        truth=asked.get(TRUTH),
        classes_file=asked.get(CLASSES),
        has_pdq=PDQ in said,
        trust=TrustedBy(asked[TRUST].read_bytes(), now) if TRUST in asked else None,
        heard=heard,
        told=lambda count: station.progress("images read", count, None),
    )


def _rights(station: Station, waiting: Import, found: Read, manifest: Path, spoken: Path) -> Draft | None:
    """The evidence about rights that the images gave while they were read, or that their URLs give."""
    blobs, root = station.home.blobs, found.totals.parent_root
    with station.home.reading() as session:
        terms = session.get_one(Variant, waiting.variant_id).licence
        if not found.layout.name.has_pixels:
            return rights.of_urls(blobs, manifest, terms, root)
        origins = rights.origins(session, blobs, names.variant_name(session, waiting.variant_id))
    return rights.of_heard(blobs, spoken, manifest, origins, terms, root)


def _told(evidence: Draft | None) -> str:
    if evidence is None:
        return "No image says anything of rights, and no URL does."
    return f"{evidence.row_count:,} pieces of evidence about rights are kept as the layer rights/{evidence.name}."
