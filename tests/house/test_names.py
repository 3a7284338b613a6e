"""Modules are nouns of the field. A drawer that could hold anything soon does."""

from pathlib import Path

from tests.house import tree

DRAWERS = frozenset({"utils", "util", "helpers", "helper", "common", "manager", "managers", "misc", "tools", "lib"})


def drawers(files: list[Path]) -> list[str]:
    """The files that, or a folder of which, is named like a drawer."""
    return [str(file) for file in files if DRAWERS & {*file.with_suffix("").parts}]


def test_no_module_is_a_drawer() -> None:
    assert drawers(tree.python_files()) == []


def test_a_drawer_is_found() -> None:
    assert drawers([Path("registry/utils.py"), Path("cli/common/x.py"), Path("cli/people.py")]) == [
        "registry/utils.py",
        "cli/common/x.py",
    ]


def test_the_docker_folder_is_no_package() -> None:
    # It would shadow the Docker client library for every program that is started in the checkout.
    assert not (tree.ROOT / "docker" / "__init__.py").exists()


def test_tests_are_plain_folders() -> None:
    assert [str(file) for file in tree.python_files("tests") if file.name == "__init__.py"] == []
