from pathlib import Path

import pytest

from tests.factories import pictures
from tests.factories.terminal import Terminal

pytestmark = pytest.mark.xdist_group("demo")  # one process plays it


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """A demonstration over a folder of one's own, and what it printed."""
    folder = tmp_path_factory.mktemp("demo")
    for path, data in {"n01/one.JPEG": pictures.jpeg(), "person/two.JPEG": pictures.jpeg(seed=2)}.items():
        (folder / "mine" / path).parent.mkdir(parents=True)
        (folder / "mine" / path).write_bytes(data)
    done = Terminal().run("demo", "--home", folder / "home", "--source", folder / "mine")
    assert done.code == 0, done.err
    return folder / "home", done.out


def test_it_ends_with_the_verifiers_own_verdict_and_says_where_the_release_lies(played: tuple[Path, str]) -> None:
    home, out = played
    assert "  VERIFIED: demo/pictures/20" in out
    assert str(home / "export") in out
    assert (home / "export" / "datasheet.md").is_file()


def test_it_prints_the_counts_of_a_closed_account(played: tuple[Path, str]) -> None:
    lines = [line.split() for line in played[1].splitlines()]
    assert ["keep", "1"] in lines
    assert ["exclude", "1"] in lines
    assert ["=", "parent", "2"] in lines


def test_the_export_verifies_again_with_the_trust_root_of_the_home(played: tuple[Path, str]) -> None:
    home, _ = played
    done = Terminal().run("verify", home / "export", "--trust", home / "trust" / "1.root.json")
    assert done.code == 0


def test_the_passwords_of_the_people_are_for_their_owner_only(played: tuple[Path, str]) -> None:
    file = played[0] / "people.txt"
    assert file.stat().st_mode & 0o077 == 0
    handles = [line.split("\t")[0] for line in file.read_text().splitlines()]
    assert handles == ["mira", "sol", "ana", "ben", "rita", "olu", "ada"]


def test_a_folder_that_holds_something_already_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("precious")
    done = Terminal().run("demo", "--home", tmp_path)
    assert done.code == 5
    assert [file.name for file in tmp_path.iterdir()] == ["mine.txt"]


@pytest.mark.slow
def test_without_a_source_it_plays_on_photographs_drawn_pictures_and_broken_files(tmp_path: Path) -> None:
    done = Terminal().run("demo", "--home", tmp_path / "home")
    assert done.code == 0, done.err
    for word in ("truncated", "symlink", "unportable-name", "person-class", "face", "VERIFIED"):
        assert word in done.out
