"""What is published about a variant, and what is it to other variants, with the evidence?"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Session, col, select

from registry.catalogue.seeds.document import RelationKind, SeedVariant, Source
from registry.models.datasets import Dataset, Variant
from registry.models.lineage import VariantDescription, VariantRelation
from registry.queries import names


@dataclass(frozen=True, slots=True)
class Description:
    """What a seed says of a variant, and when that came on record."""

    variant: str
    said: SeedVariant
    sources: dict[str, Source]
    seed_sha256: str
    recorded_at: datetime


@dataclass(frozen=True, slots=True)
class RelationLine:
    """`variant` is `kind` `other`, on this evidence."""

    variant: str
    kind: RelationKind
    other: str
    evidence: str
    source_title: str
    source_url: str
    recorded_at: datetime


def description(session: Session, variant_name: str) -> Description | None:
    """What was said last of a variant; None where no seed speaks of it.

    Raises:
        NotFoundError: there is no such variant.
    """
    variant = names.variant(session, variant_name)
    found = [it for it in descriptions(session, [variant.id]) if it.variant == variant_name]
    return found[0] if found else None


def descriptions(session: Session, variant_ids: Iterable[UUID] | None = None) -> tuple[Description, ...]:
    """What was said last of each of the variants (of all, where none is named), by name."""
    newest = sa.select(
        col(VariantDescription.variant_id), sa.func.max(col(VariantDescription.version)).label("version")
    )
    last = newest.group_by(col(VariantDescription.variant_id)).subquery()
    statement = (
        sa.select(VariantDescription, col(Dataset.slug), col(Variant.slug))
        .join(
            last,
            sa.and_(
                last.c.variant_id == col(VariantDescription.variant_id),
                last.c.version == col(VariantDescription.version),
            ),
        )
        .join(Variant, col(Variant.id) == col(VariantDescription.variant_id))
        .join(Dataset, col(Dataset.id) == col(Variant.dataset_id))
        .order_by(col(Dataset.slug), col(Variant.slug))
    )
    if variant_ids is not None:
        statement = statement.where(col(VariantDescription.variant_id).in_(list(variant_ids)))
    return tuple(_description(*row) for row in session.execute(statement))


def relations(session: Session, variant_name: str) -> tuple[RelationLine, ...]:
    """Every relation that leads to or from the variant, over as many steps as there are, each once.

    Raises:
        NotFoundError: there is no such variant.
    """
    names.variant(session, variant_name)
    lines = _all(session)
    reached, found = {variant_name}, set[RelationLine]()
    waiting = [variant_name]
    while waiting:
        name = waiting.pop()
        for line in lines:
            if name in (line.variant, line.other):
                found.add(line)
                waiting += {line.variant, line.other} - reached
                reached |= {line.variant, line.other}
    return tuple(line for line in lines if line in found)


def direct(session: Session, variant_name: str) -> tuple[RelationLine, ...]:
    """The relations in which the variant itself stands.

    Raises:
        NotFoundError: there is no such variant.
    """
    names.variant(session, variant_name)
    return tuple(line for line in _all(session) if variant_name in (line.variant, line.other))


def _all(session: Session) -> list[RelationLine]:
    """Every relation there is, by the names of both variants."""
    rows = session.execute(
        sa.select(col(Variant.id), col(Dataset.slug), col(Variant.slug)).join(
            Dataset, col(Dataset.id) == col(Variant.dataset_id)
        )
    )
    called = {variant_id: f"{dataset}/{variant}" for variant_id, dataset, variant in rows}
    lines = [
        RelationLine(
            variant=called[it.variant_id],
            kind=it.kind,
            other=called[it.other_id],
            evidence=it.evidence,
            source_title=it.source_title,
            source_url=it.source_url,
            recorded_at=it.recorded_at,
        )
        for it in session.exec(select(VariantRelation).order_by(col(VariantRelation.id)))
    ]
    return sorted(lines, key=lambda line: (line.variant, line.kind, line.other))


def _description(found: VariantDescription, dataset: str, variant: str) -> Description:
    content = dict(found.content)
    sources = {key: Source.model_validate(source) for key, source in content.pop("sources").items()}
    said = SeedVariant.model_validate(content)
    return Description(f"{dataset}/{variant}", said, sources, found.seed_sha256, found.recorded_at)
