import pytest

from registry.catalogue.layers.kinds import Kind
from registry.errors import ForbiddenError, InvalidInputError, NotFoundError, UnavailableError
from registry.home import Home
from registry.jobs import Job
from registry.models.links import CheckState, LinkCheck, LinkCheckShard
from registry.queries import names
from registry.services import links as services
from tests.factories import homes, layers, links, rows
from tests.factories.homes import NOW, VARIANT

URLS = {homes.WAVES: "http://a.example/waves.jpg"}


@pytest.fixture
def home(furnished_home: Home) -> Home:
    """A home with a layer of sources."""
    links.say_sources(furnished_home, URLS)
    return furnished_home


def read(home: Home, check: LinkCheck) -> LinkCheck:
    with home.reading() as session:
        return session.get_one(LinkCheck, check.id)


def test_a_check_is_promised_and_on_record(home: Home) -> None:
    with homes.act(home, "mara") as act:
        asked = services.ask(act, VARIANT)
        assert [promise.job for promise in act.promises] == [Job.CHECK_LINKS]
        assert services.promise_of(asked).key == str(asked.id)
    assert (asked.state, asked.previous_id, asked.import_id is None) == (CheckState.RUNNING, None, False)
    assert homes.events(home)[-1].event == "links.check-asked"


def test_asking_again_goes_on_with_the_check_that_has_not_ended(home: Home) -> None:
    first = links.ask(home)
    assert links.ask(home).id == first.id
    with homes.act(home, "mara") as act:
        services.fail(act, first.id, UnavailableError("The disk is full."))
    assert (read(home, first).state, read(home, first).failure) == (CheckState.FAILED, "The disk is full.")
    again = links.ask(home)
    assert (again.id, again.state, again.failure) == (first.id, CheckState.RUNNING, None)
    events = [event.event for event in homes.events(home)][-3:]
    assert events == ["links.check-asked", "links.check-failed", "links.check-asked"]


def test_a_check_that_is_done_is_the_one_before_the_next(home: Home) -> None:
    first = links.ask(home)
    with homes.act(home, "mara") as act:
        services.finish(act, first.id, rows.SHA256, {"alive": 1})
        services.finish(act, first.id, "0" * 64, {})
        services.fail(act, first.id, UnavailableError("Too late."))
        assert services.running(act, first.id) is None
    done = read(home, first)
    assert (done.state, done.found_sha256, done.counts) == (CheckState.DONE, rows.SHA256, {"alive": 1})
    assert homes.events(home)[-1].facts == {"links": 1}
    assert links.ask(home).previous_id == first.id


def test_a_shard_recorded_twice_is_recorded_once(home: Home) -> None:
    asked = links.ask(home)
    with homes.act(home, "mara") as act:
        for sha256 in (rows.SHA256, "0" * 64):
            services.record_shard(act, asked.id, 0, 1, sha256)
        assert services.shards_done(act, asked.id) == {0: rows.SHA256}
    assert homes.count(home, LinkCheckShard) == 1


def test_the_layer_is_named_where_there_are_several(home: Home) -> None:
    links.say_sources(home, URLS, "other")
    with pytest.raises(InvalidInputError, match="several layers of sources, other, urls"):
        links.ask(home)
    with pytest.raises(NotFoundError, match="sources/third"):
        links.ask(home, "third")
    newest = layers.add(home, Kind.SOURCES, "other", [(homes.GPS, "http://a.example/gps.jpg", None)])
    assert links.ask(home, "other").layer_id == newest.id


def test_without_a_layer_the_links_are_the_imports(furnished_home: Home) -> None:
    assert links.ask(furnished_home).layer_id is None


def test_somebody_must_have_said_where_the_images_came_from(bare_home: Home) -> None:
    with homes.act(bare_home, "operator", NOW) as act:
        of = rows.variant(act.session)
        name = names.variant_name(act.session, of.id)
    with homes.act(bare_home, "mara") as act, pytest.raises(InvalidInputError, match="layers import"):
        services.ask(act, name)


def test_only_who_may_import_asks(home: Home) -> None:
    with homes.act(home, "rita") as act, pytest.raises(ForbiddenError):
        services.ask(act, VARIANT)
