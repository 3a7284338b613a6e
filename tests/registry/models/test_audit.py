import pytest
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, select

from registry import ids
from registry.models.audit import AuditEvent
from tests.factories import tables


def test_facts_come_back_as_they_were(session: Session) -> None:
    tables.one_of_each(session)
    session.flush()
    assert session.exec(select(AuditEvent)).one().facts == {"rows": 3}


@pytest.mark.parametrize("column", ["event", "actor_name", "subject_kind", "subject_id", "happened_at", "facts"])
def test_an_event_says_all_of_it(session: Session, column: str) -> None:
    tables.one_of_each(session)
    kept = session.exec(select(AuditEvent)).one().model_dump()
    broken = kept | {"id": ids.new_id(), column: sa.null()}
    with pytest.raises(IntegrityError):
        session.execute(sa.insert(AuditEvent).values(broken))
