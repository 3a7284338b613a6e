"""People: accounts, their roles, passwords and open sessions.

Passwords are kept as argon2id (RFC 9106) with the library's own parameters. A session's token is 256 random bits; the
database knows its SHA-256 only.
"""

import hashlib
import re
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from uuid import UUID

import sqlalchemy as sa
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError
from sqlmodel import Session, col, select

from registry import audit, ids
from registry.access import Actor, Permission, require
from registry.acts import Act
from registry.audit import Event
from registry.errors import ForbiddenError, InvalidInputError, UnauthenticatedError, WrongStateError
from registry.models.people import Person, PersonRole, Role, WebSession
from registry.queries import names

NAME_LENGTH = 200
PASSWORD_MIN_LENGTH = 12
PASSWORD_MAX_LENGTH = 1024
SESSION_LIFETIME = timedelta(hours=12)
SESSION_IDLE = timedelta(hours=1)
_HANDLE = re.compile(r"[a-z][a-z0-9-]{1,31}")
_RESERVED_HANDLES = frozenset({"operator", "worker", "public"})


@cache
def _hasher() -> PasswordHasher:
    return PasswordHasher()


@cache
def _nobodys_hash() -> str:
    # Signing in as nobody costs what signing in as somebody costs, so that time does not tell who has an account.
    return _hasher().hash(secrets.token_urlsafe(32))


def new_password() -> str:
    """A password for an account that somebody creates for somebody else: 120 random bits."""
    return secrets.token_urlsafe(15)


def add(act: Act, handle: str, display_name: str, roles: frozenset[Role], password: str) -> Person:
    """A new account.

    Raises:
        ForbiddenError: the actor does not manage people.
        InvalidInputError: the handle, the name, the roles or the password will not do.
        WrongStateError: the handle is taken.
    """
    require(act.actor, Permission.PEOPLE_MANAGE)
    if not _HANDLE.fullmatch(handle) or handle in _RESERVED_HANDLES:
        raise InvalidInputError(
            f"{handle!r} cannot be a handle: two to 32 small letters, digits or hyphens, beginning with a letter."
        )
    shown = display_name.strip()
    if not shown or len(shown) > NAME_LENGTH or not names.is_line(shown):
        raise InvalidInputError(f"A person needs a name to be shown, on one line of at most {NAME_LENGTH} characters.")
    _expect_roles(roles)
    _expect_password(password)
    if act.session.exec(select(Person).where(Person.handle == handle)).first() is not None:
        raise WrongStateError(f"There is a person {handle} already.")
    person = Person(
        id=ids.new_id(),
        handle=handle,
        display_name=shown,
        password_hash=_hasher().hash(password),
        created_at=act.now,
    )
    act.session.add(person)
    act.session.flush()
    _grant(act.session, person.id, roles)
    audit.record(act, Event.PERSON_ADDED, "person", handle, roles=sorted(roles))
    return person


def set_roles(act: Act, handle: str, roles: frozenset[Role]) -> None:
    """The person has exactly these roles, from the next thing they do.

    Raises:
        ForbiddenError: the actor does not manage people, or would change their own roles.
        NotFoundError: there is no such person.
    """
    require(act.actor, Permission.PEOPLE_MANAGE)
    _expect_roles(roles)
    person = _somebody_else(act, handle)
    act.session.execute(sa.delete(PersonRole).where(col(PersonRole.person_id) == person.id))
    _grant(act.session, person.id, roles)
    audit.record(act, Event.PERSON_ROLES_CHANGED, "person", handle, roles=sorted(roles))


def deactivate(act: Act, handle: str) -> None:
    """The person can no longer sign in or act; their sessions are closed, and what they did stays theirs.

    Raises:
        ForbiddenError: the actor does not manage people, or would deactivate themselves.
        NotFoundError: there is no such person.
        WrongStateError: the account is not active.
    """
    require(act.actor, Permission.PEOPLE_MANAGE)
    person = _somebody_else(act, handle)
    if not person.is_active:
        raise WrongStateError(f"{handle} is not active.")
    person.is_active = False
    _close_sessions(act.session, person.id)
    audit.record(act, Event.PERSON_DEACTIVATED, "person", handle)


def authenticate(session: Session, handle: str, password: str) -> Actor:
    """The actor that the person with this handle and password is.

    Raises:
        UnauthenticatedError: there is no such active account, or the password is another; the two are not told apart.
    """
    # What is no handle is not asked for: it may hold characters that a database refuses.
    is_handle = _HANDLE.fullmatch(handle) is not None
    person = session.exec(select(Person).where(Person.handle == handle)).first() if is_handle else None
    known = person.password_hash if person is not None else _nobodys_hash()
    try:
        _hasher().verify(known, password[:PASSWORD_MAX_LENGTH].encode(errors="surrogatepass"))
    except (VerifyMismatchError, InvalidHashError) as error:
        raise UnauthenticatedError("The handle or the password is not right.") from error
    if person is None or not person.is_active:
        raise UnauthenticatedError("The handle or the password is not right.")
    return actor(session, person)


def change_password(act: Act, old: str, new: str) -> None:
    """The acting person's password is the new one; every session of theirs is closed.

    Raises:
        UnauthenticatedError: the old password is not right.
        InvalidInputError: the new password is too short or too long.
    """
    person = act.session.get_one(Person, act.actor.person())
    authenticate(act.session, person.handle, old)
    _expect_password(new)
    person.password_hash = _hasher().hash(new)
    _close_sessions(act.session, person.id)
    audit.record(act, Event.PERSON_PASSWORD_CHANGED, "person", person.handle)


@dataclass(frozen=True, slots=True)
class OpenSession:
    """Who holds a session token, and when they last used it."""

    actor: Actor
    last_seen_at: datetime


def open_session(act: Act) -> str:
    """The token of a new session of the acting person, to be kept in their browser only."""
    token = secrets.token_urlsafe(32)
    act.session.add(
        WebSession(
            token_sha256=_token_sha256(token),
            person_id=act.actor.person(),
            created_at=act.now,
            last_seen_at=act.now,
            expires_at=act.now + SESSION_LIFETIME,
        )
    )
    act.session.execute(sa.delete(WebSession).where(col(WebSession.expires_at) < act.now))
    audit.record(act, Event.PERSON_SIGNED_IN, "person", act.actor.name)
    return token


def session_actor(session: Session, token: str, now: datetime) -> OpenSession | None:
    """Who holds the token; None when it is unknown, expired, idle for too long, or its person deactivated."""
    found = session.get(WebSession, _token_sha256(token))
    if found is None or found.expires_at <= now or found.last_seen_at + SESSION_IDLE <= now:
        return None
    person = session.get_one(Person, found.person_id)
    if not person.is_active:
        return None
    return OpenSession(actor(session, person), found.last_seen_at)


def touch_session(act: Act, token: str) -> None:
    """The session counts as used now."""
    found = act.session.get(WebSession, _token_sha256(token))
    if found is not None:
        found.last_seen_at = act.now


def close_session(act: Act, token: str) -> None:
    """The token is worth nothing from now on."""
    act.session.execute(sa.delete(WebSession).where(col(WebSession.token_sha256) == _token_sha256(token)))
    audit.record(act, Event.PERSON_SIGNED_OUT, "person", act.actor.name)


def close_every_session(act: Act) -> None:
    """No session of the acting person is open any more, in any browser."""
    _close_sessions(act.session, act.actor.person())
    audit.record(act, Event.PERSON_SIGNED_OUT, "person", act.actor.name, everywhere=True)


def roles_of(session: Session, person_id: UUID) -> frozenset[Role]:
    """The roles that the person has."""
    rows = session.exec(select(PersonRole).where(PersonRole.person_id == person_id))
    return frozenset(row.role for row in rows)


def actor(session: Session, person: Person) -> Actor:
    """The person as somebody who acts, with the roles that they have now."""
    return Actor(person.id, person.handle, roles_of(session, person.id))


def _grant(session: Session, person_id: UUID, roles: frozenset[Role]) -> None:
    session.add_all(PersonRole(person_id=person_id, role=role) for role in sorted(roles))


def _close_sessions(session: Session, person_id: UUID) -> None:
    session.execute(sa.delete(WebSession).where(col(WebSession.person_id) == person_id))


def _somebody_else(act: Act, handle: str) -> Person:
    person = names.person(act.session, handle)
    if person.id == act.actor.person_id:
        raise ForbiddenError("Nobody changes their own roles or deactivates their own account.")
    return person


def _expect_roles(roles: frozenset[Role]) -> None:
    if not roles:
        raise InvalidInputError("A person needs at least one role.")


def _expect_password(password: str) -> None:
    if not PASSWORD_MIN_LENGTH <= len(password) <= PASSWORD_MAX_LENGTH:
        raise InvalidInputError(f"A password has {PASSWORD_MIN_LENGTH} to {PASSWORD_MAX_LENGTH} characters.")
    if not names.is_line(password):
        raise InvalidInputError("A password holds no control characters; nobody could type it again.")


def _token_sha256(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
