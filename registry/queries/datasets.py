"""Which datasets and variants are there, and what has been imported for them?

Whoever is not signed in sees what is published: a dataset without a published release is not listed for them. Where
bytes were read from is a path of our machines, and is shown to people of the registry only.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Session, col, select

from registry.errors import NotFoundError
from registry.models.datasets import Dataset, Variant
from registry.models.imports import Import, ImportState
from registry.models.people import Person
from registry.models.releases import Release, ReleaseState
from registry.queries import names, paging
from registry.queries.paging import Page

IMPORTS_SHOWN = 20
_IS_PUBLISHED = col(Release.state) == ReleaseState.PUBLISHED


@dataclass(frozen=True, slots=True)
class DatasetLine:
    """A dataset in a list."""

    name: str
    title: str
    variant_count: int
    published_count: int


@dataclass(frozen=True, slots=True)
class VariantLine:
    """A variant in a list; `image_count` is of its newest finished import, `newest_import` is how far the newest is."""

    name: str
    title: str
    licence: str
    image_count: int | None
    published_count: int
    newest_import: ImportState | None


@dataclass(frozen=True, slots=True)
class DatasetDetail:
    """A dataset and its variants."""

    name: str
    title: str
    created_at: datetime
    variants: tuple[VariantLine, ...]


@dataclass(frozen=True, slots=True)
class ImportLine:
    """One reading of a source; counts and root are None until it is done."""

    id: UUID
    source: str
    layout: str
    state: ImportState
    started_by: str
    started_at: datetime
    finished_at: datetime | None
    image_count: int | None
    defect_count: int | None
    refused_count: int | None
    size_bytes: int | None
    root: str | None
    failure: str | None


@dataclass(frozen=True, slots=True)
class VariantDetail:
    """A variant and its newest imports; its releases are `registry.queries.releases`."""

    name: str
    dataset: str
    dataset_title: str
    title: str
    licence: str
    created_at: datetime
    imports: tuple[ImportLine, ...]


def list_datasets(
    session: Session, *, is_insider: bool, after: str | None = None, limit: int = 50
) -> Page[DatasetLine]:
    """The datasets by name."""
    published = _published_of_dataset()
    statement = sa.select(col(Dataset.slug), col(Dataset.title), _variants_of_dataset(), published).order_by(
        col(Dataset.slug)
    )
    if not is_insider:
        statement = statement.where(published > 0)
    if after is not None:
        statement = statement.where(col(Dataset.slug) > after)
    rows = session.execute(statement.limit(paging.bounded(limit) + 1)).all()
    return paging.cut([DatasetLine(*row) for row in rows], limit, lambda line: line.name)


def read_dataset(session: Session, name: str, *, is_insider: bool) -> DatasetDetail:
    """The dataset called `name` with its variants by name.

    Raises:
        NotFoundError: there is none, or nothing of it is published and the reader is no insider.
    """
    dataset = session.exec(select(Dataset).where(Dataset.slug == name)).first()
    lines = [] if dataset is None else list_variants(session, dataset.slug)
    shown = [line for line in lines if is_insider or line.published_count]
    if dataset is None or not (shown or is_insider):
        raise NotFoundError(f"There is no dataset {name}.")
    return DatasetDetail(dataset.slug, dataset.title, dataset.created_at, tuple(shown))


def list_variants(session: Session, dataset: str) -> list[VariantLine]:
    """Every variant of a dataset by name."""
    statement = (
        sa.select(
            col(Dataset.slug) + "/" + col(Variant.slug),
            col(Variant.title),
            col(Variant.licence),
            _images_of_variant(),
            _published_of_variant(),
            _newest_import_of_variant(),
        )
        .join(Dataset, col(Dataset.id) == col(Variant.dataset_id))
        .where(col(Dataset.slug) == dataset)
        .order_by(col(Variant.slug))
    )
    return [VariantLine(*row) for row in session.execute(statement)]


def variant_names(session: Session) -> list[str]:
    """`DATASET/VARIANT` of every variant into which something was imported, in order."""
    imported = sa.select(col(Import.variant_id)).where(col(Import.state) == ImportState.DONE)
    statement = (
        sa.select(col(Dataset.slug) + "/" + col(Variant.slug))
        .select_from(Variant)
        .join(Dataset, col(Dataset.id) == col(Variant.dataset_id))
        .where(col(Variant.id).in_(imported))
        .order_by(col(Dataset.slug), col(Variant.slug))
    )
    return list(session.scalars(statement))


def read_variant(session: Session, name: str, *, is_insider: bool) -> VariantDetail:
    """The variant called `DATASET/VARIANT`; with its imports for an insider.

    Raises:
        NotFoundError: there is none, or nothing of it is published and the reader is no insider.
    """
    variant = names.variant(session, name)
    dataset = session.get_one(Dataset, variant.dataset_id)
    if not is_insider and not _is_published(session, variant.id):
        raise NotFoundError(f"There is no variant {name}.")
    return VariantDetail(
        name=name,
        dataset=dataset.slug,
        dataset_title=dataset.title,
        title=variant.title,
        licence=variant.licence,
        created_at=variant.created_at,
        imports=list_imports(session, variant.id) if is_insider else (),
    )


def list_imports(session: Session, variant_id: UUID) -> tuple[ImportLine, ...]:
    """The newest imports of a variant, newest first."""
    statement = (
        sa.select(Import, col(Person.handle))
        .join(Person, col(Person.id) == col(Import.started_by))
        .where(col(Import.variant_id) == variant_id)
        .order_by(col(Import.started_at).desc(), col(Import.id).desc())
        .limit(IMPORTS_SHOWN)
    )
    return tuple(_import_line(found, handle) for found, handle in session.execute(statement))


def import_line(session: Session, found: Import) -> ImportLine:
    """What a list says of one import."""
    return _import_line(found, session.get_one(Person, found.started_by).handle)


def _import_line(found: Import, handle: str) -> ImportLine:
    counts = found.counts
    defects, refused = (
        None if counts is None else sum(counts.get(name, {}).values()) for name in ("defects", "refused")
    )
    return ImportLine(
        id=found.id,
        source=found.source,
        layout=found.layout,
        state=found.state,
        started_by=handle,
        started_at=found.started_at,
        finished_at=found.finished_at,
        image_count=found.row_count,
        defect_count=defects,
        refused_count=refused,
        size_bytes=found.total_bytes,
        root=found.root,
        failure=found.failure,
    )


def _variants_of_dataset() -> sa.ScalarSelect[int]:
    counting = sa.select(sa.func.count(col(Variant.id)))
    return counting.where(col(Variant.dataset_id) == col(Dataset.id)).correlate(Dataset).scalar_subquery()


def _published_of_dataset() -> sa.ScalarSelect[int]:
    return (
        sa.select(sa.func.count(col(Release.id)))
        .join(Variant, col(Variant.id) == col(Release.variant_id))
        .where(col(Variant.dataset_id) == col(Dataset.id), _IS_PUBLISHED)
        .correlate(Dataset)
        .scalar_subquery()
    )


def _published_of_variant() -> sa.ScalarSelect[int]:
    counting = sa.select(sa.func.count(col(Release.id)))
    return (
        counting.where(col(Release.variant_id) == col(Variant.id), _IS_PUBLISHED).correlate(Variant).scalar_subquery()
    )


def _is_published(session: Session, variant_id: UUID) -> bool:
    statement = select(Release.id).where(Release.variant_id == variant_id, _IS_PUBLISHED)
    return session.exec(statement.limit(1)).first() is not None


def _newest_import_of_variant() -> sa.ScalarSelect[ImportState | None]:
    newest = sa.select(col(Import.state)).where(col(Import.variant_id) == col(Variant.id))
    return newest.order_by(col(Import.started_at).desc()).limit(1).correlate(Variant).scalar_subquery()


def _images_of_variant() -> sa.ScalarSelect[int | None]:
    return (
        sa.select(col(Import.row_count))
        .where(col(Import.variant_id) == col(Variant.id), col(Import.state) == ImportState.DONE)
        .order_by(col(Import.started_at).desc())
        .limit(1)
        .correlate(Variant)
        .scalar_subquery()
    )
