import json
from pathlib import Path

import pytest

from registry.home import Home
from tests.factories import homes, layers, pictures
from tests.factories.layers import CAT, DOG
from tests.factories.terminal import Terminal


@pytest.fixture
def terminal(furnished_home: Home) -> Terminal:
    """A terminal whose home has images."""
    return Terminal(furnished_home.settings.home, "mara")


@pytest.fixture
def classes(tmp_path: Path) -> Path:
    """A list of two classes."""
    (tmp_path / "classes.txt").write_text(f"{CAT}\n{DOG}\n")
    return tmp_path / "classes.txt"


def words(kind: str, file: Path, name: str = "real") -> tuple[str | Path, ...]:
    return ("layers", "import", homes.VARIANT, kind, file, "--name", name, "--source", "drawn")


def test_a_layer_is_imported_listed_and_shown(terminal: Terminal, tmp_path: Path, classes: Path) -> None:
    (tmp_path / "real.json").write_text("[[0], [0, 1], []]")
    done = terminal.run(*words("labels", tmp_path / "real.json"), "--classes", classes, "--dated", "2020-06-12")
    assert done.code == 0, done.err
    said = {line[:19].strip(): line.split()[-1] for line in done.out.splitlines()}
    assert (said["rows"], said["without a label"], said["with several labels"]) == ("3", "1", "1")
    listed = terminal.run("layers", "list", homes.VARIANT).out
    assert "labels/real@1     3        0  2020-06-12" in listed
    [printed] = json.loads(terminal.run("layers", "list", homes.VARIANT, "--json").out)
    assert (printed["dated_on"], printed["kind"]) == ("2020-06-12", "labels")
    shown = terminal.run("layers", "show", homes.VARIANT, "labels/real", "--rows", "--limit", "2").out
    assert "ILSVRC2012_val_00000002.JPEG  n00000001, n00000002" in shown
    assert shown.endswith("more: --after 2\n")


def test_a_layer_says_how_much_of_the_variant_it_is_about(terminal: Terminal, tmp_path: Path) -> None:
    (tmp_path / "list.txt").write_text(f"{homes.WAVES}\nelsewhere.jpg\n")
    terminal.run(*words("defects", tmp_path / "list.txt"), "--code", "dull")
    found = json.loads(terminal.run("layers", "show", homes.VARIANT, "defects/real", "--json").out)
    assert (found["coverage"]["images_here"], found["coverage"]["entries"]) == (1, len(homes.PATHS))
    assert found["page"] is None
    only = terminal.run("layers", "show", homes.VARIANT, "defects/real", "--image", homes.WAVES).out
    assert "dull" in only.splitlines()[-1]
    assert terminal.run("layers", "show", homes.VARIANT, "defects/real", "--image", "x").out.endswith("said.\n")


def test_what_was_refused_is_told_with_file_and_line(terminal: Terminal, tmp_path: Path) -> None:
    (tmp_path / "b.xml").write_text(layers.annotation((CAT, 0, 0, 5, 5), *[(CAT, 0, 0, 999, 9)] * 21))
    done = terminal.run(*words("boxes", tmp_path / "b.xml"))
    assert done.code == 0
    assert "refused: b.xml, line 8: a box lies outside its image of 100 x 80\n" in done.err
    assert done.err.endswith("refused: 1 more lines\n")
    printed = json.loads(terminal.run(*words("boxes", tmp_path / "b.xml"), "--json").out)
    assert (printed["refused"], len(printed["refusals"]), printed["layer"]) == (21, 21, f"{homes.VARIANT}/boxes/real@1")


def test_workers_are_kept_under_pseudonyms_of_this_home(terminal: Terminal, tmp_path: Path) -> None:
    (tmp_path / "votes.csv").write_text(f"worker,image,label,answer\nann,a.jpg,{CAT},yes\n")
    assert terminal.run(*words("votes", tmp_path / "votes.csv")).code == 0
    shown = terminal.run("layers", "show", homes.VARIANT, "votes/real", "--rows").out
    assert "ann" not in shown.splitlines()[-1]
    assert terminal.home is not None
    assert (terminal.home / "pseudonyms.key").is_file()


def test_a_folder_of_boxes_names_no_bytes_that_it_was_read_from(terminal: Terminal, tmp_path: Path) -> None:
    (tmp_path / "boxes").mkdir()
    (tmp_path / "boxes" / "a.xml").write_text(layers.annotation((CAT, 0, 0, 5, 5)))
    assert terminal.run(*words("boxes", tmp_path / "boxes")).code == 0
    [listed] = json.loads(terminal.run("layers", "list", homes.VARIANT, "--json").out)
    assert listed["source_sha256"] is None


def test_who_may_not_is_told_before_anything_is_read(terminal: Terminal, tmp_path: Path) -> None:
    assert terminal.acting("rita").run(*words("synsets", tmp_path / "nowhere")).code == 6
    assert terminal.run(*words("synsets", tmp_path / "nowhere")).code == 3
    assert terminal.run("layers", "list", homes.VARIANT).out == "No layers yet.\n"


def test_what_a_reader_may_trip_over_becomes_advisories(terminal: Terminal) -> None:
    done = terminal.run("layers", "advise", homes.VARIANT)
    assert "duplicate  1" in done.out
    assert homes.TWINS[1] in terminal.run("layers", "show", homes.VARIANT, "defects/found", "--rows").out
    printed = json.loads(terminal.run("layers", "advise", homes.VARIANT, "--json").out)
    assert printed["layer"] == f"{homes.VARIANT}/defects/found@1"


def test_where_nothing_is_wrong_no_layer_is_made(bare_home: Home, tmp_path: Path) -> None:
    (tmp_path / "pictures" / "n1").mkdir(parents=True)
    (tmp_path / "pictures" / "n1" / "a.jpg").write_bytes(pictures.jpeg(seed=1))
    homes.import_folder(bare_home, tmp_path / "pictures")
    calm = Terminal(bare_home.settings.home, "mara")
    assert calm.run("layers", "advise", homes.VARIANT).out == "Nothing to trip over was found.\n"
    assert json.loads(calm.run("layers", "advise", homes.VARIANT, "--json").out)["layer"] is None
    assert calm.run("layers", "list", homes.VARIANT).out == "No layers yet.\n"
