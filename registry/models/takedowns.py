"""Takedowns: cases, the images they are about, who asked, and every step that was taken.

What a requester told us about themselves stands in a table of its own, so that few queries meet it and erasing it
leaves the case whole.
"""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from policies.takedowns import CaseState, Ground, Outcome
from registry.models.columns import SHA256_LENGTH, enum_type, instant

STATEMENT_LENGTH = 4000


class SubjectKind(StrEnum):
    """How a request names the image."""

    URL = "url"
    PATH = "path"
    SHA256 = "sha256"


class StepKind(StrEnum):
    """What was done in a case."""

    RECEIVED = "received"
    SEARCHED = "searched"
    IMAGE_ADDED = "image-added"
    HOLD_PLACED = "hold-placed"
    DECIDED = "decided"
    CONFIRMED = "confirmed"
    CONFIRMATION_REFUSED = "confirmation-refused"
    WITHDRAWN = "withdrawn"
    FULFILLED = "fulfilled"


class TakedownCase(SQLModel, table=True):
    """One request to take images down. Its holds and takedowns follow from its state (`policies.takedowns`).

    `procedure_sha256` names the procedure that it began under, whose clock and care it keeps.
    `form_id` is of the form that it was typed into, so that sending a form twice makes one case.
    """

    __tablename__ = "takedown_case"
    __table_args__ = (
        sa.CheckConstraint(
            "state NOT IN ('upheld-pending-confirmation', 'rejected-pending-confirmation', 'upheld', 'fulfilled')"
            " OR decided_by IS NOT NULL",
            name="decided_has_decider",
        ),
    )

    id: UUID = Field(primary_key=True)
    number: str = Field(max_length=16, unique=True)
    code_words_hash: str = Field(max_length=255)
    ground: Ground = Field(sa_column=sa.Column(enum_type(Ground, "ground"), nullable=False))
    state: CaseState = Field(sa_column=sa.Column(enum_type(CaseState, "state"), nullable=False, index=True))
    decided_by: UUID | None = Field(default=None, foreign_key="person.id")
    received_at: datetime = Field(sa_column=instant(index=True))
    form_id: UUID | None = Field(default=None, unique=True, index=True)
    procedure_sha256: str = Field(max_length=SHA256_LENGTH)


class TakedownRequester(SQLModel, table=True):
    """What the requester said: personal data, for the people who work on the case only. May be erased."""

    __tablename__ = "takedown_requester"

    case_id: UUID = Field(primary_key=True, foreign_key="takedown_case.id", ondelete="CASCADE")
    subject_kind: SubjectKind = Field(sa_column=sa.Column(enum_type(SubjectKind, "subject_kind"), nullable=False))
    subject: str = Field(max_length=4096)
    statement: str = Field(default="", max_length=STATEMENT_LENGTH)
    contact: str = Field(default="", max_length=254)


class TakedownImage(SQLModel, table=True):
    """An image that a case is about, by its bytes; `variant_id` and `path` say where it was first found."""

    __tablename__ = "takedown_image"

    case_id: UUID = Field(primary_key=True, foreign_key="takedown_case.id")
    image_sha256: str = Field(primary_key=True, max_length=SHA256_LENGTH, index=True)
    variant_id: UUID = Field(foreign_key="variant.id")
    path: str = Field(max_length=4096)
    added_at: datetime = Field(sa_column=instant())


class Revocation(SQLModel, table=True):
    """The signed, public consequence of an upheld case; its envelope lies in the blob store. Insert-only."""

    __tablename__ = "revocation"

    id: UUID = Field(primary_key=True)
    case_id: UUID = Field(foreign_key="takedown_case.id", unique=True)
    number: int = Field(unique=True)
    envelope_sha256: str = Field(max_length=SHA256_LENGTH)
    image_count: int
    issued_at: datetime = Field(sa_column=instant())


class TakedownStep(SQLModel, table=True):
    """One step of a case, with the person who took it and their reason. Insert-only."""

    __tablename__ = "takedown_step"

    id: UUID = Field(primary_key=True)
    case_id: UUID = Field(foreign_key="takedown_case.id", index=True)
    kind: StepKind = Field(sa_column=sa.Column(enum_type(StepKind, "kind"), nullable=False))
    person_id: UUID | None = Field(default=None, foreign_key="person.id")
    outcome: Outcome | None = Field(default=None, sa_column=sa.Column(enum_type(Outcome, "outcome"), nullable=True))
    reason: str = Field(default="", max_length=2000)
    state_after: CaseState = Field(sa_column=sa.Column(enum_type(CaseState, "state_after"), nullable=False))
    taken_at: datetime = Field(sa_column=instant())
