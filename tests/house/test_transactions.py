"""Doors open acts; services work inside one and never end it."""

import ast
from collections.abc import Iterator

from tests.house import tree

CLOCK = "clock.utc_now"
ENDINGS = frozenset({"commit", "rollback", "begin", "begin_nested"})
INSIDE_AN_ACT = ("registry/services/", "registry/queries/", "registry/models/", "registry/audit.py")


def endings(source: str) -> Iterator[str]:
    """Each call that would begin or end a transaction, with its line."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in ENDINGS:
            yield f"line {node.lineno}: {ast.unparse(node.func)}()"


def test_what_works_inside_an_act_never_ends_it() -> None:
    inside = [file for file in tree.python_files("registry") if str(file).startswith(INSIDE_AN_ACT)]
    assert len(inside) > len(INSIDE_AN_ACT)
    assert {str(file): found for file in inside if (found := list(endings(tree.read(file))))} == {}


def test_what_works_inside_an_act_is_told_the_time() -> None:
    inside = [file for file in tree.python_files("registry") if str(file).startswith(INSIDE_AN_ACT)]
    assert [str(file) for file in inside if CLOCK in tree.read(file)] == []


def test_a_commit_in_a_service_is_found() -> None:
    source = "def give(act):\n    act.session.add(1)\n    act.session.commit()\n"
    assert list(endings(source)) == ["line 3: act.session.commit()"]
