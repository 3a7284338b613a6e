"""Who may import whom is a contract that runs, and a new module has no place until somebody gives it one."""

import subprocess
import sys
import tomllib
from pathlib import Path

from tests.house import tree

LINT = Path(sys.executable).with_name("lint-imports")
BREACH = {"registry/proof/breach.py": "import flask\n", "policies/breach.py": "import registry.db\n"}


def test_every_import_contract_is_kept() -> None:
    done = subprocess.run([LINT, "--no-cache"], cwd=tree.ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_a_breach_of_a_contract_is_found(tmp_path: Path) -> None:
    for file in [Path("pyproject.toml"), *tree.python_files(*tree.CODE, "migrations")]:
        (tmp_path / file).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / file).write_text(tree.read(file), encoding="utf-8")
    for name, text in BREACH.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    done = subprocess.run([LINT, "--no-cache"], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "registry.proof.breach -> flask" in done.stdout
    assert "policies.breach -> registry" in done.stdout


def test_the_storeys_are_exhaustive_and_every_room_is_under_contract() -> None:
    settings = tomllib.loads(tree.read(Path("pyproject.toml")))["tool"]["importlinter"]
    storeys = next(c for c in settings["contracts"] if c.get("containers") == ["registry"])
    assert storeys["exhaustive"] is True
    assert {*tree.CODE, "migrations"} == set(settings["root_packages"])
