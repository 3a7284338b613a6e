import json

from registry.home import Home
from tests.factories import waiting
from tests.factories.homes import TWINS, WAVES
from tests.factories.terminal import Terminal


def test_images_that_wait_are_listed_and_answered_for(furnished_home: Home) -> None:
    label = waiting.build(furnished_home)
    terminal = Terminal(furnished_home.settings.home, "rita")
    said = terminal.run("reviews", "list", label, "--limit", "1").out
    assert f"{WAVES}  {waiting.DOUBT}" in said
    assert said.endswith(f"more: --after {WAVES}\n")
    done = terminal.run("reviews", "decide", label, "keep", *TWINS, "--reason", "I looked.")
    assert (done.code, done.out) == (0, "Recorded: keep, for 2 images.\n")
    assert f"{waiting.DOUBT}: keep" in terminal.run("reviews", "list", label).out
    found = json.loads(terminal.run("reviews", "list", label, "--json").out)
    assert [it["path"] for it in found["items"]] == list(waiting.WAITING)
    one = terminal.run("reviews", "decide", label, "exclude", TWINS[0], "--reason", "I looked again.")
    assert one.out == "Recorded: exclude, for 1 image.\n"


def test_where_nothing_waits_and_where_nothing_is_asked_it_says_so(built_home: Home) -> None:
    terminal = Terminal(built_home.settings.home, "rita")
    assert terminal.run("reviews", "list", "sample/photos/2026.1").out == "No image waits for a review.\n"
    refused = terminal.run("reviews", "decide", "sample/photos/2026.1", "keep", TWINS[0], "--reason", "I looked.")
    assert (refused.code, refused.err.count("\n")) == (5, 1)
    assert terminal.run("reviews", "decide", "sample/photos/2026.1", "maybe", TWINS[0], "--reason", "x").code == 2
