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
    UNOWNED = "nobody answers for it"


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
    """What is granted at a time, by the SHA-256 of the image; a hold is stronger than all else, the newest next.

    Where its owner has no account any more nobody answers for it: it lifts nothing, and a hold stays.
    """
    statement = (
        select(ImageException)
        .join(Person, col(Person.id) == col(ImageException.owner_id))
        .where(
            col(ImageException.ended_at).is_(None),
            col(ImageException.until) > now,
            col(Person.is_active) | (col(ImageException.grants) == Grant.HOLD),
        )
        .order_by((col(ImageException.grants) == Grant.HOLD), col(ImageException.id))
    )
    return {found.image_sha256: found.grants for found in session.exec(statement)}


def register(session: Session, now: datetime) -> list[ExceptionLine]:
    """Every exception that ever was: those in force first, the first to end before the others; then the newest."""
    owner, granter = aliased(Person), aliased(Person)
    statement = (
        sa.select(ImageException, owner, col(granter.handle))
        .join(owner, col(owner.id) == col(ImageException.owner_id))
        .join(granter, col(granter.id) == col(ImageException.granted_by))
        .order_by(col(ImageException.until))
    )
    lines = [_line(session, found, owned, granted, now) for found, owned, granted in session.execute(statement)]
    over = sorted(
        (line for line in lines if line.standing is not Standing.IN_FORCE), key=lambda it: it.id, reverse=True
    )
    return [line for line in lines if line.standing is Standing.IN_FORCE] + over


def _line(session: Session, found: ImageException, owner: Person, granter: str, now: datetime) -> ExceptionLine:
    return ExceptionLine(
        id=found.id,
        grants=found.grants,
        variant=names.variant_name(session, found.variant_id),
        path=found.path,
        image_sha256=found.image_sha256,
        reason=found.reason,
        owner=owner.handle,
        granted_by=granter,
        granted_at=found.granted_at,
        until=found.until,
        standing=_standing(found, owner, now),
        ended_because=found.ended_because,
    )


def _standing(found: ImageException, owner: Person, now: datetime) -> Standing:
    if found.ended_at is not None:
        return Standing.ENDED
    if found.until <= now:
        return Standing.EXPIRED
    return Standing.IN_FORCE if owner.is_active or found.grants is Grant.HOLD else Standing.UNOWNED
