import json
from pathlib import Path

from registry.home import Home
from tests.factories import seeds
from tests.factories.terminal import Terminal


def test_a_seed_is_planted_and_its_variants_are_shown(bare_home: Home, tmp_path: Path) -> None:
    (tmp_path / "seed.yaml").write_bytes(seeds.small())
    terminal = Terminal(bare_home.settings.home, "mara")
    done = terminal.run("datasets", "seed", tmp_path / "seed.yaml")
    assert done.out.splitlines()[0].split() == ["variants", "registered", "2"]
    assert "pets/whole  All pets  CC-BY-4.0" in terminal.run("datasets", "list").out
    shown = terminal.run("datasets", "lineage", "pets/whole").out
    assert "images    3 [https://example.org/paper]" in shown
    assert "pets.tar  3 GB, md5 abababababababababababababababab [" in shown
    assert "unknown   who they are" in shown
    assert "pets/cats  subset-of  pets/whole  A cat is a pet." in shown
    printed = json.loads(terminal.run("datasets", "lineage", "pets/whole", "--json").out)
    assert (printed["description"]["terms"]["sentence"], printed["relations"][0]["kind"]) == ("Be kind.", "subset-of")


def test_the_shipped_seed_needs_no_file(bare_home: Home) -> None:
    terminal = Terminal(bare_home.settings.home, "mara")
    planted = json.loads(terminal.run("datasets", "seed", "--json").out)
    assert "imagenet/ilsvrc2012-val" in planted["registered"]
    assert "no digest known [" in terminal.run("datasets", "lineage", "imagenet/ilsvrc2012-blurred").out


def test_a_variant_that_nothing_is_known_of_says_so(furnished_home: Home) -> None:
    terminal = Terminal(furnished_home.settings.home)
    assert terminal.run("datasets", "lineage", "sample/photos").out.startswith("No relation")
    assert json.loads(terminal.run("datasets", "lineage", "sample/photos", "--json").out)["description"] is None
    assert terminal.run("datasets", "lineage", "sample/none").code == 3


def test_what_is_no_seed_is_refused_with_its_line(bare_home: Home, tmp_path: Path) -> None:
    (tmp_path / "seed.yaml").write_bytes(seeds.changed("to: whole", "to: dogs"))
    terminal = Terminal(bare_home.settings.home, "mara")
    done = terminal.run("datasets", "seed", tmp_path / "seed.yaml")
    assert (done.code, done.err) == (4, "accession: This is no seed: line 25: `dogs` is none of the variants.\n")
    assert terminal.run("datasets", "seed", tmp_path / "nowhere").code == 3
    assert terminal.run("datasets", "seed", tmp_path).code == 4
    assert terminal.acting("rita").run("datasets", "seed").code == 6
