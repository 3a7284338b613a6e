import pytest
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session

from tests.factories import rows
from tests.factories.homes import NOW


def test_a_size_without_a_digest_is_of_no_file(session: Session) -> None:
    rows.weights(session, sha256=None, size_bytes=None)
    with pytest.raises(IntegrityError):
        rows.weights(session, name="other", sha256=None)


@pytest.mark.parametrize("changed", [{"name": "other"}, {"sha256": "7" * 64}])
def test_a_name_and_a_digest_stand_for_one_set_of_weights(session: Session, changed: dict[str, str]) -> None:
    rows.weights(session)
    with pytest.raises(IntegrityError):
        rows.weights(session, **changed)


def test_weights_come_from_a_variant_or_from_other_weights(session: Session) -> None:
    found = rows.training(session)
    base = rows.weights(session, name="base", sha256="7" * 64)
    rows.training(session, weights_id=found.weights_id, base_id=base.id, evidence_sha256="7" * 64)
    with pytest.raises(IntegrityError):
        rows.training(session, weights_id=base.id, variant_id=found.variant_id, base_id=found.weights_id)


def test_weights_are_not_made_from_themselves(session: Session) -> None:
    made = rows.weights(session)
    with pytest.raises(IntegrityError):
        rows.training(session, weights_id=made.id, base_id=made.id)


def test_a_release_and_a_label_space_are_parts_of_a_variant_and_never_both(session: Session) -> None:
    made = rows.release(session)
    said = rows.layer(session, variant_id=made.variant_id)
    with pytest.raises(IntegrityError):
        rows.training(session, variant_id=made.variant_id, release_id=made.id, layer_id=said.id)


def test_the_same_evidence_is_on_record_once(session: Session) -> None:
    found = rows.training(session)
    assert found.recorded_at == NOW
    with pytest.raises(IntegrityError):
        rows.training(session, weights_id=found.weights_id, variant_id=found.variant_id)
