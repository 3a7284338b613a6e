"""Overlays: a variant that holds what another release handed out, under pinned policies."""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from registry.models.columns import SHA256_LENGTH, instant


class Overlay(SQLModel, table=True):
    """One variant, the published release that it stands on, and the digests of the policies that may decide. Made once.

    `pins` holds `sha256:<hex>` of policies: that of the base is among them, and every plan of the variant uses one.
    """

    __tablename__ = "overlay"

    variant_id: UUID = Field(primary_key=True, foreign_key="variant.id")
    base_id: UUID = Field(foreign_key="release.id")
    datasheet_sha256: str = Field(max_length=SHA256_LENGTH)
    pins: list[str] = Field(sa_column=sa.Column(sa.JSON(), nullable=False))
    made_by: UUID = Field(foreign_key="person.id")
    made_at: datetime = Field(sa_column=instant())
