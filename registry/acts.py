"""Acts: one actor doing one thing at one time, in one transaction that commits once or leaves nothing.

Doors (the web, the command line, the worker loop) open acts; services work inside one and never commit. What must
follow is promised within the act, and delivered to the job engine once the commit has happened; should the process die
between the two, the worker finds the promise again from the state of the row.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy.exc import DataError, DBAPIError, OperationalError
from sqlmodel import Session

from registry import db
from registry.access import Actor
from registry.errors import AccessionError, ConflictError, InvalidInputError

# PostgreSQL's codes for: not serializable, a deadlock, a name that was free when the act looked and is taken by now.
CONFLICTS = frozenset({"40001", "40P01", "23505"})


@dataclass(frozen=True, slots=True)
class Promise:
    """Work that must follow: the name of a job and the id of the row whose state asks for it."""

    job: str
    key: str


@dataclass(slots=True)
class Act:
    """What a service works in: a session with an open transaction, who acts, and when."""

    session: Session
    actor: Actor
    now: datetime
    promises: list[Promise] = field(default_factory=list)

    def promise(self, job: str, key: str) -> None:
        """The job will run after this act has committed, and only then."""
        self.promises.append(Promise(job, key))


Deliver = Callable[[list[Promise]], None]


@contextmanager
def begin(sessions: db.SessionFactory, actor: Actor, now: datetime, deliver: Deliver | None = None) -> Iterator[Act]:
    """An act; commits when the block ends well, rolls back when it raises.

    Args:
        sessions: the factory of the registry's database.
        actor: who acts.
        now: when, aware, in UTC.
        deliver: takes the promises after the commit; None where the caller runs them itself.

    Raises:
        ConflictError: somebody else changed the same thing meanwhile; nothing was changed.
        UnavailableError: the database refused for another reason that may pass; nothing was changed.
        InvalidInputError: a text is longer than its column, or is none that the database can keep.
    """
    with sessions() as session:
        db.begin_writing(session)
        act = Act(session, actor, now)
        try:
            yield act
            session.commit()
        except (DBAPIError, UnicodeEncodeError) as error:
            session.rollback()
            refusal = _refusal(error)
            if refusal is None:
                raise
            raise refusal from error
    if deliver is not None and act.promises:
        deliver(act.promises)


def _refusal(error: DBAPIError | UnicodeEncodeError) -> AccessionError | None:
    """What the database's refusal means; None where it means that we made a mistake."""
    if isinstance(error, UnicodeEncodeError | DataError):
        return InvalidInputError("A text that was given is too long, or holds characters that cannot be kept.")
    if getattr(error.orig, "sqlstate", None) in CONFLICTS:
        return ConflictError("Somebody changed the same thing just now; try again.")
    if isinstance(error, OperationalError):
        return db.unavailable(error)
    return None
