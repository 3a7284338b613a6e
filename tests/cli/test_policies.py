import json
from pathlib import Path

import pytest

from policies import shipped
from registry.catalogue.taxonomy.graph import PERSON
from registry.home import Home
from tests.factories import homes, policies, wordnet
from tests.factories.terminal import Terminal


def test_a_sound_policy_is_sound(tmp_path: Path) -> None:
    file = tmp_path / "mine.yaml"
    file.write_bytes(shipped.read("ilsvrc-faces-2021"))
    assert Terminal().run("policies", "check", file).code == 0


def test_a_faulty_policy_is_refused_with_its_line(tmp_path: Path) -> None:
    file = tmp_path / "mine.yaml"
    file.write_text("name: [\n")
    done = Terminal().run("policies", "check", file)
    assert done.code == 4
    assert "Traceback" not in done.err


def test_a_policy_is_published_listed_and_shown_as_it_was_published(bare_home: Home) -> None:
    terminal = Terminal(bare_home.settings.home, "mara")
    done = terminal.run("policies", "publish", "ilsvrc-faces-2021")
    assert done.code == 0
    assert done.out.startswith("Published ilsvrc-faces-2021@1  sha256:")
    assert terminal.run("policies", "show", "ilsvrc-faces-2021@1").out.encode() == shipped.read("ilsvrc-faces-2021")
    (listed,) = json.loads(terminal.run("policies", "list", "--json").out)
    assert (listed["name"], listed["version"]) == ("ilsvrc-faces-2021", "1")
    assert "ilsvrc-faces-2021@1" in terminal.run("policies", "list").out


def test_nothing_published_is_said(bare_home: Home) -> None:
    assert Terminal(bare_home.settings.home).run("policies", "list").out == "No policy has been published yet.\n"


def test_a_policy_that_is_nowhere_is_not_found(bare_home: Home) -> None:
    terminal = Terminal(bare_home.settings.home, "mara")
    done = terminal.run("policies", "publish", "nothing-of-mine")
    assert (done.code, done.err.count("\n")) == (3, 1)
    assert "ilsvrc-faces-2021" in done.err
    assert terminal.run("policies", "show", "nothing-of-mine").code == 3


def test_a_file_too_large_for_a_policy_and_a_folder_are_refused(tmp_path: Path) -> None:
    large = tmp_path / "large.yaml"
    large.write_bytes(b"#" * 2_000_000)
    assert Terminal().run("policies", "check", large).code == 4
    assert Terminal().run("policies", "check", tmp_path).code == 4


LISTED = b"n02084071\nn10000002\n"
COUNTED = policies.document(
    lists={"mine": policies.attachment(LISTED)},
    rules=[policies.rule(id="listed", when={"synset": {"in_list": "mine"}}, then="exclude", reason="listed")],
    figures=[
        {"what": "synsets", "says": 2, "title": "Counted", "add": [{"title": "listed", "lines_of": "mine"}]},
        {"what": "synsets", "says": 3, "title": "Announced"},
    ],
)


@pytest.fixture(name="counted")
def _counted(tmp_path: Path) -> tuple[Path, Path]:
    """A policy that counts a list, and the list."""
    (tmp_path / "counted.yaml").write_bytes(policies.text(COUNTED))
    (tmp_path / "mine.txt").write_bytes(LISTED)
    return tmp_path / "counted.yaml", tmp_path / "mine.txt"


def test_figures_are_counted_again_and_their_conflict_is_shown(counted: tuple[Path, Path]) -> None:
    policy, listed = counted
    done = Terminal().run("policies", "check", policy, "--with", listed)
    assert done.code == 0
    assert "2 synsets: Counted; + 2 listed" in done.out
    assert "These contradict each other by 1: 2 and 3 synsets." in done.out


def test_a_list_that_is_not_at_hand_or_differs_is_named(counted: tuple[Path, Path], tmp_path: Path) -> None:
    policy, listed = counted
    assert "is not at hand" in Terminal().run("policies", "check", policy).err
    listed.write_bytes(b"n00007846\n")
    assert "is not at hand" in Terminal().run("policies", "check", policy, "--with", listed).err
    assert Terminal().run("policies", "check", policy, "--with", tmp_path / "none").code == 4


def test_a_list_is_handed_over_by_command(counted: tuple[Path, Path], bare_home: Home) -> None:
    policy, listed = counted
    terminal = Terminal(bare_home.settings.home, "mara")
    assert json.loads(terminal.run("policies", "lists", "show", policy, "--json").out)[0]["is_at_hand"] is False
    assert terminal.run("policies", "lists", "add", listed).out == f"{policies.digest_of(LISTED)}  {listed}\n"
    assert "yes" in terminal.run("policies", "lists", "show", policy).out
    assert terminal.run("policies", "check", policy).code == 0


def test_label_spaces_are_measured_by_rule(counted: tuple[Path, Path], tmp_path: Path) -> None:
    policy, listed = counted
    space = tmp_path / "space.txt"
    space.write_text("n02084071 dog\nn00007846 person\n")
    done = Terminal().run("policies", "measure", policy, space, listed, "--with", listed)
    assert [line.split() for line in done.out.splitlines()[-2:]] == [
        ["space.txt", "2", "1", "1"],
        ["mine.txt", "2", "2", "0"],
    ]
    found = json.loads(Terminal().run("policies", "measure", policy, space, "--with", listed, "--json").out)
    assert found["space.txt"]["excluded"] == ["n02084071"]


def test_measuring_says_which_single_persons_no_rule_names(furnished_home: Home, tmp_path: Path) -> None:
    wordnet.imported(furnished_home)
    edges, space, policy = tmp_path / "edges.txt", tmp_path / "space.txt", tmp_path / "people.yaml"
    edges.write_text(f"{PERSON} {wordnet.SAILOR}\n")
    space.write_text(f"{wordnet.SAILOR}\n{wordnet.ALONE}\n{wordnet.REX}\n")
    people = policies.rule(id="people", when={"synset": {"subtree": PERSON}})
    named = policies.attachment(edges.read_bytes())
    policy.write_bytes(policies.text(policies.document(rules=[people], taxonomy=named)))
    measure = ("policies", "measure", policy, space, "--with", edges, "--in", "wordnet")
    terminal = Terminal(furnished_home.settings.home)
    said = terminal.run(*measure).out.splitlines()
    assert said[-1] == f"look again: space.txt has 1 below a subtree that no rule names: {wordnet.ALONE}"
    assert json.loads(terminal.run(*measure, "--json").out)["space.txt"]["overlooked"] == [wordnet.ALONE]


def test_a_synset_and_an_image_are_explained_by_command(furnished_home: Home) -> None:
    terminal = Terminal(furnished_home.settings.home)
    said = terminal.run("policies", "explain", "n09835506").out
    assert "person-filtered-faces@1:\nexclude (person-class), decided by person-classes" in said
    assert "would be kept if" in said
    [only] = json.loads(terminal.run("policies", "explain", "n09835506", "--policy", "ilsvrc-faces-2021", "--json").out)
    assert only["policy"] == "ilsvrc-faces-2021@1"
    image = terminal.run("policies", "explain", "person-filtered-faces", homes.VARIANT, homes.PERSON)
    assert "decided by person-classes" in image.out
    assert terminal.run("policies", "explain", "one", "two").code == 2
    assert terminal.run("policies", "explain", "dog").code == 4


def test_where_nothing_is_published_there_is_nothing_to_explain(bare_home: Home) -> None:
    said = Terminal(bare_home.settings.home).run("policies", "explain", "n09835506")
    assert said.out == "No policy has been published yet.\n"


def test_a_policy_is_tried_by_command_and_its_classes_are_drawn(furnished_home: Home, tmp_path: Path) -> None:
    terminal = Terminal(furnished_home.settings.home)
    done = terminal.run("policies", "try", "person-filtered-faces", homes.VARIANT, "--picture", tmp_path / "c.svg")
    assert done.code == 0
    assert "decided by person-classes: 1" in done.out
    assert "nothing is left of 1 classes: person" in done.out
    assert (tmp_path / "c.svg").read_text().startswith("<svg")
    found = json.loads(terminal.run("policies", "try", "person-filtered-faces", homes.VARIANT, "--json").out)
    assert found["vanishing"] == ["person"]
