from collections.abc import Iterator
from datetime import timedelta

import pytest

from registry.catalogue.links import LinkState
from registry.errors import NotFoundError
from registry.home import Home
from registry.models.links import CheckState
from registry.queries import links as queries
from registry.queries import names
from tests.factories import homes, links, webs
from tests.factories.homes import NOW, VARIANT
from tests.factories.webs import StrangeWeb


@pytest.fixture
def web() -> Iterator[StrangeWeb]:
    with webs.strange_web() as running:
        yield running


@pytest.fixture
def home(furnished_home: Home, web: StrangeWeb) -> Iterator[Home]:
    """A home whose images came from two hosts, one of which is gone."""
    with links.opened_to(furnished_home, web) as opened:
        urls = {homes.WAVES: links.local(web, "/cat.jpg"), homes.GPS: links.local(web, "/gone.jpg", "localhost")}
        links.say_sources(opened, urls)
        yield opened


def test_a_report_has_every_check_and_the_rot_of_the_newest_that_is_done(home: Home) -> None:
    first = links.check(home)
    links.ask(home, now=NOW + timedelta(days=30))
    with home.reading() as session:
        found = queries.report(session, home.blobs, VARIANT)
        assert queries.has_checks(session, names.variant(session, VARIANT).id)
    assert [check.state for check in found.checks] == [CheckState.RUNNING, CheckState.DONE]
    assert found.newest is not None
    assert (found.newest.id, found.newest.source, found.newest.started_by) == (first.id, "sources/urls@1", "mara")
    assert (found.newest.looked_at, found.checks[0].looked_at, found.checks[0].rot) == (2, 0, None)
    assert found.newest.rot is not None
    assert found.newest.rot.rate == 0.5
    assert [(rot.name, rot.rate) for rot in found.hosts] == [("localhost", 1.0), ("127.0.0.1", 0.0)]
    assert [(rot.name, rot.links, rot.rotten) for rot in found.labels] == [("n02000001", 2, 1)]
    assert found.newest.counts == {LinkState.CHANGED: 1, LinkState.GONE: 1}


def test_before_the_first_check_there_is_nothing_to_report(furnished_home: Home) -> None:
    with furnished_home.reading() as session:
        found = queries.report(session, furnished_home.blobs, VARIANT)
        assert not queries.has_checks(session, names.variant(session, VARIANT).id)
        with pytest.raises(NotFoundError):
            queries.report(session, furnished_home.blobs, "sample/none")
    assert (found.checks, found.newest, found.hosts, found.labels) == ((), None, (), ())
