import pytest
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, select

from registry import ids
from registry.models.people import Person, PersonRole, Role, WebSession
from tests.factories import rows
from tests.factories.homes import NOW


def test_a_handle_means_one_person(session: Session) -> None:
    session.add(Person(id=ids.new_id(), handle="mara", display_name="M", password_hash="x", created_at=NOW))
    with pytest.raises(IntegrityError):
        session.flush()


def test_a_person_is_active_until_somebody_says_otherwise(session: Session) -> None:
    assert all(person.is_active for person in session.exec(select(Person)))


def test_a_role_is_one_of_five_and_given_once(session: Session) -> None:
    mara = rows.mara(session)
    session.add(PersonRole(person_id=mara, role=Role.AUDITOR))
    session.flush()
    with pytest.raises(IntegrityError):
        session.execute(sa.insert(PersonRole).values(person_id=mara, role=Role.AUDITOR))
    session.rollback()
    with pytest.raises(IntegrityError):
        session.execute(sa.text("UPDATE person_role SET role = 'root'"))


def test_nobody_deletes_a_person_who_did_something(session: Session) -> None:
    rows.policy(session)
    session.flush()
    with pytest.raises(IntegrityError):
        session.execute(sa.delete(Person).where(col(Person.handle) == "mara"))


def test_the_roles_and_sessions_of_a_person_go_with_them(session: Session) -> None:
    otto = session.exec(select(Person).where(Person.handle == "otto")).one().id
    session.add(WebSession(token_sha256=rows.SHA256, person_id=otto, created_at=NOW, last_seen_at=NOW, expires_at=NOW))
    session.flush()
    session.execute(sa.delete(Person).where(col(Person.id) == otto))
    session.flush()
    assert session.exec(select(WebSession)).all() == []
    assert session.exec(select(PersonRole).where(PersonRole.person_id == otto)).all() == []
