"""Layers: what was read or computed about a variant's images is kept as the next version of a layer."""

import tempfile
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from uuid import UUID

import pyarrow as pa
from sqlmodel import col, select

from registry import audit, ids
from registry.access import Permission, require
from registry.acts import Act
from registry.audit import Event
from registry.blobs import BlobStore
from registry.catalogue.layers import content, totals
from registry.catalogue.layers.content import Row, Written
from registry.catalogue.layers.kinds import Kind
from registry.errors import InvalidInputError
from registry.models.layers import Layer
from registry.queries import names

SOURCE_LENGTH = 500


@dataclass(frozen=True, slots=True)
class Draft:
    """A layer whose bytes are safe; what the attributes of `registry.models.layers.Layer` say."""

    kind: Kind
    name: str
    digest: str
    sha256: str
    row_count: int
    refused_count: int
    totals: Mapping[str, int | float]
    source: str
    source_sha256: str | None = None
    dated_on: date | None = None


def drafted(blobs: BlobStore, kind: Kind, name: str, rows: Iterable[Row], source: str) -> Draft:
    """The rows, in ascending order, as a layer whose bytes are safe in the blob store.

    Raises:
        InvalidInputError: as `content.write`.
    """
    return _drafted(blobs, kind, name, source, lambda file: content.write(kind, rows, file))


def drafted_tables(blobs: BlobStore, kind: Kind, name: str, tables: Iterable[pa.Table], source: str) -> Draft:
    """The same of tables.

    Raises:
        InvalidInputError: as `content.write_tables`.
    """
    return _drafted(blobs, kind, name, source, lambda file: content.write_tables(kind, tables, file))


def expect(act: Act, variant_name: str, name: str, source: str) -> None:
    """Nothing, when the actor may add a layer of this name; to be asked before a long reading.

    Raises:
        ForbiddenError: the actor may not import.
        NotFoundError: there is no such variant.
        InvalidInputError: the name has another form, or the source is not said in one line.
    """
    require(act.actor, Permission.DATASET_IMPORT)
    names.variant(act.session, variant_name)
    names.slug(name, "layer")
    if not (source.strip() and names.is_line(source) and len(source) <= SOURCE_LENGTH):
        raise InvalidInputError(f"Say in one line of at most {SOURCE_LENGTH} characters where the layer comes from.")


def add(act: Act, variant_name: str, draft: Draft) -> Layer:
    """The next version of the layer; the newest one itself, where it has the same rows and as many were refused.

    Raises:
        ForbiddenError: the actor may not import.
        NotFoundError: there is no such variant.
        InvalidInputError: the name has another form, or the source is not said in one line.
    """
    expect(act, variant_name, draft.name, draft.source)
    return keep(act, variant_name, draft, act.actor.person())


def keep(act: Act, variant_name: str, draft: Draft, person: UUID) -> Layer:
    """The same for the worker, on behalf of the person who asked for it and might.

    Raises:
        NotFoundError: there is no such variant.
    """
    variant = names.variant(act.session, variant_name)
    newest = act.session.exec(
        select(Layer)
        .where(Layer.variant_id == variant.id, Layer.kind == draft.kind, Layer.name == draft.name)
        .order_by(col(Layer.version).desc())
    ).first()
    if newest is not None and (newest.digest, newest.refused_count) == (draft.digest, draft.refused_count):
        return newest
    layer = Layer(
        id=ids.new_id(),
        variant_id=variant.id,
        kind=draft.kind,
        name=draft.name,
        version=1 if newest is None else newest.version + 1,
        digest=draft.digest,
        sha256=draft.sha256,
        row_count=draft.row_count,
        refused_count=draft.refused_count,
        totals=dict(draft.totals),
        source=draft.source,
        source_sha256=draft.source_sha256,
        dated_on=draft.dated_on,
        imported_by=person,
        imported_at=act.now,
    )
    act.session.add(layer)
    label = f"{variant_name}/{layer.kind}/{layer.name}@{layer.version}"
    audit.record(act, Event.LAYER_IMPORTED, "layer", label, digest=layer.digest, rows=layer.row_count)
    return layer


def _drafted(blobs: BlobStore, kind: Kind, name: str, source: str, write: Callable[[Path], Written]) -> Draft:
    with tempfile.TemporaryDirectory(prefix="accession-layer-") as folder:
        file = Path(folder) / "layer.parquet"
        written = write(file)
        numbers = totals.count(kind, file)
        sha256 = blobs.put_file(file)
    return Draft(kind, name, written.digest, sha256, written.rows, 0, numbers, source)
