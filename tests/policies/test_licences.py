"""An expression is what may be chosen; what cannot be read says nothing."""

from functools import reduce
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from license_expression import ExpressionError, LicenseSymbol, LicenseWithExceptionSymbol, Licensing

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
        ("a or B and c with d", _sets({"a"}, {"B", "c WITH d"})),
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
        "", "NOASSERTION", "A OR", "OR A", "A B", "(A", "A)", "A AND (B", "A WITH", "A WITH OR",
        "A And B", "A WITH B WITH C", "all rights reserved!",
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


# What anybody could mean by an expression, and what a hand that slipped could write.
ids = st.sampled_from(["A", "MIT", "GPL-2.0+", "LicenseRef-x", "DocumentRef-a:LicenseRef-b", "A WITH x", "B with y"])
meant = st.recursive(
    ids,
    lambda part: st.one_of(
        part.map(lambda inner: f"({inner})"),
        st.tuples(part, st.sampled_from(["AND", "OR", "and", "or"]), part).map(" ".join),
    ),
    max_leaves=10,
)
slipped = st.lists(st.sampled_from(["A", "B", "AND", "or", "WITH", "(", ")", "!"]), max_size=8).map(" ".join)
LIBRARY = Licensing()
# Where license-expression trips over a lone bracket or operator, the last two.
REFUSALS = (ExpressionError, IndexError, AssertionError)


def by_the_library(node: Any) -> frozenset[frozenset[str]]:  # noqa: ANN401 - the library has no types
    """The alternatives of what license-expression has read."""
    if isinstance(node, LicenseWithExceptionSymbol):
        return _sets({f"{node.license_symbol.key} WITH {node.exception_symbol.key}"})
    if isinstance(node, LicenseSymbol):
        return _sets({node.key})
    parts = [by_the_library(part) for part in node.args]
    if isinstance(node, LIBRARY.OR):
        return frozenset().union(*parts)
    return reduce(lambda left, right: frozenset(a | b for a in left for b in right), parts)


@given(meant)
def test_an_expression_means_what_license_expression_reads_in_it(text: str) -> None:
    assert parse(text) == Expression(by_the_library(LIBRARY.parse(text)))


@given(slipped)
def test_what_license_expression_refuses_says_nothing_here_and_the_rest_means_the_same(text: str) -> None:
    ours = parse(text)
    try:
        node = LIBRARY.parse(text)
    except REFUSALS:
        assert ours is None
    else:
        # Two ids side by side are one id to the library, whose ids may have blanks in them.
        assert ours is None or ours == Expression(by_the_library(node))
