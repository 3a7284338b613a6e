import json

from registry.home import Home
from tests.factories import homes
from tests.factories.terminal import Terminal


def test_an_exception_is_granted_listed_and_ended_by_command(furnished_home: Home) -> None:
    terminal = Terminal(furnished_home.settings.home, "ana")
    assert terminal.run("exceptions", "list").out == "No exception was ever granted.\n"
    said = terminal.run(
        "exceptions", "grant", homes.VARIANT, homes.PERSON, "--grants", "keep", "--until", "2999-01-01",
        "--owner", "mara", "--reason", "She agreed.",
    )  # fmt: skip
    assert said.code == 0, said.err
    [line] = json.loads(terminal.run("exceptions", "list", "--json").out)
    assert (line["grants"], line["owner"], line["standing"]) == ("keep", "mara", "in force")
    assert homes.PERSON in terminal.run("exceptions", "list").out
    assert terminal.run("exceptions", "end", line["id"], "--reason", "Enough.").out == f"Ended {line['id']}.\n"
    assert json.loads(terminal.run("exceptions", "list", "--json").out)[0]["standing"] == "ended"
