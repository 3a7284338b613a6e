"""Exceptions: what somebody has granted for one image in spite of every policy, until a day, and who answers for it."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from registry.models.columns import SHA256_LENGTH, enum_type, instant


class Grant(StrEnum):
    """What is granted: the image stays as it is, stays blurred, or is stopped for a time."""

    KEEP = "keep"
    BLUR = "blur"
    HOLD = "hold"


class ImageException(SQLModel, table=True):
    """One exception. It is in force from `granted_at` until `until`, or until somebody ends it with a reason.

    It is about bytes, in whatever variant they are; `path` is where they were found.
    """

    __tablename__ = "image_exception"
    __table_args__ = (
        sa.CheckConstraint("until > granted_at", name="ends_after_it_begins"),
        sa.CheckConstraint(
            "(ended_at IS NULL AND ended_by IS NULL AND ended_because IS NULL)"
            " OR (ended_at IS NOT NULL AND ended_by IS NOT NULL AND ended_because IS NOT NULL)",
            name="ended_has_reason",
        ),
    )

    id: UUID = Field(primary_key=True)
    grants: Grant = Field(sa_column=sa.Column(enum_type(Grant, "grants"), nullable=False))
    image_sha256: str = Field(max_length=SHA256_LENGTH, index=True)
    variant_id: UUID = Field(foreign_key="variant.id")
    path: str = Field(max_length=4096)
    reason: str = Field(max_length=2000)
    owner_id: UUID = Field(foreign_key="person.id")
    granted_by: UUID = Field(foreign_key="person.id")
    granted_at: datetime = Field(sa_column=instant())
    until: datetime = Field(sa_column=instant())
    ended_by: UUID | None = Field(default=None, foreign_key="person.id")
    ended_at: datetime | None = Field(default=None, sa_column=instant(nullable=True))
    ended_because: str | None = Field(default=None, max_length=2000)
