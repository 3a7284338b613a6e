import pytest
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session

from registry.models.procedures import ChangeState
from tests.factories import rows
from tests.factories.homes import NOW


def test_a_procedure_is_published_once_under_a_name_and_version(session: Session) -> None:
    rows.procedure(session)
    with pytest.raises(IntegrityError):
        rows.procedure(session, sha256="6" * 64)


def test_what_is_settled_says_by_whom_when_and_why(session: Session) -> None:
    with pytest.raises(IntegrityError, match="settled_has_reason"):
        rows.procedure_change(session, state=ChangeState.REFUSED, settled_by=rows.mara(session), settled_at=NOW)


def test_nobody_confirms_their_own_proposal_in_the_database_either(session: Session) -> None:
    with pytest.raises(IntegrityError, match="confirmed_by_another"):
        rows.procedure_change(
            session,
            state=ChangeState.CONFIRMED,
            settled_by=rows.mara(session),
            settled_at=NOW,
            settled_because="I agree with myself.",
        )
