"""The people of a registry under test: one for each role, more where several are needed."""

from datetime import datetime
from functools import cache

from argon2 import PasswordHasher
from sqlmodel import Session

from registry import acts, db, ids
from registry.access import Actor
from registry.models.people import Person, PersonRole, Role
from registry.queries import names
from registry.services import people

PASSWORD = "correct horse battery staple"
ROLES = {
    "mara": Role.MAINTAINER,
    "mo": Role.MAINTAINER,
    "rita": Role.REVIEWER,
    "ruth": Role.REVIEWER,
    "ana": Role.APPROVER,
    "ben": Role.APPROVER,
    "cleo": Role.APPROVER,
    "otto": Role.AUDITOR,
    "ada": Role.ADMINISTRATOR,
}


@cache
def _password_hash() -> str:
    # Argon2id with next to no memory and one pass. Signing in costs what the hash asks for; at its full price that is
    # an eighth of a second, and somebody signs in for every command that a test gives.
    return PasswordHasher(time_cost=1, memory_cost=64).hash(PASSWORD)


def add_all(session: Session, now: datetime) -> None:
    """Everybody has an account with `PASSWORD`."""
    for handle in ROLES:
        session.add(
            Person(
                id=ids.new_id(),
                handle=handle,
                display_name=handle.capitalize(),
                password_hash=_password_hash(),
                created_at=now,
            )
        )
    session.flush()
    for handle, role in ROLES.items():
        session.add(PersonRole(person_id=names.person(session, handle).id, role=role))


def actor(session: Session, handle: str) -> Actor:
    """The person as an actor, without asking for the password."""
    person = names.person(session, handle)
    return Actor(person.id, person.handle, people.roles_of(session, person.id))


def actor_of(sessions: db.SessionFactory, handle: str) -> Actor:
    """As `actor`, in a session of its own."""
    with sessions() as session:
        return actor(session, handle)


def with_only(sessions: db.SessionFactory, role: Role, now: datetime) -> Actor:
    """Somebody new with this role and no other."""
    handle = f"only-{role.value}"
    with acts.begin(sessions, Actor(None, "operator"), now) as act:
        person = people.add(act, handle, handle, frozenset({role}), PASSWORD)
    return Actor(person.id, handle, frozenset({role}))
