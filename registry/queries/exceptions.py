"""Which exceptions are there for single images, who answers for them, and until when?"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select

from registry.models.exceptions import Grant, ImageException
from registry.models.people import Person
from registry.queries import names


class Standing(StrEnum):
    """How an exception stands at a time."""

    IN_FORCE = "in force"
    EXPIRED = "expired"
    ENDED = "ended"


@dataclass(frozen=True, slots=True)
class ExceptionLine:
    """One exception as the register shows it; people by their handles."""

    id: UUID
    grants: Grant
    variant: str
    path: str
    image_sha256: str
    reason: str
    owner: str
    granted_by: str
    granted_at: datetime
    until: datetime
    standing: Standing
    ended_because: str | None


def in_force(session: Session, now: datetime) -> dict[str, Grant]:
    """What is granted at a time, by the SHA-256 of the image; a hold is stronger than all else, the newest next."""
    statement = (
        select(ImageException)
        .where(col(ImageException.ended_at).is_(None), col(ImageException.until) > now)
        .order_by((col(ImageException.grants) == Grant.HOLD), col(ImageException.id))
    )
    return {found.image_sha256: found.grants for found in session.exec(statement)}


def register(session: Session, now: datetime) -> list[ExceptionLine]:
    """Every exception that ever was: those in force first, the first to end before the others; then the newest."""
    owner, granter = aliased(Person), aliased(Person)
    statement = (
        sa.select(ImageException, col(owner.handle), col(granter.handle))
        .join(owner, col(owner.id) == col(ImageException.owner_id))
        .join(granter, col(granter.id) == col(ImageException.granted_by))
        .order_by(col(ImageException.until))
    )
    lines = [_line(session, found, owned, granted, now) for found, owned, granted in session.execute(statement)]
    over = sorted(
        (line for line in lines if line.standing is not Standing.IN_FORCE), key=lambda it: it.id, reverse=True
    )
    return [line for line in lines if line.standing is Standing.IN_FORCE] + over


def _line(session: Session, found: ImageException, owner: str, granter: str, now: datetime) -> ExceptionLine:
    standing = Standing.IN_FORCE if found.until > now else Standing.EXPIRED
    return ExceptionLine(
        id=found.id,
        grants=found.grants,
        variant=names.variant_name(session, found.variant_id),
        path=found.path,
        image_sha256=found.image_sha256,
        reason=found.reason,
        owner=owner,
        granted_by=granter,
        granted_at=found.granted_at,
        until=found.until,
        standing=standing if found.ended_at is None else Standing.ENDED,
        ended_because=found.ended_because,
    )
