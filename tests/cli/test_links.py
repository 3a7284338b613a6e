import json
from collections.abc import Iterator

import pytest

from registry.catalogue import links as catalogue
from registry.home import Home
from tests.factories import homes, links, webs
from tests.factories.homes import VARIANT
from tests.factories.terminal import Terminal
from tests.factories.webs import StrangeWeb


@pytest.fixture
def web() -> Iterator[StrangeWeb]:
    with webs.strange_web() as running:
        yield running


@pytest.fixture
def terminal(furnished_home: Home, web: StrangeWeb) -> Terminal:
    """A terminal in front of a home that may ask the server."""
    with links.opened_to(furnished_home, web) as home:
        urls = {homes.WAVES: links.local(web, "/cat.jpg"), homes.GPS: links.local(web, "/gone.jpg")}
        links.say_sources(home, urls)
    return Terminal(furnished_home.settings.home, "mara")


def test_links_are_checked_and_reported(terminal: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(catalogue, "REPEATED_MIN", 1)
    done = terminal.run("links", "check", VARIANT)
    assert done.code == 0, done.err
    assert "sources/urls@1" in done.out
    assert "50.0%" in done.out
    assert "THE SAME BYTES" in done.out
    shown = json.loads(terminal.run("links", "report", VARIANT, "--json").out)
    assert shown["newest"]["counts"] == {"changed": 1, "gone": 1}
    assert shown["hosts"][0]["name"] == "127.0.0.1"
    assert [check["state"] for check in shown["checks"]] == ["done"]


def test_a_check_can_be_left_to_the_worker(terminal: Terminal) -> None:
    done = terminal.run("links", "check", VARIANT, "--detach")
    assert (done.code, "by the worker" in done.out) == (0, True)
    assert "running" in terminal.run("links", "report", VARIANT).out


def test_without_a_check_there_is_no_report(terminal: Terminal) -> None:
    assert "No check yet." in terminal.run("links", "report", VARIANT).out
    assert terminal.run("links", "check", VARIANT, "--layer", "none").code == 3


def test_a_check_that_fails_says_why(furnished_home: Home) -> None:
    done = Terminal(furnished_home.settings.home, "mara").run("links", "check", VARIANT)
    assert done.code == 4
    assert "not one of them has a link" in done.err
