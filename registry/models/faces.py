"""Faces: what people decided about places in pictures, and what a release took as known.

A decision is about the bytes of an image, wherever it stands: it holds in every variant and every later build.
"""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from registry.models.columns import SHA256_LENGTH, enum_type, instant


class FaceStep(StrEnum):
    """What a reviewer did with a box."""

    ACCEPTED = "accepted"
    REJECTED = "rejected"
    ADDED = "added"
    MOVED = "moved"


class FaceVerdict(StrEnum):
    """What a place is: a face, to be blurred; none; or a face that is hidden well enough as it comes out."""

    FACE = "face"
    NO_FACE = "no-face"
    HIDDEN = "hidden"


class FaceDecision(SQLModel, table=True):
    """One person's word about one box, in stored pixels; the newest about a place counts. Insert-only.

    Moving a box is two rows: where it was, and where it is. `release_id` and `path` say what the reviewer looked at.
    """

    __tablename__ = "face_decision"
    __table_args__ = (
        sa.CheckConstraint(
            "left_px >= 0 AND top_px >= 0 AND left_px < right_px AND top_px < bottom_px",
            name="box_has_area",
        ),
    )

    id: UUID = Field(primary_key=True)
    image_sha256: str = Field(max_length=SHA256_LENGTH, index=True)
    step: FaceStep = Field(sa_column=sa.Column(enum_type(FaceStep, "step"), nullable=False))
    verdict: FaceVerdict = Field(sa_column=sa.Column(enum_type(FaceVerdict, "verdict"), nullable=False))
    left_px: int
    top_px: int
    right_px: int
    bottom_px: int
    release_id: UUID = Field(foreign_key="release.id")
    path: str = Field(max_length=4096)
    reason: str = Field(max_length=2000)
    decided_by: UUID = Field(foreign_key="person.id")
    decided_at: datetime = Field(sa_column=instant())


class ReleaseFaces(SQLModel, table=True):
    """What a release takes as known about faces; without a row: nothing, and a detector looks.

    `layer_id` is a layer of faces that was chosen with the plan. `decisions_sha256` is what people had decided when
    the build began, in the blob store; it stays while the build goes on. So does `earlier_id`, the release whose
    results are taken over where the very same is asked; it is null where everything is looked at afresh.
    """

    __tablename__ = "release_face_choice"

    release_id: UUID = Field(primary_key=True, foreign_key="release.id", ondelete="CASCADE")
    layer_id: UUID | None = Field(default=None, foreign_key="layer.id")
    is_detected: bool = True
    decisions_sha256: str | None = Field(default=None, max_length=SHA256_LENGTH)
    is_afresh: bool = False
    earlier_id: UUID | None = Field(default=None, foreign_key="release.id")
