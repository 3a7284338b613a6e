"""Takedown cases, by the real services from request to decision, or at once in the state that a test needs."""

import hashlib
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import col

from policies.takedowns import CaseState, Ground
from registry.access import PUBLIC
from registry.acts import begin
from registry.home import Home
from registry.models.takedowns import SubjectKind, TakedownCase, TakedownImage
from registry.queries import names
from registry.services import takedowns
from registry.services.takedowns import Receipt, Request
from registry.worker.handlers import takedowns as searching
from registry.worker.station import Station
from tests.factories import homes, rows
from tests.factories.homes import NOW, VARIANT


def stop(home: Home, path: str, state: CaseState) -> UUID:
    """The id of a case in this state about the image of `VARIANT` with this path."""
    with home.sessions() as session:
        variant = names.variant(session, VARIANT)
        sha256 = sha256_of(home, path)
        case = rows.case(session, state=state, decided_by=rows.mara(session))
        session.add(TakedownImage(case_id=case.id, image_sha256=sha256, variant_id=variant.id, path=path, added_at=NOW))
        session.commit()
        return case.id


def release(home: Home, case_id: UUID) -> None:
    """The case stops nothing any more."""
    with home.sessions() as session:
        session.execute(sa.update(TakedownCase).where(col(TakedownCase.id) == case_id).values(state="withdrawn"))
        session.commit()


def submit(
    home: Home, subject: str, kind: SubjectKind = SubjectKind.PATH, ground: Ground = Ground.COPYRIGHT
) -> Receipt:
    """What somebody without an account keeps of their request."""
    with begin(home.sessions, PUBLIC, NOW) as act:
        return takedowns.submit(act, Request(kind, subject, ground))


def search(home: Home, number: str) -> None:
    """The worker has looked for what the case names."""
    with home.reading() as session:
        case_id = names.case(session, number).id
    searching.match(Station(home), str(case_id))


def state(home: Home, number: str) -> CaseState:
    """Where the case stands."""
    with home.reading() as session:
        return names.case(session, number).state


def sha256_of(home: Home, path: str) -> str:
    """The digest of the bytes that the source of `VARIANT` holds under this path."""
    with home.reading() as session:
        return hashlib.sha256((homes.source_of(session) / path).read_bytes()).hexdigest()
