"""Published policies: name, version and the digest of bytes that never change."""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from registry.models.columns import SHA256_LENGTH, instant


class Policy(SQLModel, table=True):
    """A published policy document; its bytes lie in the blob store under `sha256`."""

    __tablename__ = "policy"
    __table_args__ = (sa.UniqueConstraint("name", "version"),)

    id: UUID = Field(primary_key=True)
    name: str = Field(max_length=64)
    version: str = Field(max_length=64)
    title: str = Field(max_length=200)
    sha256: str = Field(max_length=SHA256_LENGTH, unique=True)
    published_by: UUID = Field(foreign_key="person.id")
    published_at: datetime = Field(sa_column=instant())
