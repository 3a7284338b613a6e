import json
from pathlib import Path

from policies import shipped
from registry.home import Home
from tests.factories.terminal import Terminal


def test_a_sound_policy_is_sound(tmp_path: Path) -> None:
    file = tmp_path / "mine.yaml"
    file.write_bytes(shipped.read("ilsvrc-faces"))
    assert Terminal().run("policies", "check", file).code == 0


def test_a_faulty_policy_is_refused_with_its_line(tmp_path: Path) -> None:
    file = tmp_path / "mine.yaml"
    file.write_text("name: [\n")
    done = Terminal().run("policies", "check", file)
    assert done.code == 4
    assert "Traceback" not in done.err


def test_a_policy_is_published_listed_and_shown_as_it_was_published(bare_home: Home) -> None:
    terminal = Terminal(bare_home.settings.home, "mara")
    done = terminal.run("policies", "publish", "ilsvrc-faces")
    assert done.code == 0
    assert done.out.startswith("Published ilsvrc-faces@1  sha256:")
    assert terminal.run("policies", "show", "ilsvrc-faces@1").out.encode() == shipped.read("ilsvrc-faces")
    (listed,) = json.loads(terminal.run("policies", "list", "--json").out)
    assert (listed["name"], listed["version"]) == ("ilsvrc-faces", "1")
    assert "ilsvrc-faces@1" in terminal.run("policies", "list").out


def test_nothing_published_is_said(bare_home: Home) -> None:
    assert Terminal(bare_home.settings.home).run("policies", "list").out == "No policy has been published yet.\n"


def test_a_policy_that_is_nowhere_is_not_found(bare_home: Home) -> None:
    terminal = Terminal(bare_home.settings.home, "mara")
    done = terminal.run("policies", "publish", "nothing-of-mine")
    assert (done.code, done.err.count("\n")) == (3, 1)
    assert "ilsvrc-faces" in done.err
    assert terminal.run("policies", "show", "nothing-of-mine").code == 3


def test_a_file_too_large_for_a_policy_and_a_folder_are_refused(tmp_path: Path) -> None:
    large = tmp_path / "large.yaml"
    large.write_bytes(b"#" * 2_000_000)
    assert Terminal().run("policies", "check", large).code == 4
    assert Terminal().run("policies", "check", tmp_path).code == 4
