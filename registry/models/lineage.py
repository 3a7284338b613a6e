"""What is known of a variant besides its images: how it is described in public, and what it is to other variants."""

from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from registry.catalogue.seeds.document import RelationKind
from registry.models.columns import SHA256_LENGTH, enum_type, instant


class VariantDescription(SQLModel, table=True):
    """A variant as a seed describes it: counts, archives, terms, each with its source. Insert-only, the newest counts.

    `seed_sha256` names the seed's bytes in the blob store; `content` is what it says of this variant.
    """

    __tablename__ = "variant_description"
    __table_args__ = (sa.UniqueConstraint("variant_id", "version"),)

    id: UUID = Field(primary_key=True)
    variant_id: UUID = Field(foreign_key="variant.id")
    version: int
    seed_sha256: str = Field(max_length=SHA256_LENGTH)
    content: dict[str, Any] = Field(sa_column=sa.Column(sa.JSON(), nullable=False))
    recorded_by: UUID = Field(foreign_key="person.id")
    recorded_at: datetime = Field(sa_column=instant())


class VariantRelation(SQLModel, table=True):
    """What a variant is to another one, and the evidence for it. Insert-only."""

    __tablename__ = "variant_relation"
    __table_args__ = (
        sa.UniqueConstraint("variant_id", "kind", "other_id", "evidence_sha256"),
        sa.CheckConstraint("variant_id <> other_id", name="not_to_itself"),
    )

    id: UUID = Field(primary_key=True)
    variant_id: UUID = Field(foreign_key="variant.id", index=True)
    kind: RelationKind = Field(sa_column=sa.Column(enum_type(RelationKind, "kind"), nullable=False))
    other_id: UUID = Field(foreign_key="variant.id", index=True)
    evidence: str = Field(max_length=1000)
    evidence_sha256: str = Field(max_length=SHA256_LENGTH)
    source_title: str = Field(max_length=1000)
    source_url: str = Field(max_length=500)
    recorded_by: UUID = Field(foreign_key="person.id")
    recorded_at: datetime = Field(sa_column=instant())
