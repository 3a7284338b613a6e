"""Detectors that a user brought: which weights, of which network, under which licence."""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from registry.models.columns import SHA256_LENGTH, instant
from registry.models.datasets import SLUG_LENGTH

LICENCE_LENGTH = 200


class SuppliedDetector(SQLModel, table=True):
    """Weights of a face detector; the file lies in the blob store under `sha256`. Insert-only.

    `kind` is the network, as recipes call it; `licence` an SPDX expression, as whoever added it says.
    """

    __tablename__ = "detector"
    __table_args__ = (
        sa.UniqueConstraint("name"),
        sa.UniqueConstraint("sha256"),
        sa.CheckConstraint("kind IN ('scrfd', 'yunet')", name="kind_known"),
    )

    id: UUID = Field(primary_key=True)
    name: str = Field(max_length=SLUG_LENGTH)
    kind: str = Field(max_length=16)
    sha256: str = Field(max_length=SHA256_LENGTH)
    size_bytes: int
    licence: str = Field(max_length=LICENCE_LENGTH)
    added_by: UUID = Field(foreign_key="person.id")
    added_at: datetime = Field(sa_column=instant())
