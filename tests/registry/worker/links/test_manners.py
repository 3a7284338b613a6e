from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest

from registry.worker.links import manners
from registry.worker.links.addresses import Gate
from registry.worker.links.fetch import Fetcher
from registry.worker.links.manners import Manners, Turns
from registry.worker.links.troubles import DisallowedError, LinkError, RefusedError, UnreachableError
from tests.factories import webs
from tests.factories.webs import StrangeWeb


@dataclass
class Clock:
    """A time that passes when somebody sleeps."""

    now: float = 100.0
    slept: list[float] = field(default_factory=list)

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds

    def turns(self, pause_seconds: float = 1.0) -> Turns:
        return Turns(pause_seconds, self.sleep, lambda: self.now)


@pytest.fixture
def web() -> Iterator[StrangeWeb]:
    with webs.strange_web() as running:
        yield running


def polite(web: StrangeWeb, clock: Clock) -> Manners:
    return Manners(Fetcher(Gate(frozenset({web.endpoint}), web.resolve), manners.ROBOTS_LIMITS), clock.turns())


def test_a_host_is_asked_once_in_a_while_and_others_need_not_wait() -> None:
    clock = Clock()
    turns = clock.turns()
    for host in ("a.example", "b.example", "a.example", "a.example"):
        turns.wait(host)
    assert clock.slept == [1.0, 1.0]
    turns.wait("c.example", 10_000.0)
    turns.wait("c.example")
    assert clock.slept[-1] == manners.PAUSE_SECONDS_MAX


def test_of_very_many_hosts_the_oldest_are_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(manners, "REMEMBERED_HOSTS", 2)
    clock = Clock()
    turns = clock.turns()
    for host in ("a.example", "b.example", "c.example", "a.example"):
        turns.wait(host)
    assert clock.slept == []


@pytest.mark.parametrize(
    ("path", "is_allowed"),
    [("/cat.jpg", True), ("/private/cat.jpg", True), ("/not-you/cat.jpg", False), ("/robots.txt", True)],
)
def test_the_rules_that_name_us_are_ours(web: StrangeWeb, path: str, is_allowed: bool) -> None:  # noqa: FBT001 - a table
    if is_allowed:
        polite(web, Clock()).permit(web.url(path))
    else:
        with pytest.raises(DisallowedError, match="robots"):
            polite(web, Clock()).permit(web.url(path))


@pytest.mark.parametrize("path", ["/private/cat.jpg", "/any/where.cgi"])
def test_the_rules_for_everybody_hold_where_none_name_us(web: StrangeWeb, path: str) -> None:
    web.robots = "User-agent: *\nDisallow: /private/\nDisallow: /*.cgi$\n"
    with pytest.raises(DisallowedError, match="robots"):
        polite(web, Clock()).permit(web.url(path))


def test_the_rules_are_asked_for_once_and_each_origin_has_its_own(web: StrangeWeb) -> None:
    asker = polite(web, Clock())
    for host in ("a.example", "b.example", "a.example"):
        asker.permit(web.url("/cat.jpg", host))
    assert web.asked["/robots.txt"] == 2


def test_of_very_many_origins_the_oldest_are_asked_again(web: StrangeWeb, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(manners, "REMEMBERED_HOSTS", 1)
    asker = polite(web, Clock())
    for host in ("a.example", "b.example", "a.example"):
        asker.permit(web.url("/cat.jpg", host))
    assert web.asked["/robots.txt"] == 3


def test_a_host_that_asks_for_longer_pauses_gets_them(web: StrangeWeb) -> None:
    web.robots = "User-agent: *\nCrawl-delay: 7\n"
    clock = Clock()
    asker = polite(web, clock)
    for _ in range(3):
        asker.permit(web.url("/cat.jpg"))
    assert clock.slept == [1.0, 7.0, 7.0]


@pytest.mark.parametrize("status", [404, 403, 410])
def test_rules_that_are_not_there_forbid_nothing(web: StrangeWeb, status: int) -> None:
    web.robots_status = status
    polite(web, Clock()).permit(web.url("/private/cat.jpg"))


def test_rules_that_cannot_be_had_forbid_everything(web: StrangeWeb) -> None:
    web.robots_status = 503
    with pytest.raises(DisallowedError, match="robots-unknown"):
        polite(web, Clock()).permit(web.url("/cat.jpg"))


@pytest.mark.parametrize("trouble", [RefusedError("too-slow"), UnreachableError("no-http")])
def test_a_server_that_misbehaves_over_its_rules_is_left_alone(
    web: StrangeWeb, trouble: LinkError, monkeypatch: pytest.MonkeyPatch
) -> None:
    def misbehaves(*_: object, **__: object) -> None:
        raise trouble

    monkeypatch.setattr(Fetcher, "get", misbehaves)
    with pytest.raises(DisallowedError, match="robots-unknown"):
        polite(web, Clock()).permit(web.url("/cat.jpg"))


@pytest.mark.parametrize(
    ("url", "code"),
    [("http://private.example:8080/a.jpg", "private-address"), ("http://nobody.example:{port}/a.jpg", "no-connection")],
)
def test_a_host_that_cannot_be_asked_is_told_as_such(web: StrangeWeb, url: str, code: str) -> None:
    port = webs.free_port()
    gate = Gate(frozenset({f"127.0.0.1:{port}"}), web.resolve)
    with pytest.raises(LinkError) as caught:
        Manners(Fetcher(gate), Clock().turns()).permit(url.format(port=port))
    assert caught.value.code == code
