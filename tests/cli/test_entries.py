import json

import pytest

from registry.catalogue.taxonomy.graph import Synset, Taxonomy
from registry.home import Home
from tests.factories import wordnet
from tests.factories.homes import EMPTY, PATHS, TWINS, VARIANT
from tests.factories.terminal import Terminal


@pytest.fixture
def terminal(furnished_home: Home) -> Terminal:
    """A terminal whose home has an import."""
    return Terminal(furnished_home.settings.home)


def listed(terminal: Terminal, *options: str) -> list[str]:
    done = terminal.run("datasets", "images", VARIANT, *options, "--json")
    return [item["path"] for item in json.loads(done.out)["items"]]


def test_images_come_by_path(terminal: Terminal) -> None:
    assert listed(terminal) == sorted(PATHS)
    lines = terminal.run("datasets", "images", VARIANT).out.splitlines()
    assert lines[0].split() == ["PATH", "FORMAT", "PIXELS", "MODE", "BYTES", "DEFECT"]
    assert [line.split()[0] for line in lines[1:]] == sorted(PATHS)


def test_pages_follow_one_another(terminal: Terminal) -> None:
    first = json.loads(terminal.run("datasets", "images", VARIANT, "--limit", "3", "--json").out)
    rest = json.loads(terminal.run("datasets", "images", VARIANT, "--after", first["next"], "--json").out)
    assert [item["path"] for item in first["items"] + rest["items"]] == sorted(PATHS)
    assert rest["next"] is None
    assert first["next"] in terminal.run("datasets", "images", VARIANT, "--limit", "3").out.splitlines()[-1]


def test_images_are_found_by_class_defect_path_and_bytes(terminal: Terminal) -> None:
    assert listed(terminal, "--defect", "empty") == [EMPTY]
    assert listed(terminal, "--label", "n02000002") == sorted([EMPTY, *TWINS])
    found = json.loads(terminal.run("datasets", "images", VARIANT, "--path", TWINS[0], "--json").out)["items"]
    assert listed(terminal, "--sha256", found[0]["sha256"]) == sorted(TWINS)
    assert terminal.run("datasets", "images", VARIANT, "--path", "no/such").out == "No such image.\n"


def test_classes_come_with_their_numbers(terminal: Terminal) -> None:
    found = json.loads(terminal.run("datasets", "classes", VARIANT, "--json").out)
    assert sum(line["rows"] for line in found) == len(PATHS)
    assert "n02000002" in terminal.run("datasets", "classes", VARIANT).out


def test_what_hangs_at_a_synset_is_counted_whole_and_by_its_parts(terminal: Terminal, furnished_home: Home) -> None:
    kinds = (("n00000001", "n01000001"), ("n00000001", "n00000002"), ("n00000002", "n02000002"))
    again = (("n00000001", "n00000003"), ("n00000003", "n02000002"))
    synsets = {wnid: Synset("drawn") for pair in (*kinds, *again) for wnid in pair}
    wordnet.imported(furnished_home, Taxonomy(synsets, (*kinds, *again)))
    counted = {it["label"]: it["rows"] for it in json.loads(terminal.run("datasets", "classes", VARIANT, "--json").out)}
    twice = counted["n02000002"]
    done = terminal.run("datasets", "classes", VARIANT, "--below", "n00000001", "--json")
    found = json.loads(done.out)
    assert found["whole"]["images"] == sum(counted.get(it, 0) for it in ("n01000001", "n02000002"))
    assert {"synset": "n00000002", "own": 0, "classes": 1, "images": twice} in found["parts"]
    told = terminal.run("datasets", "classes", VARIANT, "--below", "n00000001").out.splitlines()
    assert told[0].split() == ["SYNSET", "OWN", "IMAGES", "CLASSES", "IMAGES"]
    assert told[-1].startswith("Some classes hang at several")
    assert terminal.run("datasets", "classes", VARIANT, "--below", "n99999999").code == 3
    assert terminal.run("datasets", "classes", VARIANT, "--instances").code == 2


def test_a_variant_that_is_not_there_or_was_not_imported_is_refused(terminal: Terminal) -> None:
    assert terminal.run("datasets", "images", "no/such").code == 3
    assert terminal.run("datasets", "images", VARIANT, "--sha256", "nonsense").code == 4
