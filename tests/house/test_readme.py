"""What the README tells to type works, as it stands there, from an empty folder to a verified copy."""

import re
import shlex
from pathlib import Path

import pytest

from tests.factories import homes
from tests.factories.terminal import Done, Terminal
from tests.house import pages, tree

FIRST_LINE = "export ACCESSION_HOME=my-registry"
PICTURES = "~/pictures"
RELEASE = "sample/photos/2026.1"


def main_job() -> list[str]:
    """The commands of the main job, without the line that names the home."""
    text = tree.read(Path("README.md"))
    (block,) = [block for block in pages.blocks(text) if block.text.startswith(FIRST_LINE)]
    return [line for line in block.text.splitlines()[1:] if line and not line.startswith("#")]


class Reader:
    """Somebody who types what they read, and keeps the passwords that they are shown."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.passwords: dict[str, str] = {}

    def types(self, line: str) -> Done:
        """What came of a line."""
        program, *words = shlex.split(line.replace(PICTURES, str(self.folder / "pictures")))
        assert program == "accession"
        person = None
        if words[0] == "--as":
            _, person, *words = words
        terminal = Terminal(Path("my-registry"), person, self.passwords.get(person or "", ""))
        done = terminal.run(*words)
        if words[:2] == ["people", "add"]:
            shown = re.search("Password, shown only now: (.*)", done.out)
            assert shown
            self.passwords[words[2]] = shown[1]
        return done


def test_the_main_job_works_as_it_is_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    homes.draw(tmp_path / "pictures")
    monkeypatch.chdir(tmp_path)
    reader = Reader(tmp_path)
    for line in main_job():
        done = reader.types(line)
        assert done.code == 0, f"{line}\n{done.err}"
    assert done.out.splitlines()[-1] == f"VERIFIED: {RELEASE}"


def test_the_printed_result_adds_up_and_is_verified() -> None:
    text = tree.read(Path("README.md"))
    (shown,) = [block.text for block in pages.blocks(text) if block.language == "text"]
    counts = {
        verdict: int(count) for verdict, count in re.findall(r"^(keep|blur|exclude) +(\d+)$", shown, re.MULTILINE)
    }
    (total,) = re.findall(r"^= parent +(\d+)$", shown, re.MULTILINE)
    assert sum(counts.values()) == int(total)
    assert "VERIFIED: demo/pictures/2026.1" in shown
