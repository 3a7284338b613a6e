import sys
from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from registry.catalogue.layers.content import Row
from registry.catalogue.votes import quality
from registry.errors import InvalidInputError, UnavailableError
from tests.factories.layers import CAT, DOG


def votes(*said: tuple[str, str, str | None, int], label: str = CAT) -> list[Row]:
    """Rows of a layer: image, answer, worker, votes."""
    return [(image, label, answer, worker, count) for image, answer, worker, count in said]


def test_votes_that_nobody_signed_are_counted() -> None:
    found = quality.measure(
        votes(("a", CAT, None, 2), ("a", DOG, None, 3), ("a", "both", None, 0), ("b", CAT, None, 5))
    )
    assert [row[:6] for row in found.rows] == [("a", CAT, DOG, 0.4, None, None), ("b", CAT, CAT, 1.0, None, None)]
    assert found.workers == 0
    assert [row[0] for row in found.below(0.5)] == ["a"]
    assert [(it.label, it.questions, it.votes) for it in found.synsets] == [(CAT, 2, 10)]
    assert found.rows[0][6] == found.synsets[0].alpha == found.alpha


def test_yes_confirms_the_label_and_of_equal_answers_the_label_stands() -> None:
    found = quality.measure(
        votes(("a", "no", None, 1), ("a", "yes", None, 1), ("b", DOG, None, 1), ("b", "both", None, 1))
    )
    assert [(row[2], row[3]) for row in found.rows] == [("yes", 0.5), ("both", 0.0)]
    assert found.below(0.5)[0][0] == "b"


def test_a_question_that_nobody_answered_is_left_out() -> None:
    found = quality.measure(votes(("a", CAT, None, 0), ("b", CAT, None, 2)))
    assert [row[0] for row in found.rows] == ["b"]
    assert found.alpha is None


def test_a_layer_without_a_vote_is_refused() -> None:
    with pytest.raises(InvalidInputError, match="no vote"):
        quality.measure(votes(("a", CAT, None, 0)))


def test_dawid_and_skene_believe_the_worker_who_is_right_elsewhere() -> None:
    said = []
    for number in range(12):
        truth = "yes" if number % 2 else "no"
        wrong = "no" if number % 2 else "yes"
        said += [(f"i{number:02d}", truth, f"good{worker}", 1) for worker in range(3)]
        said += [(f"i{number:02d}", wrong, "contrary", 1)]
    said += [("last", "yes", "good0", 1), ("last", "no", "contrary", 1)]
    found = quality.measure(votes(*said))
    assert found.workers == 4
    last = next(row for row in found.rows if row[0] == "last")
    assert last[4] == "yes"
    assert last[5] > 0.9


def test_agreement_is_that_of_the_published_example() -> None:
    # Krippendorff (2011), Computing Krippendorff's Alpha-Reliability, part A: two observers, ten units.
    said = list(zip("0100000000", "1110010010", strict=True))
    rows = [(f"u{unit}", answer, f"w{worker}", 1) for unit, of in enumerate(said) for worker, answer in enumerate(of)]
    assert quality.measure(votes(*rows)).alpha == pytest.approx(0.095, abs=5e-4)


@settings(max_examples=30)
@given(st.lists(st.lists(st.sampled_from("xyz"), min_size=2, max_size=4), min_size=2, max_size=8))
def test_agreement_is_one_less_observed_by_expected_disagreement(said: list[list[str]]) -> None:
    rows = [(f"u{unit}", answer, f"w{worker}", 1) for unit, of in enumerate(said) for worker, answer in enumerate(of)]
    alpha = quality.measure(votes(*rows)).alpha
    if len({answer for of in said for answer in of}) == 1:
        assert alpha is None
    else:
        assert alpha == pytest.approx(_alpha_by_hand(said), abs=1e-5)


def test_without_the_extra_the_sentence_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "crowdkit.metrics.data", None)
    with pytest.raises(UnavailableError, match=r"accession\[votes\]"):
        quality.measure(votes(("a", CAT, None, 2), ("a", DOG, None, 3)))


def _alpha_by_hand(said: list[list[str]]) -> float:
    """Krippendorff's alpha for nominal data from the coincidence matrix, as his paper defines it."""
    values = sorted({answer for of in said for answer in of})
    matrix = np.zeros((len(values), len(values)))
    for of in said:
        for one, other in product(range(len(of)), repeat=2):
            if one != other:
                matrix[values.index(of[one]), values.index(of[other])] += 1 / (len(of) - 1)
    margins, total = matrix.sum(axis=1), matrix.sum()
    observed = total - np.trace(matrix)
    expected = (total**2 - (margins**2).sum()) / (total - 1)
    return float(1 - observed / expected)
