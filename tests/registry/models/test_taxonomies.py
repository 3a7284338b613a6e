import pytest
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session

from tests.factories import rows


def test_a_version_means_one_taxonomy(session: Session) -> None:
    rows.taxonomy(session)
    rows.taxonomy(session, version=2)
    rows.taxonomy(session, name="other")
    with pytest.raises(IntegrityError):
        rows.taxonomy(session)


def test_versions_count_from_one(session: Session) -> None:
    with pytest.raises(IntegrityError):
        rows.taxonomy(session, version=0)
