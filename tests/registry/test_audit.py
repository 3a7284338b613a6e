import re

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from registry import audit
from registry.access import WORKER
from registry.audit import Event
from registry.home import Home
from tests.factories import homes, people
from tests.factories.homes import NOW


def test_an_event_says_who_did_what_to_which_thing_and_when(bare_home: Home) -> None:
    mara = people.actor_of(bare_home.sessions, "mara")
    with homes.act(bare_home, "mara") as act:
        audit.record(act, Event.RELEASE_PLANNED, "release", homes.FIRST, rows=7, names=["a"], of=None)
    [event] = homes.events(bare_home)
    assert (event.event, event.subject_kind, event.subject_id) == ("release.planned", "release", homes.FIRST)
    assert (event.actor_id, event.actor_name, event.happened_at) == (mara.person_id, "mara", NOW)
    assert event.facts == {"rows": 7, "names": ["a"], "of": None}


def test_who_is_no_person_has_a_name_all_the_same(bare_home: Home) -> None:
    with bare_home.act(WORKER) as act:
        audit.record(act, Event.RELEASE_BUILT, "release", homes.FIRST)
    [event] = homes.events(bare_home)
    assert (event.actor_id, event.actor_name) == (None, "worker")


@pytest.mark.parametrize("statement", ["UPDATE audit_event SET actor_name = 'nobody'", "DELETE FROM audit_event"])
def test_what_has_happened_cannot_be_changed(bare_home: Home, statement: str) -> None:
    with homes.act(bare_home, "mara") as act:
        audit.record(act, Event.RELEASE_PLANNED, "release", homes.FIRST)
    with (
        pytest.raises(DBAPIError, match="audit_event is insert-only"),
        homes.act(bare_home, "operator") as act,
    ):
        act.session.execute(sa.text(statement))
    assert [event.actor_name for event in homes.events(bare_home)] == ["mara"]


def test_events_are_called_by_subject_and_participle() -> None:
    assert all(re.fullmatch(r"[a-z]+\.[a-z]+(-[a-z]+)*", event.value) for event in Event)
    assert len({event.value for event in Event}) == len(Event)
