from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlmodel import select

from registry import clock, ids, settings
from registry.access import OPERATOR
from registry.acts import Act, Promise
from registry.errors import UnavailableError, WrongStateError
from registry.home import Home
from registry.models.datasets import Dataset
from tests.factories import homes
from tests.factories.homes import NOW


def test_an_act_of_a_home_happens_now_and_is_kept(bare_home: Home) -> None:
    before = clock.utc_now()
    with bare_home.act(OPERATOR) as act:
        act.session.add(Dataset(id=ids.new_id(), slug="one", title="one", created_at=act.now))
    assert before <= act.now <= clock.utc_now()
    with bare_home.reading() as session:
        assert [found.slug for found in session.exec(select(Dataset))] == ["one"]


def test_what_is_changed_while_reading_is_not_kept(bare_home: Home) -> None:
    with bare_home.reading() as session:
        session.add(Dataset(id=ids.new_id(), slug="one", title="one", created_at=NOW))
        session.flush()
    assert homes.count(bare_home, Dataset) == 0


def promise_and_refuse(act: Act, promised: Promise) -> None:
    """What a service does that finds out too late."""
    act.promise(promised.job, promised.key)
    raise WrongStateError("Not now.")


def test_promises_reach_the_queue_once_the_act_has_committed(bare_home: Home) -> None:
    promised = homes.promise_of_nothing()
    with pytest.raises(WrongStateError), bare_home.act(OPERATOR) as act:
        promise_and_refuse(act, promised)
    assert homes.job_states(bare_home) == {}
    with bare_home.act(OPERATOR) as act:
        act.promise(promised.job, promised.key)
    assert homes.job_states(bare_home) == {f"{promised.job}:{promised.key}": "ENQUEUED"}


def test_a_database_that_goes_away_while_somebody_reads_is_unavailable(tmp_path: Path) -> None:
    made = settings.create(tmp_path, database_url="postgresql://nobody@127.0.0.1:1/none?connect_timeout=2")
    with Home(made) as home, pytest.raises(UnavailableError, match="cannot be reached"), home.reading() as session:
        session.execute(sa.text("SELECT 1"))


def test_a_closed_home_can_be_opened_again(bare_home: Home) -> None:
    bare_home.close()
    with Home(bare_home.settings) as again:
        assert homes.count(again, Dataset) == 0
