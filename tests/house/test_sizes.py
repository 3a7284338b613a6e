"""Nothing grows past what a person reads in one go. Longer needs a name here, and a reason."""

import ast
from collections.abc import Iterator
from pathlib import Path

from tests.house import tree

FILE_LINES = 400
FUNCTION_LINES = 60
VIEW_LINES = 15
# Each with its reason; an exception that is needed no more fails too.
LONGER_FILES: dict[str, str] = {
    "migrations/versions/0001_first_tables.py": "a migration is one list, read from top to bottom, and never changed",
}
LONGER_FUNCTIONS: dict[str, str] = {
    "migrations/versions/0001_first_tables.py:upgrade": "every first table, in the order in which they need each other",
}


def lines_of(text: str) -> int:
    """Lines that are not blank."""
    return sum(1 for line in text.splitlines() if line.strip())


def body_lines(source: str, function: tree.Function) -> int:
    """Lines from `def` to the end that are not blank, the docstring left out."""
    segment = "\n".join(source.splitlines()[function.lineno - 1 : function.end_lineno])
    docstring = ast.get_docstring(function, clean=False)
    return lines_of(segment) - (lines_of(docstring) if docstring else 0)


def is_view(function: tree.Function) -> bool:
    """Whether the function answers a request."""
    return any(
        isinstance(decorator, ast.Call)
        and isinstance(decorator.func, ast.Attribute)
        and decorator.func.attr in {"get", "post", "put", "patch", "delete", "route"}
        for decorator in function.decorator_list
    )


def long_functions(file: str, source: str) -> Iterator[str]:
    """Each function that is too long, with its length."""
    for function in tree.functions(ast.parse(source)):
        limit = VIEW_LINES if file.startswith("registry/web/") and is_view(function) else FUNCTION_LINES
        if (count := body_lines(source, function)) > limit:
            yield f"{file}:{function.name} has {count} lines, {limit} at most"


def test_files_are_read_in_one_go() -> None:
    counts = {str(file): lines_of(tree.read(file)) for file in tree.python_files()}
    long = {file for file, count in counts.items() if count > FILE_LINES}
    assert long == LONGER_FILES.keys(), {file: counts[file] for file in long}


def test_functions_and_views_are_short() -> None:
    found = [line for file in tree.python_files() for line in long_functions(str(file), tree.read(file))]
    assert {line.split(" ")[0] for line in found} == LONGER_FUNCTIONS.keys(), found


def test_a_long_function_and_a_long_view_are_found() -> None:
    body = "".join(f"    x = {number}\n" for number in range(FUNCTION_LINES))
    view = "@PAGE.get('/')\ndef page():\n" + "".join(f"    x = {number}\n" for number in range(VIEW_LINES))
    assert list(long_functions("cli/x.py", f"def long():\n{body}")) == ["cli/x.py:long has 61 lines, 60 at most"]
    assert list(long_functions("cli/x.py", view)) == []
    assert list(long_functions("registry/web/pages/x.py", view)) == [
        "registry/web/pages/x.py:page has 16 lines, 15 at most"
    ]


def test_docstrings_and_blank_lines_cost_nothing() -> None:
    source = 'def told():\n    """One.\n\n    Two.\n    """\n\n    return 1\n'
    assert body_lines(source, next(tree.functions(ast.parse(source)))) == len(["def", '"""', "return"])


def test_the_picture_of_the_policies_is_a_path_in_this_tree() -> None:
    assert all((tree.ROOT / Path(name.split(":")[0])).is_file() for name in [*LONGER_FILES, *LONGER_FUNCTIONS])
