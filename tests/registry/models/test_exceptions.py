import pytest
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session

from tests.factories import rows
from tests.factories.homes import NOW


def test_an_exception_ends_after_it_begins(session: Session) -> None:
    with pytest.raises(IntegrityError):
        rows.exception(session, until=NOW)


def test_an_exception_that_is_ended_says_by_whom_and_why(session: Session) -> None:
    rows.exception(session, ended_at=NOW, ended_by=rows.mara(session), ended_because="because")
    with pytest.raises(IntegrityError):
        rows.exception(session, ended_at=NOW)
