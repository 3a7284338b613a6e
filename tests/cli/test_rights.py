import json
from pathlib import Path

import pytest

from registry.home import Home
from tests.factories import homes, pictures
from tests.factories.terminal import Terminal


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """Pictures that say something about rights, one that says nothing, and a file that is none."""
    files = {
        "n1/reserved.jpg": pictures.commented_jpeg(b"All rights reserved"),
        "n1/silent.jpg": pictures.jpeg(seed=1),
        "n2/words.txt": b"All rights reserved",
    }
    for path, data in files.items():
        (tmp_path / "source" / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "source" / path).write_bytes(data)
    return tmp_path / "source"


@pytest.fixture
def terminal(bare_home: Home, source: Path) -> Terminal:
    """A terminal whose home has imported them under terms."""
    opened = Terminal(bare_home.settings.home, "mara")
    words = ("datasets", "import", homes.VARIANT, source, "--licence", "LicenseRef-imagenet-terms")
    assert opened.run(*words).code == 0
    return opened


def test_evidence_is_collected_and_conflicts_are_shown(terminal: Terminal, tmp_path: Path) -> None:
    (tmp_path / "urls.tsv").write_text("silent\thttp://farm1.static.flickr.com/1.jpg\t2011-10-31\n")
    urls = ("layers", "import", homes.VARIANT, "sources", tmp_path / "urls.tsv", "--name", "urls", "--source", "a list")
    assert terminal.run(*urls).code == 0
    found = json.loads(terminal.run("rights", "collect", homes.VARIANT, "--json").out)
    assert (found["images"], found["conflict"], found["refused"]) == (2, 1, 0)
    shown = terminal.run("rights", "show", homes.VARIANT).out
    assert "LicenseRef-all-rights-reserved does not allow what the terms LicenseRef-imagenet-terms say" in shown
    one = json.loads(terminal.run("rights", "show", homes.VARIANT, "n1/silent.jpg", "--json").out)
    assert {it["kind"]: it["dated_on"] for it in one} == dict.fromkeys(("host", "licence", "source"), "2011-10-31")
    assert "rights/collected@1" in terminal.run("rights", "collect", homes.VARIANT).out


def test_a_licence_then_and_a_licence_now_are_two_dated_facts(terminal: Terminal, tmp_path: Path) -> None:
    (tmp_path / "then.tsv").write_text("n1/silent.jpg\tcc-by-2.0\t2011-10-31\n")
    (tmp_path / "now.tsv").write_text("n1/silent.jpg\tLicenseRef-all-rights-reserved\t2026-11-20\n")
    for name in ("then", "now"):
        words = ("rights", "state", homes.VARIANT, tmp_path / f"{name}.tsv", "--name", name, "--source", "looked up")
        assert terminal.run(*words).code == 0
    found = json.loads(terminal.run("rights", "show", homes.VARIANT, "n1/silent.jpg", "--json").out)
    assert [(it["dated_on"], it["value"]) for it in found] == [
        ("2011-10-31", "CC-BY-2.0"),
        ("2026-11-20", "LicenseRef-all-rights-reserved"),
    ]


@pytest.mark.parametrize("line", ["a.jpg\tMIT", "a.jpg\tMIT\tyesterday", "a.jpg\tMine-9\t2026-11-20"])
def test_what_cannot_be_stated_is_refused(terminal: Terminal, tmp_path: Path, line: str) -> None:
    (tmp_path / "stated.tsv").write_text(line + "\n")
    words = ("rights", "state", homes.VARIANT, tmp_path / "stated.tsv", "--name", "x", "--source", "y")
    assert terminal.run(*words).code == 4


def test_an_image_that_is_no_longer_what_was_imported_is_left_out_by_name(terminal: Terminal, source: Path) -> None:
    (source / "n1" / "silent.jpg").write_bytes(pictures.commented_jpeg(b"All rights reserved"))
    (source / "n1" / "reserved.jpg").unlink()
    done = terminal.run("rights", "collect", homes.VARIANT)
    assert done.out == "No image says anything.\n"
    assert json.loads(terminal.run("rights", "collect", homes.VARIANT, "--json").out)["layer"] is None


def test_only_who_may_import_collects(terminal: Terminal) -> None:
    assert terminal.acting("rita").run("rights", "collect", homes.VARIANT).code == 6
    assert terminal.run("rights", "show", homes.VARIANT).out == "No conflict is known.\n"
    assert terminal.run("rights", "show", homes.VARIANT, "x").out == "Nothing is known of its rights.\n"
