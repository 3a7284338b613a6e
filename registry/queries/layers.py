"""Which layers does a variant have, in which versions, and what do they say?

Whoever may see a variant may see that it has layers and what they add up to; their rows are for people of the registry.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Session, col

from registry.blobs import BlobStore
from registry.catalogue import manifests
from registry.catalogue.layers import content, coverage
from registry.catalogue.layers.content import Row
from registry.catalogue.layers.coverage import Coverage
from registry.catalogue.layers.kinds import SCHEMAS, Kind
from registry.errors import InvalidInputError, NotFoundError
from registry.models.datasets import Dataset, Variant
from registry.models.layers import Layer
from registry.models.people import Person
from registry.queries import names, paging
from registry.queries.paging import Page

ROWS_PER_PAGE = 50


@dataclass(frozen=True, slots=True)
class LayerLine:
    """One version of a layer; `variant` is `DATASET/VARIANT`."""

    id: UUID
    variant: str
    kind: Kind
    name: str
    version: int
    digest: str
    sha256: str
    row_count: int
    refused_count: int
    totals: dict[str, int | float]
    source: str
    source_sha256: str | None
    dated_on: date | None
    imported_by: str
    imported_at: datetime

    @property
    def label(self) -> str:
        """`KIND/NAME@VERSION`, as commands take it."""
        return f"{self.kind}/{self.name}@{self.version}"

    @property
    def columns(self) -> list[str]:
        """The names of the columns of its rows."""
        return list(SCHEMAS[self.kind].names)


def list_layers(session: Session, variant_id: UUID) -> tuple[LayerLine, ...]:
    """Every version of every layer of a variant, by kind and name, the newest first."""
    statement = _lines().where(col(Layer.variant_id) == variant_id)
    rows = session.execute(statement.order_by(col(Layer.kind), col(Layer.name), col(Layer.version).desc()))
    return tuple(_line(*row) for row in rows)


def newest(session: Session, kind: Kind) -> tuple[LayerLine, ...]:
    """The newest version of every layer of this kind, over all variants, by variant and name."""
    last = sa.select(col(Layer.variant_id), col(Layer.name), sa.func.max(col(Layer.version)).label("version"))
    last_of = last.where(col(Layer.kind) == kind).group_by(col(Layer.variant_id), col(Layer.name)).subquery()
    statement = (
        _lines()
        .join(
            last_of,
            sa.and_(
                last_of.c.variant_id == col(Layer.variant_id),
                last_of.c.name == col(Layer.name),
                last_of.c.version == col(Layer.version),
            ),
        )
        .where(col(Layer.kind) == kind)
        .order_by(col(Dataset.slug), col(Variant.slug), col(Layer.name))
    )
    return tuple(_line(*row) for row in session.execute(statement))


def read_layer(session: Session, variant_name: str, label: str) -> LayerLine:
    """The layer `KIND/NAME@VERSION` of a variant, or the newest version of `KIND/NAME`.

    Raises:
        NotFoundError: the variant has none of that name.
        InvalidInputError: the name has another form.
    """
    variant = names.variant(session, variant_name)
    kind, name, version = parsed(label)
    statement = _lines().where(col(Layer.variant_id) == variant.id, col(Layer.kind) == kind, col(Layer.name) == name)
    if version is not None:
        statement = statement.where(col(Layer.version) == version)
    row = session.execute(statement.order_by(col(Layer.version).desc()).limit(1)).first()
    if row is None:
        raise NotFoundError(f"{variant_name} has no layer {label}.")
    return _line(*row)


def parsed(label: str) -> tuple[Kind, str, int | None]:
    """The parts of `KIND/NAME@VERSION`; the version is None where it is left out.

    Raises:
        InvalidInputError: the label has another form.
    """
    kind, _, rest = label.partition("/")
    name, _, version = rest.partition("@")
    if kind not in set(Kind) or not name or (version and not _is_number(version)) or rest.endswith("@"):
        raise InvalidInputError(
            f"{label!r} is not of the form KIND/NAME or KIND/NAME@VERSION, such as labels/real@1; "
            f"kinds are {', '.join(Kind)}."
        )
    return Kind(kind), names.slug(name, "layer"), int(version) if version else None


def page(
    blobs: BlobStore,
    layer: LayerLine,
    *,
    after: str | None = None,
    image: str | None = None,
    limit: int = ROWS_PER_PAGE,
) -> Page[Row]:
    """Rows of a layer, in its order; only those about one image, where it is named.

    Raises:
        InvalidInputError: the cursor is none that this list has given, or the layer speaks of no images.
    """
    start = int(after) if after and _is_number(after) else 0
    if after and not _is_number(after):
        raise InvalidInputError("The page cursor is not one that this list has given.")
    if image is not None and "image" not in layer.columns:
        raise InvalidInputError("This layer speaks of synsets, not of images.")
    with manifests.opened(blobs, layer.sha256) as file:
        found = content.page(file, start, paging.bounded(limit) + 1, image=image)
    return Page(tuple(found[:limit]), str(start + limit) if len(found) > limit else None)


@contextmanager
def opened(blobs: BlobStore, layer: LayerLine) -> Iterator[Path]:
    """The layer's rows as a local Parquet file, while the block runs."""
    with manifests.opened(blobs, layer.sha256) as file:
        yield file


def newest_manifest(session: Session, variant_name: str) -> str | None:
    """The SHA-256 of the manifest of the variant's newest finished import; None where there is none."""
    found = names.newest_import(session, names.variant(session, variant_name).id)
    return None if found is None else found.manifest_sha256


def measured(session: Session, blobs: BlobStore, layer: LayerLine) -> Coverage | None:
    """How many of its images the newest import of its variant has; None where that cannot be said."""
    manifest_sha256 = newest_manifest(session, layer.variant)
    if manifest_sha256 is None or "image" not in layer.columns:
        return None
    with opened(blobs, layer) as rows, manifests.opened(blobs, manifest_sha256) as manifest:
        return coverage.measure(rows, manifest)


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) <= paging.NUMBER_DIGITS


def _lines() -> sa.Select[Layer, str, str, str]:
    return (
        sa.select(Layer, col(Dataset.slug), col(Variant.slug), col(Person.handle))
        .join(Variant, col(Variant.id) == col(Layer.variant_id))
        .join(Dataset, col(Dataset.id) == col(Variant.dataset_id))
        .join(Person, col(Person.id) == col(Layer.imported_by))
    )


def _line(layer: Layer, dataset: str, variant: str, handle: str) -> LayerLine:
    return LayerLine(
        id=layer.id,
        variant=f"{dataset}/{variant}",
        kind=layer.kind,
        name=layer.name,
        version=layer.version,
        digest=layer.digest,
        sha256=layer.sha256,
        row_count=layer.row_count,
        refused_count=layer.refused_count,
        totals=layer.totals,
        source=layer.source,
        source_sha256=layer.source_sha256,
        dated_on=layer.dated_on,
        imported_by=handle,
        imported_at=layer.imported_at,
    )
