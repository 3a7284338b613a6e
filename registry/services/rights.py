"""Evidence about rights: what images say, and where they were found, becomes a layer over their variant.

An import that was asked for it hears the images while it reads them; of one that was not, the images are read again.
"""

import hashlib
from collections.abc import Iterator, Mapping
from itertools import chain
from pathlib import Path

from sqlmodel import Session

from registry.blobs import BlobStore
from registry.catalogue import manifests, places
from registry.catalogue.headers.window import Window
from registry.catalogue.layers import content
from registry.catalogue.layers.content import Row
from registry.catalogue.layers.kinds import Kind
from registry.catalogue.rights import bulk, collecting, containers, heard, rules
from registry.catalogue.rights.collecting import Origin
from registry.queries import layers as queries
from registry.services import layers
from registry.services.layers import Draft

COLLECTED = "collected"


def origins(session: Session, blobs: BlobStore, variant: str) -> dict[str, Origin]:
    """Where images were found, as the newest layers of sources of the variant say: by path, or by bare name."""
    found: dict[str, Origin] = {}
    for line in queries.newest(session, Kind.SOURCES):
        if line.variant == variant:
            with queries.opened(blobs, line) as file:
                for image, url, retrieved_on in content.rows_of(file):
                    found[image if "/" in image else Path(image).stem] = Origin(url, retrieved_on)
    return found


def of_heard(
    blobs: BlobStore, spoken: Path, manifest: Path, found: Mapping[str, Origin], terms: str, root: str
) -> Draft | None:
    """The layer of an import that heard its images; None where nothing is known.

    Args:
        blobs: where the layer's bytes go.
        spoken: what `heard.Heard` kept.
        manifest: the import's.
        found: where images were found, beside what the manifest says.
        terms: the licence of the variant.
        root: the manifest's.
    """
    return _draft(blobs, COLLECTED, heard.rows(spoken, manifest, found, rules.shipped(), terms), root)


def of_urls(blobs: BlobStore, manifest: Path, terms: str, root: str, name: str = COLLECTED) -> Draft | None:
    """The layer about images of which there is nothing but a URL; see `of_heard`."""
    tables = bulk.tables(manifest, rules.shipped(), terms)
    first = next(tables, None)
    if first is None:
        return None
    return layers.drafted_tables(blobs, Kind.RIGHTS, name, chain([first], tables), _source(root))


def of_files(
    blobs: BlobStore, source: Path, manifest: Path, found: Mapping[str, Origin], terms: str, root: str, name: str
) -> tuple[Draft | None, list[str]]:
    """The layer of an import whose images are read again, and the images whose bytes are no longer those."""
    changed: list[str] = []
    draft = _draft(blobs, name, _read_again(source, manifest, found, terms, changed), root)
    return draft, changed


def _read_again(
    source: Path, manifest: Path, found: Mapping[str, Origin], terms: str, changed: list[str]
) -> Iterator[Row]:
    """The rows about every image, by path; images whose bytes are not those of the import are named instead."""
    for entry in manifests.iter_source(manifest):
        if entry.format is None or entry.sha256 is None:
            continue
        try:
            data = places.place_of(source, entry).read()
        except OSError:
            data = b""
        if hashlib.sha256(data).hexdigest() != entry.sha256:
            changed.append(entry.path)
            continue
        said = containers.read(Window(data))
        yield from collecting.rows_of(entry.path, said, collecting.origin_of(entry, found), rules.shipped(), terms)


def _draft(blobs: BlobStore, name: str, rows: Iterator[Row], root: str) -> Draft | None:
    first = next(rows, None)
    return None if first is None else layers.drafted(blobs, Kind.RIGHTS, name, chain([first], rows), _source(root))


def _source(root: str) -> str:
    return f"collected from the import with the root {root}"
