import pytest
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, select

from policies.takedowns import CaseState
from registry import ids
from registry.models.takedowns import Revocation, SubjectKind, TakedownCase, TakedownImage, TakedownRequester
from tests.factories import rows, tables

DECIDED = [
    CaseState.UPHELD_PENDING_CONFIRMATION,
    CaseState.REJECTED_PENDING_CONFIRMATION,
    CaseState.UPHELD,
    CaseState.FULFILLED,
]


@pytest.mark.parametrize("state", DECIDED)
def test_a_decided_case_has_somebody_who_decided(session: Session, state: CaseState) -> None:
    rows.case(session, state=state, decided_by=rows.mara(session))
    with pytest.raises(IntegrityError, match="decided_has_decider"):
        rows.case(session, state=state)


def test_a_number_means_one_case(session: Session) -> None:
    rows.case(session, number="TD-2222-2222")
    with pytest.raises(IntegrityError):
        rows.case(session, number="TD-2222-2222")


def test_erasing_the_requester_leaves_the_case_whole(session: Session) -> None:
    tables.one_of_each(session)
    session.execute(sa.delete(TakedownRequester))
    session.flush()
    assert len(session.exec(select(TakedownCase)).all()) == 1
    assert len(session.exec(select(TakedownImage)).all()) == 1


def test_a_case_with_images_cannot_be_deleted(session: Session) -> None:
    tables.one_of_each(session)
    with pytest.raises(IntegrityError):
        session.execute(sa.delete(TakedownCase))


def test_a_case_has_one_requester(session: Session) -> None:
    said = {"subject_kind": SubjectKind.PATH, "subject": "a", "statement": "", "contact": ""}
    insert = sa.insert(TakedownRequester).values(case_id=rows.case(session).id, **said)
    session.execute(insert)
    with pytest.raises(IntegrityError):
        session.execute(insert)


def test_a_case_is_revoked_once(session: Session) -> None:
    tables.one_of_each(session)
    kept = session.exec(select(Revocation)).one().model_dump()
    with pytest.raises(IntegrityError):
        session.execute(sa.insert(Revocation).values(kept | {"id": ids.new_id(), "number": 2}))
