import hashlib
import json
from pathlib import Path

from registry.catalogue.layers.kinds import Kind
from registry.home import Home
from tests.factories import layers
from tests.factories.homes import VARIANT
from tests.factories.terminal import Terminal

SOURCE = ("--source", "A paper", "--url", "https://example.org/paper")


def test_weights_are_recorded_listed_and_shown(furnished_home: Home, tmp_path: Path) -> None:
    terminal = Terminal(furnished_home.settings.home, "mara")
    (tmp_path / "resnet.pth").write_bytes(b"weights")
    digest = hashlib.sha256(b"weights").hexdigest()
    assert terminal.run("weights", "list").out == "No weights are on record.\n"
    on = ("--trained-on", VARIANT, "The log of the run says so.")
    done = terminal.run("weights", "add", "resnet", "--file", tmp_path / "resnet.pth", "--licence", "MIT", *on, *SOURCE)
    assert (done.code, done.out) == (0, f"Recorded resnet: sha256:{digest}\n")
    layers.add(furnished_home, Kind.SYNSETS, "classes", [("n02000001",)])
    space = ("--label-space", VARIANT, "synsets/classes", "It has so many outputs.")
    made = ("--made-from", "resnet", "We did it.")
    assert terminal.run("weights", "add", "tuned", *space, *made, *SOURCE).out == "Recorded tuned: no digest known\n"
    assert "tuned    NOASSERTION  trained on sample/photos synsets/classes@1" in terminal.run("weights", "list").out
    shown = terminal.run("weights", "show", "resnet").out
    assert f"sha256:{digest}" in shown
    assert "trained on  sample/photos  The log of the run says so.  https://example.org/paper" in shown
    assert "not known" in terminal.run("weights", "show", "tuned").out
    [first, second] = json.loads(terminal.run("weights", "list", "--json").out)
    assert (first["size_bytes"], second["trainings"][1]["on"]) == (7, "resnet")
    assert json.loads(terminal.run("weights", "show", "tuned", "--json").out)["name"] == "tuned"


def test_what_cannot_be_recorded_says_why(furnished_home: Home, tmp_path: Path) -> None:
    terminal = Terminal(furnished_home.settings.home, "mara")
    on = ("--trained-on", VARIANT, "Really.", *SOURCE)
    (tmp_path / "file").write_bytes(b"weights")
    both = terminal.run("weights", "add", "x", "--file", tmp_path / "file", "--sha256", "0" * 64, *on)
    assert (both.code, "not both" in both.err) == (2, True)
    assert terminal.run("weights", "add", "x", "--file", tmp_path / "none", *on).code == 2
    assert terminal.run("weights", "add", "x", "--sha256", "0", *on).code == 4
    assert terminal.run("weights", "add", "x", *SOURCE).code == 4
    assert terminal.run("weights", "show", "x").code == 3
    Path(tmp_path / "pipe").symlink_to("/dev/null")
    strange = terminal.run("weights", "add", "x", "--file", tmp_path / "pipe", *on)
    assert (strange.code, strange.err.count("\n")) == (4, 1)


def test_a_dry_run_says_which_weights_saw_what_would_go(furnished_home: Home) -> None:
    terminal = Terminal(furnished_home.settings.home, "mara")
    for name, what in (("resnet", ("--trained-on", VARIANT)), ("tuned", ("--made-from", "resnet"))):
        assert terminal.run("weights", "add", name, *what, "Really.", *SOURCE).code == 0
    said = terminal.run("policies", "try", "person-filtered-faces", VARIANT).out
    assert "weights resnet: trained on sample/photos, of which 2 of 7 would go\n" in said
    assert "weights tuned may have seen some: made from resnet\n" in said
