import hashlib
from collections.abc import Iterator

import pytest

from registry.catalogue.links import Asked, LinkState
from registry.worker.links import rounds
from registry.worker.links.addresses import Gate
from registry.worker.links.fetch import Fetched, Fetcher, Limits
from registry.worker.links.manners import Manners, Turns
from registry.worker.links.rounds import Round
from registry.worker.links.troubles import DisallowedError, LinkError, RefusedError, UnreachableError
from tests.factories import pictures, webs
from tests.factories.webs import OTHER, PICTURE, StrangeWeb

NOW = "2026-11-22T12:00:00Z"
SAME, DIFFERENT = (hashlib.sha256(data).hexdigest() for data in (PICTURE, OTHER))


@pytest.fixture
def web() -> Iterator[StrangeWeb]:
    with webs.strange_web() as running:
        yield running


def a_round(web: StrangeWeb) -> Round:
    gate = Gate(frozenset({web.endpoint}), web.resolve)
    limits = Limits(size_bytes=500_000, seconds=1.5, connect_seconds=1.0)
    return Round(Fetcher(gate, limits), Manners(Fetcher(gate, limits), Turns(0.0)))


def answer(status: int = 200, body: bytes = PICTURE) -> Fetched:
    return Fetched(status, "http://a.example/x", 0, body[:64], b"", hashlib.sha256(body).hexdigest(), len(body))


@pytest.mark.parametrize(
    ("status", "state"),
    [
        (200, LinkState.ALIVE),
        (404, LinkState.GONE),
        (410, LinkState.GONE),
        (403, LinkState.CLOSED),
        (451, LinkState.CLOSED),
        (500, LinkState.FAILING),
        (429, LinkState.FAILING),
        (304, LinkState.FAILING),
    ],
)
def test_a_status_has_a_meaning(status: int, state: LinkState) -> None:
    assert rounds.judged(Asked("a", "u"), answer(status)) == (state, None)


@pytest.mark.parametrize(
    ("known", "before", "expected"),
    [
        (None, None, (LinkState.ALIVE, None)),
        (SAME, None, (LinkState.ALIVE, None)),
        (SAME, DIFFERENT, (LinkState.ALIVE, None)),
        (DIFFERENT, None, (LinkState.CHANGED, "not-what-was-imported")),
        (None, DIFFERENT, (LinkState.CHANGED, "not-what-was-there")),
        (None, SAME, (LinkState.ALIVE, None)),
    ],
)
def test_bytes_are_compared_with_the_import_and_else_with_the_check_before(
    known: str | None, before: str | None, expected: tuple[LinkState, str | None]
) -> None:
    assert rounds.judged(Asked("a", "u", None, known, before), answer()) == expected


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (b"<html>not found</html>", (LinkState.NO_PICTURE, None)),
        (b"", (LinkState.NO_PICTURE, "empty")),
        (pictures.png(), (LinkState.ALIVE, None)),
        (b"\x00\x00\x00\x0cjP  \r\n\x87\n", (LinkState.ALIVE, None)),
        (b"GIF89a" + bytes(2045), (LinkState.PLACEHOLDER, None)),
    ],
)
def test_what_came_is_told_by_its_bytes(body: bytes, expected: tuple[LinkState, str | None]) -> None:
    assert rounds.judged(Asked("a", "u"), answer(body=body)) == expected


@pytest.mark.parametrize(
    ("error", "state"),
    [
        (RefusedError("too-large"), LinkState.REFUSED),
        (UnreachableError("no-http"), LinkState.UNREACHABLE),
        (DisallowedError("robots"), LinkState.DISALLOWED),
    ],
)
def test_a_trouble_has_a_meaning(error: LinkError, state: LinkState) -> None:
    assert rounds.state_of(error) is state


def test_a_round_looks_at_every_link_and_keeps_their_order(web: StrangeWeb) -> None:
    web.targets["/to/cat"] = "/cat.jpg"
    paths = {
        "/cat.jpg": LinkState.ALIVE,
        "/to/cat": LinkState.ALIVE,
        "/nothing.jpg": LinkState.GONE,
        "/not-you/cat.jpg": LinkState.DISALLOWED,
        "/endless": LinkState.REFUSED,
        "/short": LinkState.UNREACHABLE,
        "/status/500": LinkState.FAILING,
    }
    links = [Asked(f"{n}.jpg", web.url(path, f"h{n % 3}.example"), "n01") for n, path in enumerate(paths)]
    links.append(Asked("no.jpg", "no link at all"))
    found = a_round(web).walked(links, NOW)
    assert [one.image for one in found] == [link.image for link in links]
    assert [one.state for one in found] == [*paths.values(), LinkState.REFUSED]
    assert [one.code for one in found[3:6]] == ["robots", "too-large", "cut-short"]
    first, redirected, *_, last = found
    assert (first.host, first.status, first.redirects, first.final_url) == ("h0.example", 200, 0, None)
    assert (first.sha256, first.size_bytes, first.label, first.checked_at) == (SAME, len(PICTURE), "n01", NOW)
    assert (redirected.redirects, redirected.final_url) == (1, web.url("/cat.jpg", "h1.example"))
    assert (last.host, last.code, last.status, last.sha256) == ("", "no-url", None, None)


def test_nothing_to_look_at_is_no_trouble(web: StrangeWeb) -> None:
    assert a_round(web).walked([], NOW) == []
