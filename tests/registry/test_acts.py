import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import datetime

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlmodel import select

from registry import acts, audit, ids
from registry.access import OPERATOR, PUBLIC
from registry.acts import Act, Promise
from registry.audit import Event
from registry.errors import InvalidInputError, UnavailableError, WrongStateError
from registry.home import Home
from registry.models.audit import AuditEvent
from registry.models.datasets import Dataset
from tests.factories import homes
from tests.factories.homes import NOW


def register(act: Act, slug: str) -> None:
    """What a service does: write, audit, promise."""
    act.session.add(Dataset(id=ids.new_id(), slug=slug, title=slug, created_at=act.now))
    audit.record(act, Event.VARIANT_REGISTERED, "dataset", slug)
    act.promise("imports.read", slug)


def register_and_refuse(act: Act) -> None:
    """What a service does that finds out too late."""
    register(act, "one")
    act.session.flush()
    raise WrongStateError("Not now.")


def slugs(home: Home) -> list[str]:
    """What was kept."""
    with home.reading() as session:
        return sorted(session.exec(select(Dataset.slug)))


def test_an_act_that_ends_well_keeps_everything_and_delivers_afterwards(bare_home: Home) -> None:
    seen: list[tuple[list[Promise], list[str]]] = []

    def deliver(promises: list[Promise]) -> None:
        seen.append((promises, slugs(bare_home)))

    with acts.begin(bare_home.sessions, OPERATOR, NOW, deliver) as act:
        register(act, "one")
    assert seen == [([Promise("imports.read", "one")], ["one"])]
    assert [event.subject_id for event in homes.events(bare_home)] == ["one"]


def test_an_act_that_fails_leaves_neither_row_nor_event_nor_promise(bare_home: Home) -> None:
    delivered: list[Promise] = []
    with (
        pytest.raises(WrongStateError),
        acts.begin(bare_home.sessions, OPERATOR, NOW, delivered.extend) as act,
    ):
        register_and_refuse(act)
    assert (slugs(bare_home), homes.count(bare_home, AuditEvent), delivered) == ([], 0, [])


def test_an_act_that_promises_nothing_wakes_nobody(bare_home: Home) -> None:
    delivered: list[list[Promise]] = []
    with acts.begin(bare_home.sessions, PUBLIC, NOW, delivered.append):
        pass
    assert delivered == []


def test_an_act_whose_promises_nobody_takes_is_kept_all_the_same(bare_home: Home) -> None:
    with acts.begin(bare_home.sessions, OPERATOR, NOW) as act:
        register(act, "one")
    assert slugs(bare_home) == ["one"]


def test_two_acts_that_read_and_write_the_same_never_both_believe_what_they_read(bare_home: Home) -> None:
    both_have_begun = threading.Barrier(2)

    def add_if_alone(slug: str) -> str:
        try:
            with acts.begin(bare_home.sessions, OPERATOR, NOW) as act:
                wait(both_have_begun)
                if act.session.exec(select(Dataset)).first() is not None:
                    return "saw the other"
                register(act, slug)
        except UnavailableError as error:
            return error.sentence
        return "kept"

    with ThreadPoolExecutor(2) as pool:
        ended = sorted(pool.map(add_if_alone, ("one", "two")))
    assert "kept" in ended
    assert ended[1] in {"saw the other", "Somebody changed the same thing just now; try again."} or ended[0] != "kept"
    assert len(slugs(bare_home)) == homes.count(bare_home, AuditEvent) == 1


def wait(barrier: threading.Barrier) -> None:
    """Go on together; on SQLite the second act cannot begin before the first has ended, so nobody waits for long."""
    with suppress(threading.BrokenBarrierError):
        barrier.wait(timeout=0.5)


def test_two_acts_that_take_the_same_name_do_not_both_get_it(bare_home: Home) -> None:
    both_have_begun = threading.Barrier(2)

    def take() -> str:
        try:
            with acts.begin(bare_home.sessions, OPERATOR, NOW) as act:
                wait(both_have_begun)
                if act.session.exec(select(Dataset).where(Dataset.slug == "one")).first() is None:
                    register(act, "one")
        except UnavailableError as error:
            return error.sentence
        return "done"

    with ThreadPoolExecutor(2) as pool:
        ended = [future.result() for future in [pool.submit(take), pool.submit(take)]]
    assert set(ended) <= {"done", "Somebody changed the same thing just now; try again."}
    assert slugs(bare_home) == ["one"]


def test_a_mistake_of_ours_is_not_taken_for_bad_luck(bare_home: Home) -> None:
    with pytest.raises(IntegrityError), acts.begin(bare_home.sessions, OPERATOR, NOW) as act:
        act.session.execute(sa.text("INSERT INTO dataset (id, slug, title, created_at) VALUES (NULL, 'a', 'a', NULL)"))


@pytest.mark.parametrize("text", ["nul \x00", "half a \ud800 pair"])
def test_text_that_no_database_can_keep_is_refused_in_a_sentence(bare_home: Home, text: str) -> None:
    try:
        with acts.begin(bare_home.sessions, OPERATOR, NOW) as act:
            register(act, text)
    except InvalidInputError as error:
        assert "characters" in error.sentence  # noqa: PT017 - SQLite keeps a NUL, PostgreSQL does not
        assert slugs(bare_home) == []
    else:
        assert slugs(bare_home) == [text]


def test_text_that_is_too_long_for_its_column_is_refused_or_kept_whole(bare_home: Home) -> None:
    long = "x" * 300
    try:
        with acts.begin(bare_home.sessions, OPERATOR, NOW) as act:
            register(act, long)
    except InvalidInputError:
        assert slugs(bare_home) == []
    else:
        assert slugs(bare_home) == [long]


def test_a_database_that_is_gone_is_unavailable(bare_home: Home) -> None:
    with acts.begin(bare_home.sessions, OPERATOR, NOW) as act:
        act.session.execute(sa.text("SELECT 1"))
    gone = Home(bare_home.settings.model_copy(update={"database_url": "postgresql://nobody@127.0.0.1:1/none"}))
    with pytest.raises(UnavailableError), acts.begin(gone.sessions, OPERATOR, NOW):
        pass
    gone.close()


def test_a_naive_time_is_refused_before_it_reaches_a_row(bare_home: Home) -> None:
    naive = datetime(2026, 1, 1)  # noqa: DTZ001 - this is the naive one
    with pytest.raises(Exception, match="names no instant"), acts.begin(bare_home.sessions, OPERATOR, naive) as act:
        register(act, "one")
    assert slugs(bare_home) == []
