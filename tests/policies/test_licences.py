"""An expression is what may be chosen; what cannot be read says nothing."""

import pytest

from policies.licences import LENGTH_LIMIT, Expression, parse

FREE = frozenset({"CC0-1.0", "CC-BY-4.0"})


def _sets(*alternatives: set[str]) -> frozenset[frozenset[str]]:
    return frozenset(map(frozenset, alternatives))


@pytest.mark.parametrize(
    ("text", "alternatives"),
    [
        ("CC0-1.0", _sets({"CC0-1.0"})),
        ("CC-BY-4.0 OR CC0-1.0", _sets({"CC-BY-4.0"}, {"CC0-1.0"})),
        ("CC-BY-4.0 AND MIT", _sets({"CC-BY-4.0", "MIT"})),
        ("A OR B AND C", _sets({"A"}, {"B", "C"})),
        ("(A OR B) AND C", _sets({"A", "C"}, {"B", "C"})),
        ("GPL-2.0+ WITH Classpath-exception-2.0", _sets({"GPL-2.0+ WITH Classpath-exception-2.0"})),
        ("DocumentRef-x:LicenseRef-flickr", _sets({"DocumentRef-x:LicenseRef-flickr"})),
        ("NONE", frozenset()),
    ],
)
def test_an_expression_lists_what_may_be_chosen(text: str, alternatives: frozenset[frozenset[str]]) -> None:
    assert parse(text) == Expression(alternatives)


@pytest.mark.parametrize(
    "text",
    [
        "", "NOASSERTION", "A OR", "OR A", "A B", "(A", "A)", "A AND (B", "A WITH", "A WITH OR", "all rights reserved!",
        "(" * 2000, "(" * 100 + "A", "A " * LENGTH_LIMIT, " AND ".join(f"(A{n} OR B{n})" for n in range(12)),
    ],
)  # fmt: skip
def test_what_cannot_be_read_says_nothing(text: str) -> None:
    assert parse(text) is None


@pytest.mark.parametrize(
    ("text", "satisfied", "names"),
    [
        ("CC0-1.0", True, True),
        ("MIT", False, False),
        ("CC0-1.0 OR MIT", True, True),
        ("CC0-1.0 AND MIT", False, True),
        ("CC0-1.0 AND CC-BY-4.0", True, True),
        ("NONE", False, False),
    ],
)
def test_one_alternative_has_to_ask_for_nothing_else(text: str, *, satisfied: bool, names: bool) -> None:
    expression = parse(text)
    assert expression is not None
    assert (expression.is_satisfied_by(FREE), expression.names(FREE)) == (satisfied, names)
