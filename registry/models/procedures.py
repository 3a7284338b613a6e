"""Published procedures, and the acts that put them in force: proposed by one person, settled by another."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from policies.procedures import Kind
from registry.models.columns import SHA256_LENGTH, enum_type, instant


class Procedure(SQLModel, table=True):
    """A published procedure; its bytes lie in the blob store under `sha256`. Insert-only."""

    __tablename__ = "procedure"
    __table_args__ = (sa.UniqueConstraint("name", "version"),)

    id: UUID = Field(primary_key=True)
    kind: Kind = Field(sa_column=sa.Column(enum_type(Kind, "kind"), nullable=False))
    name: str = Field(max_length=64)
    version: str = Field(max_length=64)
    title: str = Field(max_length=200)
    sha256: str = Field(max_length=SHA256_LENGTH, unique=True)
    published_by: UUID = Field(foreign_key="person.id")
    published_at: datetime = Field(sa_column=instant())


class ChangeState(StrEnum):
    """How far it is to put a procedure in force."""

    PROPOSED = "proposed"
    CONFIRMED = "confirmed"
    REFUSED = "refused"


class ProcedureChange(SQLModel, table=True):
    """One procedure that is to be in force from `begins_at` on. It is once a second person has confirmed it."""

    __tablename__ = "procedure_change"
    __table_args__ = (
        sa.CheckConstraint(
            "state = 'proposed' OR (settled_by IS NOT NULL AND settled_at IS NOT NULL AND settled_because IS NOT NULL)",
            name="settled_has_reason",
        ),
        sa.CheckConstraint("state <> 'confirmed' OR settled_by <> proposed_by", name="confirmed_by_another"),
    )

    id: UUID = Field(primary_key=True)
    procedure_id: UUID = Field(foreign_key="procedure.id", index=True)
    state: ChangeState = Field(sa_column=sa.Column(enum_type(ChangeState, "state"), nullable=False))
    begins_at: datetime = Field(sa_column=instant())
    proposed_by: UUID = Field(foreign_key="person.id")
    proposed_at: datetime = Field(sa_column=instant())
    reason: str = Field(max_length=2000)
    settled_by: UUID | None = Field(default=None, foreign_key="person.id")
    settled_at: datetime | None = Field(default=None, sa_column=instant(nullable=True))
    settled_because: str | None = Field(default=None, max_length=2000)
