import pytest
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session

from registry.models.links import CheckState
from tests.factories import rows
from tests.factories.homes import NOW


def test_one_check_of_a_variant_at_a_time_and_any_number_that_are_done(session: Session) -> None:
    done = {"state": CheckState.DONE, "found_sha256": rows.SHA256, "counts": {}, "finished_at": NOW}
    first = rows.link_check(session, **done)
    rows.link_check(session, variant_id=first.variant_id, layer_id=first.layer_id, **done)
    rows.link_check(session, variant_id=first.variant_id, layer_id=first.layer_id)
    failed = {"state": CheckState.FAILED, "failure": "no"}
    with pytest.raises(IntegrityError):
        rows.link_check(session, variant_id=first.variant_id, layer_id=first.layer_id, **failed)


@pytest.mark.parametrize(
    "change",
    [
        {"layer_id": None},
        {"state": CheckState.FAILED},
        {"state": CheckState.DONE},
        {"state": CheckState.DONE, "found_sha256": rows.SHA256, "finished_at": NOW},
        {"state": CheckState.DONE, "found_sha256": rows.SHA256, "counts": {}},
    ],
)
def test_a_state_needs_its_columns_and_a_check_its_links(session: Session, change: dict[str, object]) -> None:
    with pytest.raises(IntegrityError):
        rows.link_check(session, **change)
