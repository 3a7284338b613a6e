"""Datasets and their variants: the names under which images are known."""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from registry.models.columns import instant

SLUG_LENGTH = 64


class Dataset(SQLModel, table=True):
    """A named body of images, such as ImageNet."""

    __tablename__ = "dataset"

    id: UUID = Field(primary_key=True)
    slug: str = Field(max_length=SLUG_LENGTH, unique=True)
    title: str = Field(max_length=200)
    created_at: datetime = Field(sa_column=instant())


class Variant(SQLModel, table=True):
    """A branch of a dataset with its own meaning, such as ILSVRC-2012.

    `licence` is an SPDX expression, a LicenseRef or NOASSERTION, and speaks for the collection, not for each image.
    """

    __tablename__ = "variant"
    __table_args__ = (sa.UniqueConstraint("dataset_id", "slug"),)

    id: UUID = Field(primary_key=True)
    dataset_id: UUID = Field(foreign_key="dataset.id")
    slug: str = Field(max_length=SLUG_LENGTH)
    title: str = Field(max_length=200)
    licence: str = Field(max_length=500)
    created_at: datetime = Field(sa_column=instant())
