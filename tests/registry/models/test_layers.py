import pytest
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session

from registry.catalogue.layers.kinds import Kind
from tests.factories import rows


def test_a_version_means_one_layer(session: Session) -> None:
    first = rows.layer(session)
    rows.layer(session, variant_id=first.variant_id, version=2)
    rows.layer(session, variant_id=first.variant_id, name="other")
    rows.layer(session, variant_id=first.variant_id, kind=Kind.BOXES)
    with pytest.raises(IntegrityError):
        rows.layer(session, variant_id=first.variant_id)


@pytest.mark.parametrize("change", [{"version": 0}, {"row_count": 0}])
def test_a_layer_has_rows_and_versions_count_from_one(session: Session, change: dict[str, int]) -> None:
    with pytest.raises(IntegrityError):
        rows.layer(session, **change)
