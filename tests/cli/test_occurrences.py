import json
from pathlib import Path

from registry.home import Home
from tests.factories import pictures, sources
from tests.factories.terminal import Terminal


def test_a_picture_is_looked_for_in_every_variant(bare_home: Home, tmp_path: Path) -> None:
    terminal = Terminal(bare_home.settings.home, "mara")
    source = sources.folder(tmp_path / "source", {"n1/a.jpg": pictures.face(quality=95)})
    terminal.run("datasets", "import", "zoo/looked", source, "--pdq")
    terminal.run("datasets", "import", "zoo/plain", source)
    (tmp_path / "near.jpg").write_bytes(pictures.face(quality=60))
    near = terminal.run("datasets", "occurrences", tmp_path / "near.jpg")
    assert "of 256 bits away, as it is" in near.out
    assert near.err == "Imported without --pdq, so only the same bytes were looked for there: zoo/plain\n"
    same = json.loads(terminal.run("datasets", "occurrences", source / "n1/a.jpg", "--json").out)
    assert [(it["variant"], it["bits"]) for it in same["items"]] == [("zoo/looked", None), ("zoo/plain", None)]
    assert len(same["pdq"]) == 64


def test_what_is_no_picture_is_looked_for_by_its_bytes_alone(bare_home: Home, tmp_path: Path) -> None:
    (tmp_path / "words.txt").write_bytes(b"words")
    done = Terminal(bare_home.settings.home).run("datasets", "occurrences", tmp_path / "words.txt")
    assert (done.code, done.out) == (0, "It occurs nowhere.\n")
    assert "no perceptual hash can be taken" in done.err


def test_a_file_that_is_not_there_or_no_file_is_refused(bare_home: Home, tmp_path: Path) -> None:
    terminal = Terminal(bare_home.settings.home)
    assert terminal.run("datasets", "occurrences", tmp_path / "missing").code == 3
    assert terminal.run("datasets", "occurrences", tmp_path).code == 4
