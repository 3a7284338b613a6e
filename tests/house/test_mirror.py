"""Tests mirror the code: whoever reads a module knows where its tests are, and the other way round."""

import ast
from pathlib import Path

from tests.house import tree

# Each with its reason; an exception that is needed no more fails too.
TESTED_ELSEWHERE: dict[str, str] = {}
TESTS_OF_MANY: dict[str, str] = {}


def test_file_of(module: Path) -> Path:
    """Where a module's tests are."""
    name = module.parent.name if module.name == "__init__.py" else module.stem
    return Path("tests") / module.parent / f"test_{name}.py"


test_file_of.__test__ = False  # type: ignore[attr-defined]  # a question, not a test


def says_something(module: ast.Module) -> bool:
    """Whether the module defines a function or a class, and so has something to test."""
    return any(isinstance(node, tree.Function | ast.ClassDef) for node in module.body)


def test_every_module_has_its_own_test_file() -> None:
    modules = [file for file in tree.python_files(*tree.CODE) if says_something(tree.parsed(file))]
    lacking = {str(file) for file in modules if not (tree.ROOT / test_file_of(file)).is_file()}
    assert lacking == TESTED_ELSEWHERE.keys(), sorted(lacking ^ TESTED_ELSEWHERE.keys())


def test_every_test_file_has_its_module() -> None:
    wanted = {test_file_of(file) for file in tree.python_files(*tree.CODE)}
    tests = {
        file
        for file in tree.python_files("tests")
        if file.name.startswith("test_") and len(file.parts) > 2 and file.parts[1] in tree.CODE
    }
    orphans = {str(file) for file in tests - wanted}
    assert orphans == TESTS_OF_MANY.keys(), sorted(orphans ^ TESTS_OF_MANY.keys())


def test_the_place_of_a_test_follows_from_its_module() -> None:
    assert test_file_of(Path("registry/proof/tree.py")) == Path("tests/registry/proof/test_tree.py")
    assert test_file_of(Path("blurring/engines/__init__.py")) == Path("tests/blurring/engines/test_engines.py")


def test_a_module_that_only_gathers_names_needs_no_test() -> None:
    assert not says_something(ast.parse("from registry.models import people\nNAMES = (people,)\n"))
    assert says_something(ast.parse("class Found:\n    pass\n"))
