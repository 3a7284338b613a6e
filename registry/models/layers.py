"""Layers: what is said about a variant's images beside their bytes, in versions that never change."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from registry.catalogue.layers.kinds import Kind
from registry.models.columns import DIGEST_LENGTH, SHA256_LENGTH, enum_type, instant
from registry.models.datasets import SLUG_LENGTH


class Layer(SQLModel, table=True):
    """One version of one layer over a variant. Insert-only.

    `digest` is over the rows' canonical lines; `sha256` names the Parquet file in the blob store. `source` says in
    words where the rows come from, `source_sha256` which bytes they were read from (null where they were computed),
    `dated_on` the date that the source bears. `totals` are the layer's numbers by name; `refused_count` counts the rows
    that were not taken.
    """

    __tablename__ = "layer"
    __table_args__ = (
        sa.UniqueConstraint("variant_id", "kind", "name", "version"),
        sa.CheckConstraint("version >= 1", name="version_counts"),
        sa.CheckConstraint("row_count >= 1", name="has_rows"),
    )

    id: UUID = Field(primary_key=True)
    variant_id: UUID = Field(foreign_key="variant.id")
    kind: Kind = Field(sa_column=sa.Column(enum_type(Kind, "kind"), nullable=False))
    name: str = Field(max_length=SLUG_LENGTH)
    version: int
    digest: str = Field(max_length=DIGEST_LENGTH)
    sha256: str = Field(max_length=SHA256_LENGTH)
    row_count: int = Field(sa_column=sa.Column(sa.BigInteger(), nullable=False))
    refused_count: int = Field(sa_column=sa.Column(sa.BigInteger(), nullable=False))
    totals: dict[str, Any] = Field(sa_column=sa.Column(sa.JSON(), nullable=False))
    source: str = Field(max_length=500)
    source_sha256: str | None = Field(default=None, max_length=SHA256_LENGTH)
    dated_on: date | None = None
    imported_by: UUID = Field(foreign_key="person.id")
    imported_at: datetime = Field(sa_column=instant())
