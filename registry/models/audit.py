"""Audit events: who did what to which thing, written in the same transaction as the thing. Insert-only."""

from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from registry.models.columns import instant


class AuditEvent(SQLModel, table=True):
    """One act on one subject. `facts` may hold personal data only where the event's reader may see it anyway."""

    __tablename__ = "audit_event"
    __table_args__ = (sa.Index("ix_audit_event_subject", "subject_kind", "subject_id"),)

    id: UUID = Field(primary_key=True)
    happened_at: datetime = Field(sa_column=instant(index=True))
    event: str = Field(max_length=64, index=True)
    actor_id: UUID | None = Field(default=None, foreign_key="person.id")
    actor_name: str = Field(max_length=64)
    subject_kind: str = Field(max_length=32)
    subject_id: str = Field(max_length=200)
    facts: dict[str, Any] = Field(sa_column=sa.Column(sa.JSON(), nullable=False))
