import pytest
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session

from registry.catalogue.seeds.document import RelationKind
from tests.factories import rows


def test_a_relation_is_recorded_once_for_each_evidence(session: Session) -> None:
    first = rows.relation(session)
    same = {"variant_id": first.variant_id, "other_id": first.other_id}
    rows.relation(session, **same, evidence_sha256="6" * 64)
    rows.relation(session, **same, kind=RelationKind.REPLACES)
    with pytest.raises(IntegrityError):
        rows.relation(session, **same)


def test_a_variant_has_no_relation_to_itself(session: Session) -> None:
    variant = rows.variant(session)
    with pytest.raises(IntegrityError):
        rows.relation(session, variant_id=variant.id, other_id=variant.id)


def test_descriptions_of_a_variant_are_numbered(session: Session) -> None:
    first = rows.description(session)
    rows.description(session, variant_id=first.variant_id, version=2)
    with pytest.raises(IntegrityError):
        rows.description(session, variant_id=first.variant_id)
