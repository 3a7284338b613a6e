"""Who has an account, with which roles?"""

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from sqlmodel import Session, col, select

from registry.models.people import Person, PersonRole, Role

if TYPE_CHECKING:
    from uuid import UUID


@dataclass(frozen=True, slots=True)
class PersonLine:
    """An account; nothing about its password or sessions."""

    handle: str
    display_name: str
    is_active: bool
    roles: tuple[Role, ...]
    created_at: datetime


def list_people(session: Session) -> tuple[PersonLine, ...]:
    """Every account by handle, also those that were deactivated: acts keep their author."""
    roles: dict[UUID, list[Role]] = {}
    for granted in session.exec(select(PersonRole)):
        roles.setdefault(granted.person_id, []).append(granted.role)
    return tuple(
        PersonLine(
            handle=person.handle,
            display_name=person.display_name,
            is_active=person.is_active,
            roles=tuple(sorted(roles.get(person.id, []))),
            created_at=person.created_at,
        )
        for person in session.exec(select(Person).order_by(col(Person.handle)))
    )
