import re
from collections.abc import Iterator

import pytest

from registry import errors
from registry.errors import AccessionError


def kinds(root: type[AccessionError] = AccessionError) -> Iterator[type[AccessionError]]:
    """The whole tree."""
    yield root
    for kind in root.__subclasses__():
        yield from kinds(kind)


@pytest.mark.parametrize("kind", list(kinds()))
def test_every_kind_says_how_it_is_shown(kind: type[AccessionError]) -> None:
    assert re.fullmatch(r"[a-z]+(-[a-z]+)*", kind.code)
    assert kind.title
    assert 400 <= kind.status < 600
    assert kind.exit_code in {1, 3, 4, 5, 6, 7, 8}
    assert kind.__doc__


def test_codes_are_unique_so_that_a_kept_code_gives_back_the_kind() -> None:
    found = list(kinds())
    assert len({kind.code for kind in found}) == len(found)
    assert [errors.of_code(kind.code) for kind in found] == found


@pytest.mark.parametrize("code", [None, "", "no-such-code"])
def test_a_code_that_nobody_knows_is_a_bug(code: str | None) -> None:
    assert errors.of_code(code) is errors.BugError


def test_an_error_is_a_sentence_and_facts() -> None:
    error = errors.NotFoundError("There is no dataset x.", dataset="x")
    assert (str(error), error.sentence, error.facts) == ("There is no dataset x.",) * 2 + ({"dataset": "x"},)
