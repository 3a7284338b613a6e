"""Truth tables of four values, and the laws that make `PENDING` honest."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.truth import Truth, conjunction, disjunction, negation, truth_of

T, F, U, P = Truth.TRUE, Truth.FALSE, Truth.UNKNOWN, Truth.PENDING
truths = st.lists(st.sampled_from(Truth), max_size=4)


def test_booleans_become_truths() -> None:
    assert (truth_of(True), truth_of(False)) == (T, F)


@pytest.mark.parametrize(("truth", "expected"), [(T, F), (F, T), (U, U), (P, P)])
def test_negation_swaps_what_is_known(truth: Truth, expected: Truth) -> None:
    assert negation(truth) is expected


@pytest.mark.parametrize(
    ("left", "right", "both", "either"),
    [
        (T, T, T, T), (T, F, F, T), (T, U, U, T), (T, P, P, T),
        (F, T, F, T), (F, F, F, F), (F, U, F, U), (F, P, F, P),
        (U, T, U, T), (U, F, F, U), (U, U, U, U), (U, P, P, P),
        (P, T, P, T), (P, F, F, P), (P, U, P, P), (P, P, P, P),
    ],
)  # fmt: skip
def test_the_truth_tables(left: Truth, right: Truth, both: Truth, either: Truth) -> None:
    assert (conjunction([left, right]), disjunction([left, right])) == (both, either)


@given(truths)
def test_de_morgan_holds(parts: list[Truth]) -> None:
    assert negation(conjunction(parts)) is disjunction(map(negation, parts))


@given(truths)
def test_pending_is_said_exactly_where_looking_could_change_the_outcome_from_unknown_or_at_all(
    parts: list[Truth],
) -> None:
    places = [(T, F, U) if part is P else (part,) for part in parts]
    outcomes = {conjunction(resolved) for resolved in itertools.product(*places)}
    assert (conjunction(parts) is P) == (len(outcomes) > 1)
    if conjunction(parts) is not P:
        assert outcomes == {conjunction(parts)}
