import json
from pathlib import Path

import pytest

from cli import init
from tests.factories import proofs
from tests.factories.terminal import Terminal


@pytest.fixture(name="home")
def _home(tmp_path: Path) -> Path:
    init.create(tmp_path / "home")
    return tmp_path / "home"


def test_the_homes_own_root_is_shown(home: Path) -> None:
    done = Terminal(home).run("trust", "show")
    assert done.code == 0
    assert "version     1" in done.out
    for purpose in ("datasheets", "checkpoints", "revocations", "models"):
        assert purpose in done.out


def test_any_root_can_be_shown_without_a_home_and_as_json(home: Path) -> None:
    Terminal(home).run("keys", "rotate", "datasheets", "--log-size", "5")
    file = home / "trust" / "2.root.json"
    found = json.loads(Terminal().run("trust", "show", file, "--json").out)
    assert found["version"] == 2
    assert found["purposes"]["datasheets"]["threshold"] == 1
    assert [each["log_size"] for each in found["retired"]] == [5]
    assert "good below log entry" in Terminal().run("trust", "show", file).out


def test_a_newer_root_is_followed_from_the_one_that_is_trusted(home: Path) -> None:
    Terminal(home).run("keys", "new", "datasheets")
    Terminal(home).run("keys", "new", "datasheets")
    files = [home / "trust" / f"{version}.root.json" for version in (1, 2, 3)]
    done = Terminal().run("trust", "check", *files)
    assert (done.code, done.out.split(";")[0]) == (0, "Root version 3 holds")
    assert Terminal().run("trust", "check", files[0], files[2]).code == 7


def test_a_forged_or_damaged_root_is_refused_with_a_sentence(home: Path, tmp_path: Path) -> None:
    _, other = proofs.export(tmp_path / "other")
    (tmp_path / "forged.json").write_bytes(other)
    (tmp_path / "damaged.json").write_bytes(b"{}")
    first = home / "trust" / "1.root.json"
    assert Terminal().run("trust", "check", first, tmp_path / "forged.json").code == 7
    assert Terminal().run("trust", "show", tmp_path / "damaged.json").code == 4
