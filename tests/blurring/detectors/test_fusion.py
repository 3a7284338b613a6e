import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from blurring.detectors import fusion
from blurring.recipe import Fusion, Look, Scale

PLAIN = Fusion(
    scales=(
        Scale(scale=1, looks=(Look.PLAIN,), weight=0.5, weight_by_size=0),
        Scale(scale=2, looks=(Look.PLAIN, Look.MIRRORED), weight=0.5, weight_by_size=0),
    ),
    gate=0,
    overlap_min=0.3,
    floor=0.03,
    seed_min=0.05,
    bias=0,
    size=0,
    size_squared=0,
)
NOTHING = np.zeros((0, 5))


def row(left: float, score: float, side: float = 16) -> fusion.Rows:
    return np.array([[left, 0, left + side, side, score]])


def log_odds(score: float) -> float:
    return math.log(score / (1 - score))


def test_what_nobody_saw_is_not_there() -> None:
    assert fusion.fused([[NOTHING], [NOTHING, NOTHING]], PLAIN).shape == (0, 6)


def test_a_face_that_every_look_saw_is_one_face_as_sure_as_they_are() -> None:
    result = fusion.fused([[row(0, 0.9)], [row(0, 0.9), row(0, 0.9)]], PLAIN)
    assert result.shape == (1, 6)
    assert result[0] == pytest.approx([0, 0, 16, 16, 0.9, 0.9])


def test_what_the_surest_look_said_is_kept_beside_what_all_say() -> None:
    result = fusion.fused([[row(0, 0.2)], [row(1, 0.7), NOTHING]], PLAIN)
    assert result[0, fusion.SUREST] == 0.7
    assert result[0, fusion.SCORE] < 0.7


def test_a_look_that_saw_nothing_counts_with_the_floor() -> None:
    result = fusion.fused([[row(0, 0.9)], [NOTHING, NOTHING]], PLAIN)
    expected = 0.5 * log_odds(0.9) + 0.5 * log_odds(0.03)
    assert result[0, 4] == pytest.approx(1 / (1 + math.exp(-expected)))


def test_the_looks_of_one_scale_are_averaged() -> None:
    result = fusion.fused([[NOTHING], [row(0, 0.9), NOTHING]], PLAIN)
    expected = 0.5 * log_odds(0.03) + 0.25 * (log_odds(0.9) + log_odds(0.03))
    assert result[0, 4] == pytest.approx(1 / (1 + math.exp(-expected)))


def test_the_size_of_the_face_decides_whom_to_believe() -> None:
    wise = PLAIN.model_copy(
        update={
            "scales": (
                Scale(scale=1, looks=(Look.PLAIN,), weight=1, weight_by_size=1),
                Scale(scale=2, looks=(Look.PLAIN,), weight=1, weight_by_size=-1),
            )
        }
    )
    native, doubled = [[row(0, 0.9, 64)], [NOTHING]], [[NOTHING], [row(0, 0.9, 64)]]
    assert fusion.fused(native, wise)[0, 4] > fusion.fused(doubled, wise)[0, 4]


def test_size_itself_is_evidence() -> None:
    big = PLAIN.model_copy(update={"size": 1.0, "size_squared": 0.1})
    views = [[[row(0, 0.5, side)], [NOTHING, NOTHING]] for side in (16, 64)]
    small_score, large_score = (fusion.fused(view, big)[0, 4] for view in views)
    assert small_score < large_score


def test_the_box_lies_where_the_surer_looks_put_it() -> None:
    result = fusion.fused([[row(0, 0.9)], [row(4, 0.1), NOTHING]], PLAIN)
    assert 0 < result[0, 0] < 0.1


def test_faces_apart_stay_apart() -> None:
    result = fusion.fused([[np.concatenate([row(0, 0.9), row(100, 0.8)])], [NOTHING, NOTHING]], PLAIN)
    assert sorted(result[:, 0]) == [0, 100]


def test_what_no_look_is_at_all_sure_of_is_no_face() -> None:
    assert len(fusion.fused([[row(0, 0.04)], [row(0, 0.04), NOTHING]], PLAIN)) == 0


def test_a_score_of_one_is_still_a_probability() -> None:
    result = fusion.fused([[row(0, 1.0)], [row(0, 1.0), row(0, 1.0)]], PLAIN)
    assert 0.99 < result[0, 4] < 1


def test_of_overlapping_rows_the_best_stays() -> None:
    rows = np.concatenate([row(0, 0.5), row(1, 0.9), row(40, 0.7)])
    assert [r[4] for r in fusion.suppressed(rows, 0.3)] == [0.9, 0.7]
    assert fusion.suppressed(NOTHING, 0.3).shape == (0, 5)


@settings(max_examples=60)
@given(st.lists(st.tuples(st.integers(0, 60), st.floats(0.05, 0.99)), max_size=8))
def test_the_order_of_the_rows_does_not_matter(drawn: list[tuple[int, float]]) -> None:
    unique = {score: left for left, score in drawn}
    rows = np.concatenate([NOTHING, *(row(left, score) for score, left in unique.items())])
    one = fusion.fused([[rows], [NOTHING, NOTHING]], PLAIN)
    other = fusion.fused([[rows[::-1]], [NOTHING, NOTHING]], PLAIN)
    assert np.allclose(one, other)
    assert ((one[:, 4] > 0) & (one[:, 4] < 1)).all()
