"""Weights: files that somebody trained, and what they were trained on, with the evidence.

What a set of weights has seen cannot be taken out of it again; so it is on record whose images it saw.
"""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from registry.models.columns import SHA256_LENGTH, instant
from registry.models.datasets import SLUG_LENGTH


class WeightFile(SQLModel, table=True):
    """A set of weights, known by the digest of its file; where nobody has published that, it may come later.

    The file itself is not kept. `licence` is an SPDX expression, a LicenseRef or NOASSERTION.
    """

    __tablename__ = "weight_file"
    __table_args__ = (sa.CheckConstraint("size_bytes IS NULL OR sha256 IS NOT NULL", name="size_has_digest"),)

    id: UUID = Field(primary_key=True)
    name: str = Field(max_length=SLUG_LENGTH, unique=True)
    title: str = Field(max_length=200)
    licence: str = Field(max_length=500)
    sha256: str | None = Field(default=None, max_length=SHA256_LENGTH, unique=True)
    size_bytes: int | None = Field(default=None, sa_column=sa.Column(sa.BigInteger(), nullable=True))
    recorded_by: UUID = Field(foreign_key="person.id")
    recorded_at: datetime = Field(sa_column=instant())


class WeightTraining(SQLModel, table=True):
    """What weights were trained on, or which other weights they were made from, and the evidence. Insert-only.

    `variant_id` alone is all of the variant; with `release_id` what that release hands out; with `layer_id` the synsets
    of that label space.
    """

    __tablename__ = "weight_training"
    __table_args__ = (
        sa.UniqueConstraint("weights_id", "evidence_sha256"),
        sa.CheckConstraint("(variant_id IS NULL) <> (base_id IS NULL)", name="variant_or_base"),
        sa.CheckConstraint(
            "(release_id IS NULL OR layer_id IS NULL)"
            " AND (variant_id IS NOT NULL OR (release_id IS NULL AND layer_id IS NULL))",
            name="one_part_of_variant",
        ),
        sa.CheckConstraint("base_id IS NULL OR base_id <> weights_id", name="not_from_itself"),
    )

    id: UUID = Field(primary_key=True)
    weights_id: UUID = Field(foreign_key="weight_file.id")
    variant_id: UUID | None = Field(default=None, foreign_key="variant.id", index=True)
    release_id: UUID | None = Field(default=None, foreign_key="release.id")
    layer_id: UUID | None = Field(default=None, foreign_key="layer.id")
    base_id: UUID | None = Field(default=None, foreign_key="weight_file.id")
    evidence: str = Field(max_length=1000)
    evidence_sha256: str = Field(max_length=SHA256_LENGTH)
    source_title: str = Field(max_length=1000)
    source_url: str | None = Field(default=None, max_length=500)
    recorded_by: UUID = Field(foreign_key="person.id")
    recorded_at: datetime = Field(sa_column=instant())
