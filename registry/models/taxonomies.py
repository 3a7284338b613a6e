"""Taxonomies: which synsets there are and what is a kind of what, in versions that never change."""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from registry.models.columns import SHA256_LENGTH, instant
from registry.models.datasets import SLUG_LENGTH


class TaxonomyVersion(SQLModel, table=True):
    """One version of a taxonomy; its bytes lie in the blob store under `sha256`. Insert-only.

    `form` says of which files it was read (`wordnet` or `imagenet`); `refused_count` how many lines were not taken.
    """

    __tablename__ = "taxonomy"
    __table_args__ = (
        sa.UniqueConstraint("name", "version"),
        sa.CheckConstraint("version >= 1", name="version_counts"),
    )

    id: UUID = Field(primary_key=True)
    name: str = Field(max_length=SLUG_LENGTH)
    version: int
    form: str = Field(max_length=32)
    sha256: str = Field(max_length=SHA256_LENGTH)
    synset_count: int
    kind_count: int
    instance_count: int
    refused_count: int
    imported_by: UUID = Field(foreign_key="person.id")
    imported_at: datetime = Field(sa_column=instant())
