import pytest

from registry import audit
from registry.audit import Event
from registry.errors import InvalidInputError
from registry.home import Home
from registry.queries import events
from registry.queries.events import EventFilter
from tests.factories import homes


@pytest.fixture
def home(bare_home: Home) -> Home:
    """Three acts of two people about two releases."""
    for handle, event, label in (
        ("mara", Event.RELEASE_PLANNED, "d/v/1"),
        ("mara", Event.RELEASE_PLANNED, "d/v/2"),
        ("ana", Event.RELEASE_APPROVED, "d/v/1"),
    ):
        with homes.act(bare_home, handle) as act:
            audit.record(act, event, "release", label, rows=3)
    return bare_home


def test_events_are_listed_newest_first_page_by_page(home: Home) -> None:
    with home.reading() as session:
        page = events.list_events(session, limit=2)
        rest = events.list_events(session, after=page.next, limit=2)
    assert [(line.actor_name, line.subject_id) for line in page.items] == [("ana", "d/v/1"), ("mara", "d/v/2")]
    assert [line.subject_id for line in rest.items] == ["d/v/1"]
    assert rest.next is None
    assert rest.items[0].facts == {"rows": 3}


@pytest.mark.parametrize(
    ("which", "count"),
    [
        (EventFilter(), 3),
        (EventFilter(event="release.planned"), 2),
        (EventFilter(actor_name="ana"), 1),
        (EventFilter(subject_id="d/v/1"), 2),
        (EventFilter(actor_name="ana", event="release.planned"), 0),
    ],
)
def test_events_are_found_by_everything_that_is_asked_at_once(home: Home, which: EventFilter, count: int) -> None:
    with home.reading() as session:
        assert len(events.list_events(session, which).items) == count


def test_a_cursor_that_is_none_is_refused(home: Home) -> None:
    with home.reading() as session, pytest.raises(InvalidInputError):
        events.list_events(session, after="yesterday")
