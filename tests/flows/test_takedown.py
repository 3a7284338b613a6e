"""A takedown by its commands: asked for, held, decided by two, gone from every variant, and the world is told."""

from pathlib import Path

import pytest

from tests.factories import pictures
from tests.factories.commands import Registry, registry

pytestmark = pytest.mark.slow
POLICY = "ilsvrc-faces-2021"
SHOWN = "n01/somebody.JPEG"


def draw(folder: Path, names: dict[str, int]) -> Path:
    for path, seed in names.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(pictures.jpeg(seed=seed))
    return folder


def status(at: Registry, receipt: dict[str, str]) -> dict[str, object]:
    return dict(at.json("takedowns", "status", receipt["number"], "--code-words", receipt["code_words"]))


def test_an_upheld_image_leaves_every_variant_that_holds_it_under_any_name(tmp_path: Path) -> None:
    at = registry(tmp_path / "home")
    one = draw(tmp_path / "one", {SHOWN: 1, "n01/other.JPEG": 2})
    two = draw(tmp_path / "two", {"x/copied.JPEG": 1, "x/third.JPEG": 3})
    at.must("policies", "publish", POLICY, who="mira")
    for name, source in (("one", one), ("two", two)):
        at.must("datasets", "import", f"zoo/{name}", source, who="mira")
        at.released(f"zoo/{name}/2026.1", POLICY)
    at.must("releases", "export", "zoo/one/2026.1", tmp_path / "old", who="mira")

    asked = ("takedowns", "submit", f"https://images.example/{SHOWN}", "--by", "url")
    receipt = at.json(*asked, "--statement", "It shows me and my child.")
    assert status(at, receipt)["state"] == "matched"
    number = receipt["number"]
    at.must("takedowns", "hold", number, "--reason", "credible", who="rita")
    at.must("takedowns", "decide", number, "uphold", "--reason", "it does", who="rita")
    assert at.say("takedowns", "confirm", number, "--reason", "yes", who="rita").code == 6
    at.must("takedowns", "confirm", number, "--reason", "yes", who="ana")

    at.released("zoo/one/2026.2", POLICY)
    assert status(at, receipt)["state"] == "upheld", "one variant still hands it out"
    at.released("zoo/two/2026.2", POLICY)
    over = status(at, receipt)
    assert over["state"] == "fulfilled"
    assert [effect["is_gone"] for effect in over["effects"]] == [True, True]  # type: ignore[attr-defined]

    at.must("takedowns", "revocations", "--to", tmp_path / "withdrawn")
    assert at.say("releases", "export", "zoo/one/2026.1", tmp_path / "late", who="mira").code == 5
    at.must("releases", "export", "zoo/one/2026.2", tmp_path / "new", who="mira")
    check = ("--trust", at.trust_root, "--revocations", tmp_path / "withdrawn")
    old = at.say("verify", tmp_path / "old", *check)
    assert SHOWN in old.out, "a copy made before the takedown is told what was withdrawn since"
    assert at.say("verify", tmp_path / "new", *check).code == 0

    diff = at.must("releases", "diff", "zoo/two/2026.1", "zoo/two/2026.2")
    assert "x/copied.JPEG  keep (no-face-found) -> exclude (takedown)" in diff
    for file in (tmp_path / "home").rglob("*"):
        if file.is_file() and "registry.sqlite" not in file.name:
            assert b"my child" not in file.read_bytes(), f"{file} repeats what the requester said"


def test_a_held_image_stops_a_release_that_was_built_before(tmp_path: Path) -> None:
    at = registry(tmp_path / "home")
    source = draw(tmp_path / "one", {SHOWN: 1, "n01/other.JPEG": 2})
    at.must("policies", "publish", POLICY, who="mira")
    at.must("datasets", "import", "zoo/one", source, who="mira")
    label = "zoo/one/2026.1"
    at.must("releases", "plan", "zoo/one", "--policy", POLICY, "--recipe", "dlib-hog", who="mira")
    at.must("releases", "build", label, who="mira")
    for approver in ("ana", "ben"):
        at.must("releases", "approve", label, "--reason", "fine", who=approver)
    number = at.json("takedowns", "submit", SHOWN)["number"]
    at.must("takedowns", "hold", number, "--reason", "credible", who="rita")
    said = at.say("releases", "sign", label, who="sol")
    assert said.code == 5
    assert SHOWN in said.err
