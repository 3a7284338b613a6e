import json

from registry.catalogue.layers.kinds import Kind
from registry.home import Home
from tests.factories import homes, layers
from tests.factories.layers import CAT, DOG
from tests.factories.terminal import Terminal

VOTES = [
    ("a.jpg", CAT, DOG, None, 3),
    ("a.jpg", CAT, CAT, None, 2),
    ("b.jpg", CAT, CAT, None, 5),
]


def test_votes_are_judged(furnished_home: Home) -> None:
    layers.add(furnished_home, Kind.VOTES, "asked", VOTES)
    terminal = Terminal(furnished_home.settings.home)
    done = terminal.run("votes", "judge", homes.VARIANT, "asked")
    assert done.code == 0, done.err
    said = {line[:34].strip(): line.split()[-1] for line in done.out.splitlines()[:6]}
    assert (said["questions"], said["labels confirmed by less than 50%"]) == ("2", "1")
    assert done.out.splitlines()[-1].split()[:3] == [CAT, "2", "10"]
    printed = json.loads(terminal.run("votes", "judge", homes.VARIANT, "asked", "--below", "0.3", "--json").out)
    assert (printed["doubtful"], printed["workers told apart"]) == ([], 0)


def test_a_judgement_is_kept_with_its_advisories(furnished_home: Home) -> None:
    layers.add(furnished_home, Kind.VOTES, "asked", VOTES)
    terminal = Terminal(furnished_home.settings.home, "mara")
    assert terminal.run("votes", "judge", homes.VARIANT, "asked", "--keep").code == 0
    listed = terminal.run("layers", "list", homes.VARIANT).out
    assert "defects/asked-labels@1" in listed
    shown = json.loads(terminal.run("layers", "show", homes.VARIANT, "quality/asked", "--rows", "--json").out)
    assert shown["layer"]["totals"]["majority is another answer"] == 1
    assert isinstance(shown["layer"]["totals"]["agreement over all (alpha)"], float)
    assert terminal.acting("rita").run("votes", "judge", homes.VARIANT, "asked", "--keep").code == 6


def test_labels_that_nobody_doubts_need_no_advisory(furnished_home: Home) -> None:
    layers.add(furnished_home, Kind.VOTES, "asked", VOTES[2:])
    terminal = Terminal(furnished_home.settings.home, "mara")
    done = terminal.run("votes", "judge", homes.VARIANT, "asked", "--keep")
    assert done.out.endswith("About no label could anybody have disagreed.\n")
    assert "defects" not in terminal.run("layers", "list", homes.VARIANT).out


def test_a_layer_of_something_else_is_not_judged(furnished_home: Home) -> None:
    layers.add(furnished_home, Kind.LABELS, "asked", [("a.jpg", (CAT,))])
    assert Terminal(furnished_home.settings.home).run("votes", "judge", homes.VARIANT, "asked").code == 3
