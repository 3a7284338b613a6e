from datetime import datetime, timedelta, timezone
from enum import StrEnum

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session, select

from registry import ids
from registry.models import columns, metadata
from registry.models.datasets import Dataset
from tests.factories.homes import NOW

ZONES = st.integers(-12 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
INSTANTS = st.datetimes(datetime(2, 1, 1), datetime(9998, 1, 1), timezones=ZONES)  # noqa: DTZ001 - bounds are naive
DIALECTS: list[sa.Dialect] = [sqlite.dialect(), postgresql.dialect()]  # type: ignore[no-untyped-call]  # SQLAlchemy's


class Colour(StrEnum):
    """Something to choose from."""

    RED = "rather-red"
    BLUE = "rather-blue"


@given(INSTANTS, st.sampled_from(DIALECTS))
def test_an_instant_comes_back_as_the_same_instant_in_utc(instant: datetime, dialect: sa.Dialect) -> None:
    column = columns.UtcDateTime()
    back = column.process_result_value(column.process_bind_param(instant, dialect), dialect)
    assert back == instant
    assert back is not None
    assert back.utcoffset() == timedelta(0)


@pytest.mark.parametrize("dialect", DIALECTS, ids=lambda dialect: dialect.name)
def test_no_instant_stays_none_and_a_naive_one_is_refused(dialect: sa.Dialect) -> None:
    column = columns.UtcDateTime()
    assert column.process_bind_param(None, dialect) is None
    assert column.process_result_value(None, dialect) is None
    with pytest.raises(ValueError, match="names no instant"):
        column.process_bind_param(datetime(2026, 1, 1), dialect)  # noqa: DTZ001 - this is the naive one


def test_instants_can_be_compared_in_the_database_whatever_their_zone(session: Session) -> None:
    east, west = timezone(timedelta(hours=9)), timezone(timedelta(hours=-9))
    times = {"first": NOW.astimezone(east), "second": (NOW + timedelta(microseconds=1)).astimezone(west)}
    for slug, created_at in times.items():
        session.add(Dataset(id=ids.new_id(), slug=slug, title=slug, created_at=created_at))
    session.flush()
    later = session.exec(select(Dataset).where(Dataset.created_at > NOW)).all()
    assert [found.slug for found in later] == ["second"]
    assert {d.slug: d.created_at for d in session.exec(select(Dataset))} == times


def test_enums_are_stored_by_value_and_the_database_refuses_any_other() -> None:
    assert columns.values_of(Colour) == ["rather-red", "rather-blue"]
    table = sa.Table("t", sa.MetaData(), sa.Column("c", columns.enum_type(Colour, "colour")))
    engine = sa.create_engine("sqlite://")
    with engine.connect() as connection:
        table.create(connection)
        connection.execute(table.insert(), {"c": Colour.RED})
        assert connection.execute(sa.text("SELECT c FROM t")).scalar() == "rather-red"
        with pytest.raises(sa.exc.IntegrityError):
            connection.execute(sa.text("INSERT INTO t VALUES ('RED')"))
    engine.dispose()


def test_every_constraint_has_a_name_that_a_migration_can_say() -> None:
    named = [constraint.name for table in metadata.tables.values() for constraint in table.constraints]
    assert named
    assert None not in named
    assert all(len(str(name)) <= 63 for name in named)


def test_tables_have_names_in_the_singular_and_no_column_holds_a_naive_time() -> None:
    assert all(not name.endswith("s") for name in metadata.tables)
    of_time = [c for t in metadata.tables.values() for c in t.columns if isinstance(c.type, sa.DateTime)]
    assert of_time == []
