import pytest
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session

from tests.factories import rows


@pytest.mark.parametrize("same", [{"name": "other"}, {"sha256": "6" * 64}])
def test_a_name_and_a_digest_mean_one_detector(session: Session, same: dict[str, str]) -> None:
    rows.detector(session)
    with pytest.raises(IntegrityError):
        rows.detector(session, **same)


def test_a_network_is_one_that_recipes_know(session: Session) -> None:
    with pytest.raises(IntegrityError):
        rows.detector(session, kind="retinaface")
