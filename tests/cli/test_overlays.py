import json

from policies import shipped
from registry.home import Home
from tests.factories import homes, policies
from tests.factories.terminal import Terminal


def test_an_overlay_is_made_and_shown_by_command(built_home: Home) -> None:
    homes.released(built_home, homes.FIRST)
    with built_home.sessions() as session:
        source = homes.source_of(session)
    homes.import_folder(built_home, source, "group/ours")
    terminal = Terminal(built_home.settings.home, "mara")
    assert terminal.run("overlays", "show", "group/ours").out == "group/ours stands on no other release.\n"
    pin = policies.digest_of(shipped.read(homes.PERSON_FILTERED))
    done = terminal.run("overlays", "make", "group/ours", homes.FIRST, "--pin", pin)
    assert done.out == f"group/ours stands on {homes.FIRST}, under 1 pinned policies.\n"
    assert json.loads(terminal.run("overlays", "show", "group/ours", "--json").out)["pins"] == [pin]
    assert homes.FIRST in terminal.run("overlays", "show", "group/ours").out
    assert "group/ours" in terminal.run("overlays", "list").out
    assert json.loads(terminal.run("overlays", "list", "--json").out)[0]["line"]["base"] == homes.FIRST
    label = homes.plan(built_home, "group/ours")
    assert terminal.run("overlays", "prove", label).code == 5
    homes.build(built_home, label)
    said = terminal.run("overlays", "prove", label).out
    assert f"3 of 5 images that it hands out were handed out by {homes.FIRST}." in said
    assert "other-bytes" in said
    assert json.loads(terminal.run("overlays", "prove", label, "--json").out)["looser"] == 2
