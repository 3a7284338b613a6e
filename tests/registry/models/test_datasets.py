import pytest
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session

from registry import ids
from tests.factories import rows


def test_a_name_means_one_dataset(session: Session) -> None:
    rows.dataset(session, "sample")
    with pytest.raises(IntegrityError):
        rows.dataset(session, "sample")


def test_a_name_means_one_variant_of_its_dataset(session: Session) -> None:
    first, second = rows.dataset(session, "first"), rows.dataset(session, "second")
    rows.variant(session, "photos", dataset_id=first.id)
    rows.variant(session, "photos", dataset_id=second.id)
    with pytest.raises(IntegrityError):
        rows.variant(session, "photos", dataset_id=first.id)


def test_a_variant_is_one_of_a_dataset(session: Session) -> None:
    with pytest.raises(IntegrityError):
        rows.variant(session, dataset_id=ids.new_id())
