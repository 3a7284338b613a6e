import json
from pathlib import Path

import pytest

from registry.home import Home
from tests.factories import homes, pictures, wordnet
from tests.factories.terminal import Terminal
from tests.factories.wordnet import DOG, LAP_DOG


@pytest.fixture
def terminal(bare_home: Home, tmp_path: Path) -> Terminal:
    """A terminal whose home has a taxonomy, and an import with perceptual hashes."""
    for path, data in {
        f"{DOG}/a.jpg": pictures.face(quality=95),
        f"{LAP_DOG}/b.jpg": pictures.face(quality=60),
        "n02000001/c.png": pictures.png(200, 160, seed=3),
        "n02000001/d.png": pictures.png(200, 160, seed=3),
    }.items():
        (tmp_path / "source" / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "source" / path).write_bytes(data)
    wordnet.imported(bare_home)
    opened = Terminal(bare_home.settings.home, "mara")
    assert opened.run("datasets", "import", homes.VARIANT, tmp_path / "source", "--pdq").code == 0
    return opened


def paths(terminal: Terminal, *words: str | Path) -> list[str]:
    """The paths that a search finds."""
    done = terminal.run("datasets", "search", homes.VARIANT, *words, "--json")
    assert done.code == 0, done.err
    return [it.get("path") or it["entry"]["path"] for it in json.loads(done.out)["items"]]


def test_images_are_found_by_word_and_by_subtree(terminal: Terminal) -> None:
    assert paths(terminal, "--word", "dog") == [f"{DOG}/a.jpg"]
    assert paths(terminal, "--word", "dog", "--below") == [f"{DOG}/a.jpg", f"{LAP_DOG}/b.jpg"]
    assert paths(terminal, "--wnid", LAP_DOG) == [f"{LAP_DOG}/b.jpg"]
    assert paths(terminal, "--wnid", DOG, "--below", "--in", "wordnet@1", "--path", "b.") == [f"{LAP_DOG}/b.jpg"]
    assert terminal.run("datasets", "search", homes.VARIANT, "--word", "sailor").code == 4


def test_a_class_and_a_word_have_to_hold_both(terminal: Terminal) -> None:
    assert paths(terminal, "--wnid", LAP_DOG, "--word", "dog") == []
    assert paths(terminal, "--wnid", DOG, "--word", "dog") == [f"{DOG}/a.jpg"]
    assert paths(terminal, "--wnid", LAP_DOG, "--word", "dog", "--below") == [f"{LAP_DOG}/b.jpg"]


def test_images_are_found_by_look(terminal: Terminal, tmp_path: Path) -> None:
    (tmp_path / "mine.png").write_bytes(pictures.face("PNG"))
    assert paths(terminal, "--like", tmp_path / "mine.png") == [f"{DOG}/a.jpg", f"{LAP_DOG}/b.jpg"]
    shown = terminal.run("datasets", "search", homes.VARIANT, "--like", tmp_path / "mine.png").out
    assert shown.split()[0] == "BITS"
    digits = json.loads(
        terminal.run("datasets", "search", homes.VARIANT, "--like", tmp_path / "mine.png", "--json").out
    )["pdq"]
    assert paths(terminal, "--pdq", digits, "--distance", "31") == [f"{DOG}/a.jpg", f"{LAP_DOG}/b.jpg"]
    (tmp_path / "words.txt").write_text("no picture")
    assert terminal.run("datasets", "search", homes.VARIANT, "--like", tmp_path / "words.txt").code == 4
    assert terminal.run("datasets", "search", homes.VARIANT, "--like", tmp_path / "nowhere").code == 3
    assert terminal.run("datasets", "search", homes.VARIANT, "--pdq", "0").code == 4


def test_a_search_goes_on_where_it_ended(terminal: Terminal) -> None:
    shown = terminal.run("datasets", "search", homes.VARIANT, "--limit", "1").out
    assert shown.endswith(f"more: --after '{DOG}/a.jpg'\n")
    assert paths(terminal, "--after", "n02000001/c.png") == ["n02000001/d.png"]
    assert terminal.run("datasets", "search", homes.VARIANT, "--path", "nowhere").out == "No such image.\n"


def test_what_is_there_twice_is_listed(terminal: Terminal) -> None:
    assert "n02000001/c.png, n02000001/d.png" in terminal.run("datasets", "duplicates", homes.VARIANT).out
    [same] = json.loads(terminal.run("datasets", "duplicates", homes.VARIANT, "--json").out)["items"]
    assert len(same["paths"]) == 2
    alike = json.loads(terminal.run("datasets", "duplicates", homes.VARIANT, "--by-look", "--json").out)
    assert {(it["path"], it["other"]) for it in alike} >= {(f"{DOG}/a.jpg", f"{LAP_DOG}/b.jpg")}
    assert "LOOKS LIKE" in terminal.run("datasets", "duplicates", homes.VARIANT, "--by-look").out
    after = terminal.run("datasets", "duplicates", homes.VARIANT, "--after", "f" * 64).out
    assert after == "No bytes are there twice.\n"


def test_the_numbers_of_an_import_are_shown(terminal: Terminal) -> None:
    shown = terminal.run("datasets", "statistics", homes.VARIANT).out
    assert "copies of others, byte by byte     1" in shown
    assert "jpeg 2, png 2" in shown
    found = json.loads(terminal.run("datasets", "statistics", homes.VARIANT, "--json").out)
    assert (found["rows"], found["copies"]) == (4, 1)
    assert terminal.run("datasets", "statistics", "sample/none").code == 3
