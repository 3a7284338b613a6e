"""The threat model is a table of threat, control and test; the tests that it names exist."""

import re
from collections.abc import Iterator
from pathlib import Path

from tests.house import pages, tree

PAGE = "docs/threat-model.md"
OPEN = "not controlled yet"


def missing_tests(cell: str) -> Iterator[str]:
    """Each test that a cell names and that does not exist."""
    for file, name in re.findall(r"`([^`:]+)::([^`]+)`", cell):
        if not (tree.ROOT / file).is_file():
            yield f"{file} is not there"
        elif name not in {function.name for function in tree.functions(tree.parsed(Path(file)))}:
            yield f"{file} has no {name}"


def test_every_test_of_the_threat_model_exists() -> None:
    found = [missing for row in pages.rows(PAGE, "Threat") for missing in missing_tests(row["Test"])]
    assert found == []


def test_every_threat_has_a_test_or_says_that_it_is_open() -> None:
    rows = pages.rows(PAGE, "Threat")
    assert len(rows) > 10
    assert [row["Threat"] for row in rows if "::" not in row["Test"] and OPEN not in row["Control"]] == []


def test_a_test_that_does_not_exist_is_found() -> None:
    here = "tests/house/test_threats.py"
    cell = f"`{here}::test_nothing`, `{here}::test_a_test_that_does_not_exist_is_found`, `tests/no.py::test_x`"
    assert list(missing_tests(cell)) == [f"{here} has no test_nothing", "tests/no.py is not there"]
