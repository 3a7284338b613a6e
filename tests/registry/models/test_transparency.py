import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlmodel import Session, select

from registry.models.transparency import LogCheckpoint, LogLeaf, LogSalt
from tests.factories import rows
from tests.factories.homes import NOW


def test_an_entry_comes_back_byte_for_byte(session: Session) -> None:
    rows.leaf(session, 0, entry=b'{"label":"\xc3\xbc"}')
    session.expire_all()
    assert session.exec(select(LogLeaf)).one().entry == b'{"label":"\xc3\xbc"}'


def test_leaves_are_numbered_without_a_gap_from_nothing(session: Session) -> None:
    with pytest.raises(DBAPIError, match="log_leaf has no gaps"), session.begin_nested():
        rows.leaf(session, 1)
    with pytest.raises(IntegrityError), session.begin_nested():
        rows.leaf(session, -1)
    rows.leaf(session, 0)
    rows.leaf(session, 1)
    with pytest.raises(DBAPIError, match="log_leaf has no gaps"), session.begin_nested():
        rows.leaf(session, 3)
    with pytest.raises(IntegrityError), session.begin_nested():
        session.execute(sa.insert(LogLeaf).values(rows.leaf_of(1).model_dump()))


def test_there_is_one_tree_head_of_each_size_and_none_of_nothing(session: Session) -> None:
    made = LogCheckpoint(size=1, root_sha256=rows.SHA256, note=b"note", signed_at=NOW)
    session.add(made)
    session.flush()
    for size in (0, 1):
        with pytest.raises(IntegrityError), session.begin_nested():
            session.execute(sa.insert(LogCheckpoint).values(made.model_dump() | {"size": size}))


def test_a_salt_belongs_to_a_leaf_and_can_be_erased(session: Session) -> None:
    case = rows.case(session)
    with pytest.raises(IntegrityError), session.begin_nested():
        session.execute(sa.insert(LogSalt).values(number=0, case_id=case.id, salt=bytes(32)))
    rows.leaf(session, 0)
    salt = LogSalt(number=0, case_id=case.id, salt=bytes(32))
    session.add(salt)
    session.flush()
    session.delete(salt)
    session.flush()
    assert session.exec(select(LogSalt)).all() == []
    assert session.exec(select(LogLeaf)).one().number == 0
