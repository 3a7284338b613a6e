import json
from pathlib import Path

import pytest

from registry.catalogue.taxonomy.graph import PERSON
from registry.home import Home
from tests.factories import wordnet
from tests.factories.terminal import Terminal
from tests.factories.wordnet import ALONE, COOK, DOG, ENTITY, LAP_DOG, SAILOR, TOY


@pytest.fixture
def terminal(bare_home: Home, tmp_path: Path) -> Terminal:
    """A terminal whose home has the small WordNet."""
    opened = Terminal(bare_home.settings.home, "mara")
    assert opened.run("taxonomy", "import", wordnet.imagenet_folder(tmp_path / "lists")).code == 0
    return opened


def test_an_import_says_what_came_in_and_what_was_refused(bare_home: Home, tmp_path: Path) -> None:
    folder = wordnet.imagenet_folder(tmp_path / "lists", edges="nonsense\n" * 25)
    done = Terminal(bare_home.settings.home, "mara").run("taxonomy", "import", folder, "--name", "mine")
    assert done.code == 0
    assert [line.split() for line in done.out.splitlines()][2:5] == [
        ["synsets", "10"],
        ["hyponyms", "9"],
        ["instances", "0"],
    ]
    assert "refused: wordnet.is_a.txt, line 10: it is not `parent child`, two WordNet ids\n" in done.err
    assert done.err.endswith("refused: 5 more lines\n")
    printed = Terminal(bare_home.settings.home, "mara").run("taxonomy", "import", folder, "--name", "mine", "--json")
    assert len(json.loads(printed.out)["refusals"]) == 25


def test_only_who_may_import_may_import_a_taxonomy(bare_home: Home, tmp_path: Path) -> None:
    folder = wordnet.imagenet_folder(tmp_path / "lists")
    assert Terminal(bare_home.settings.home, "rita").run("taxonomy", "import", folder).code == 6
    assert Terminal(bare_home.settings.home).run("taxonomy", "list").out == "No taxonomy has been imported yet.\n"


def test_taxonomies_are_listed_with_their_digests(terminal: Terminal) -> None:
    (listed,) = json.loads(terminal.run("taxonomy", "list", "--json").out)
    assert (listed["name"], listed["version"]) == ("imagenet", 1)
    assert listed["digest"] in terminal.run("taxonomy", "list").out


def test_a_synset_is_shown_with_what_is_above_and_below_it(terminal: Terminal, tmp_path: Path) -> None:
    (tmp_path / "space.txt").write_text(f"{COOK}\n{DOG}\n")
    shown = json.loads(terminal.run("taxonomy", "show", PERSON, "--within", tmp_path / "space.txt", "--json").out)
    assert (shown["words"], shown["parents"], shown["below by hyponyms"]) == ("person", [ENTITY], 2)
    assert (shown["below, within the list"], shown["of these with several parents"]) == (1, 1)
    assert shown["of these with a parent outside"] == [COOK]
    assert "lap dog" in terminal.run("taxonomy", "show", LAP_DOG).out


def test_words_that_may_hurt_are_shown_only_to_who_may_see_what_is_hidden(terminal: Terminal) -> None:
    assert "sailor" not in terminal.run("taxonomy", "show", SAILOR).out
    assert "(hidden)" in terminal.run("taxonomy", "path", SAILOR).out
    assert terminal.run("taxonomy", "show", SAILOR, "--words").code == 6
    assert "sailor" in terminal.acting("rita").run("taxonomy", "show", SAILOR, "--words").out


def test_paths_and_the_lowest_common_synset_are_shown(terminal: Terminal) -> None:
    ways = terminal.run("taxonomy", "path", LAP_DOG).out.splitlines()
    assert ways[1] == f"{ENTITY} entity > {TOY} toy > {LAP_DOG} lap dog"
    assert terminal.run("taxonomy", "path", LAP_DOG, "--and", COOK).out == f"{TOY} toy\n"
    assert json.loads(terminal.run("taxonomy", "path", LAP_DOG, "--and", COOK, "--json").out) == [[TOY]]


def test_a_list_is_checked_against_the_taxonomy_and_other_lists(terminal: Terminal, tmp_path: Path) -> None:
    (tmp_path / "list.txt").write_text(f"{DOG}\n{ALONE}\nn99999999\nnonsense\n")
    (tmp_path / "other.txt").write_text(f"{DOG}\n{TOY}\n")
    done = terminal.run("taxonomy", "check", tmp_path / "list.txt", "--with", tmp_path / "other.txt")
    assert [line.split()[-1] for line in done.out.splitlines()] == ["3", "1", "n99999999", "n99999999", "1"]
    assert f"{ALONE}, n99999999" in done.out
    assert done.err == "refused: list.txt, line 4: it does not start with a WordNet id\n"
    printed = json.loads(terminal.run("taxonomy", "check", tmp_path / "list.txt", "--json").out)
    assert printed["without an edge"] == [ALONE, "n99999999"]


def test_a_synset_or_a_taxonomy_that_is_not_there_is_not_found(terminal: Terminal) -> None:
    assert terminal.run("taxonomy", "show", "n99999999").code == 3
    assert terminal.run("taxonomy", "path", DOG, "--and", "n99999999").code == 3
    assert terminal.run("taxonomy", "show", DOG, "--in", "other").code == 3


def test_a_folder_that_holds_no_taxonomy_is_refused(terminal: Terminal, tmp_path: Path) -> None:
    done = terminal.run("taxonomy", "import", tmp_path)
    assert (done.code, done.err.count("\n")) == (4, 1)
