import json
from pathlib import Path

from registry.home import Home
from tests.factories import networks, pictures, recipes
from tests.factories.terminal import Terminal


def test_weights_are_added_listed_and_shown(bare_home: Home, tmp_path: Path) -> None:
    terminal = Terminal(bare_home.settings.home, "mara")
    file = networks.scrfd(tmp_path)
    digest = recipes.digest_of(file)
    assert terminal.run("detectors", "list").out.startswith("No detector has been added yet")
    done = terminal.run("detectors", "add", file, "--licence", "MIT", "--sha256", digest, "--json")
    assert json.loads(done.out) == {"name": "scrfd", "network": "scrfd", "digest": digest}
    assert digest in terminal.run("detectors", "list").out
    assert [one["licence"] for one in json.loads(terminal.run("detectors", "list", "--json").out)] == ["MIT"]
    assert "by mara" in terminal.run("detectors", "show", digest).out
    assert json.loads(terminal.run("detectors", "show", "scrfd", "--json").out)["kind"] == "scrfd"
    again = terminal.run("detectors", "add", file, "--licence", "MIT", "--name", "other")
    assert again.out.splitlines()[0].split() == ["name", "scrfd"]


def test_what_is_refused_says_why(bare_home: Home, tmp_path: Path) -> None:
    terminal = Terminal(bare_home.settings.home, "mara")
    other = terminal.run("detectors", "add", networks.something_else(tmp_path), "--licence", "MIT")
    assert (other.code, "holds neither a YuNet nor a SCRFD" in other.err) == (4, True)
    file = networks.yunet(tmp_path)
    wrong = terminal.run("detectors", "add", file, "--licence", "MIT", "--sha256", "0" * 64)
    assert (wrong.code, "not the one that was expected" in wrong.err) == (7, True)
    assert terminal.run("detectors", "add", file).code == 2
    assert terminal.run("detectors", "show", "nobody").code == 3
    reader = Terminal(bare_home.settings.home, "rita")
    assert reader.run("detectors", "add", file, "--licence", "MIT").code == 6


def test_a_file_too_large_to_be_weights_is_refused(bare_home: Home, tmp_path: Path) -> None:
    file = tmp_path / "huge.onnx"
    with file.open("wb") as sparse:
        sparse.truncate((1 << 30) + 1)
    done = Terminal(bare_home.settings.home, "mara").run("detectors", "add", file, "--licence", "MIT")
    assert (done.code, "at most 1073741824 bytes" in done.err) == (4, True)


def test_a_folder_is_blurred_with_weights_of_ones_own(bare_home: Home, tmp_path: Path) -> None:
    file = networks.yunet(tmp_path)
    document = tmp_path / "mine.json"
    document.write_text(recipes.recipe_of(recipes.yunet(file)).model_dump_json())
    source = tmp_path / "source"
    source.mkdir()
    (source / "a.jpg").write_bytes(pictures.face())
    terminal = Terminal(bare_home.settings.home)
    words = ("blur", source, tmp_path / "out", "--recipe", document, "--workers", "1")
    assert (terminal.run(*words).code, terminal.run(*words, "--weights", file, "--json").code) == (8, 0)
