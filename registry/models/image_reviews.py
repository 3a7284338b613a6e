"""Image reviews: what a person decided about an image that a rule of a policy had sent to review."""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from policies.verdicts import REASON_LENGTH, Action
from registry.models.columns import SHA256_LENGTH, enum_type, instant


class ImageReview(SQLModel, table=True):
    """One person's answer about one image, to the question that one reason code asks; the newest counts. Insert-only.

    It is about bytes, in whatever variant they are; `release_id` and `path` say what the reviewer looked at.
    """

    __tablename__ = "image_review"

    id: UUID = Field(primary_key=True)
    image_sha256: str = Field(max_length=SHA256_LENGTH, index=True)
    asked: str = Field(max_length=REASON_LENGTH)
    decided: Action = Field(sa_column=sa.Column(enum_type(Action, "decided"), nullable=False))
    release_id: UUID = Field(foreign_key="release.id")
    path: str = Field(max_length=4096)
    reason: str = Field(max_length=2000)
    decided_by: UUID = Field(foreign_key="person.id")
    decided_at: datetime = Field(sa_column=instant())
