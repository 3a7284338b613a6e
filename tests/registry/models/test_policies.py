import pytest
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session

from tests.factories import rows


def test_a_version_means_one_document(session: Session) -> None:
    rows.policy(session)
    rows.policy(session, version="2", sha256="6" * 64)
    with pytest.raises(IntegrityError):
        rows.policy(session, sha256="7" * 64)


def test_a_document_is_published_once(session: Session) -> None:
    rows.policy(session)
    with pytest.raises(IntegrityError):
        rows.policy(session, name="other")
