"""Who did what, when? The audit events, newest first."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlmodel import Session, col, select

from registry.models.audit import AuditEvent
from registry.queries import paging
from registry.queries.paging import Page


@dataclass(frozen=True, slots=True)
class EventLine:
    """One act on one subject."""

    id: UUID
    happened_at: datetime
    event: str
    actor_name: str
    subject_kind: str
    subject_id: str
    facts: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class EventFilter:
    """Which events; what is None does not matter."""

    event: str | None = None
    actor_name: str | None = None
    subject_id: str | None = None


def list_events(
    session: Session,
    which: EventFilter | None = None,
    *,
    after: str | None = None,
    limit: int = 50,
) -> Page[EventLine]:
    """The events that match, newest first; ids are UUIDv7, so their order is the order of time."""
    wanted = which or EventFilter()
    statement = select(AuditEvent).order_by(col(AuditEvent.id).desc())
    for column, value in (
        (AuditEvent.event, wanted.event),
        (AuditEvent.actor_name, wanted.actor_name),
        (AuditEvent.subject_id, wanted.subject_id),
    ):
        if value is not None:
            statement = statement.where(col(column) == value)
    if after is not None:
        statement = statement.where(col(AuditEvent.id) < paging.id_after(after))
    found = session.exec(statement.limit(paging.bounded(limit) + 1)).all()
    return paging.cut([_line(event) for event in found], limit, lambda line: str(line.id))


def _line(event: AuditEvent) -> EventLine:
    return EventLine(
        id=event.id,
        happened_at=event.happened_at,
        event=event.event,
        actor_name=event.actor_name,
        subject_kind=event.subject_kind,
        subject_id=event.subject_id,
        facts=event.facts,
    )
