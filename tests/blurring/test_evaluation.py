import itertools
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from blurring import evaluation
from blurring.boxes import Box
from blurring.evaluation import Photograph, Share
from blurring.truth import Judged


def judged(left: int, side: int, label: str = "F", **more: str) -> Judged:
    return Judged(label=label, x0=left, y0=0, x1=left + side, y1=side, **more)


def seen(left: int, side: int, score: float = 0.9) -> Box:
    return Box(left, 0, left + side, side, score)


PHOTOGRAPHS = [
    Photograph((judged(0, 40, pose="frontal"), judged(100, 10)), (seen(0, 40, 0.9), seen(300, 10, 0.2))),
    Photograph((judged(0, 20, pose="profile", occlusion="partly"),), (seen(0, 20, 0.4),)),
    Photograph((judged(0, 40, "A"),), (seen(0, 40, 0.8),)),
    Photograph((), (seen(0, 40, 0.3),)),
    Photograph((), ()),
]


def test_recall_counts_the_faces_that_are_overlapped_enough() -> None:
    point = evaluation.point(PHOTOGRAPHS, 0.35)
    assert point.recall == Share(2, 3)
    assert point.recall_quoted == Share(2, 2)


def test_a_faceless_photograph_with_any_detection_is_touched() -> None:
    assert evaluation.point(PHOTOGRAPHS, 0.25).touched == Share(2, 3)
    assert evaluation.point(PHOTOGRAPHS, 0.5).touched == Share(1, 3)
    assert evaluation.point(PHOTOGRAPHS, 0.85).touched == Share(0, 3)


def test_a_face_that_nobody_found_is_still_shown_to_people_where_they_are_asked_about_its_photograph() -> None:
    missed = Photograph((judged(0, 40), judged(100, 10)), (seen(200, 20, 0.01),))
    asked = [*PHOTOGRAPHS, missed, replace(missed, is_asked=True)]
    assert evaluation.asked(asked) == Share(1, 7)
    assert evaluation.shown(asked, 0.35) == Share(3, 4)
    assert evaluation.shown([], 0.35) == evaluation.asked([]) == Share(0, 0)


def test_a_detection_on_a_doll_is_excused_and_counted_apart() -> None:
    assert evaluation.point(PHOTOGRAPHS, 0.25).excused == 1


def test_a_detection_that_hardly_overlaps_finds_nothing() -> None:
    assert not evaluation.is_found(Box(0, 0, 10, 10), [Box(6, 0, 16, 10)])
    assert evaluation.is_found(Box(0, 0, 10, 10), [Box(4, 0, 14, 10)])


def test_without_faces_and_without_photographs_nothing_is_claimed() -> None:
    point = evaluation.point([], 0.5)
    assert (point.recall, point.touched) == (Share(0, 0), Share(0, 0))
    assert point.recall.value == 0
    assert point.recall.interval == (0, 1)


def test_groups_are_by_size_pose_occlusion_and_tone() -> None:
    assert evaluation.by_size(PHOTOGRAPHS, 0.35) == {
        "008-015 px": Share(0, 1),
        "016-031 px": Share(1, 1),
        "032-063 px": Share(1, 1),
    }
    assert evaluation.by_pose(PHOTOGRAPHS, 0.5) == {"frontal": Share(1, 1), "profile": Share(0, 1)}
    assert evaluation.by_occlusion(PHOTOGRAPHS, 0.35) == {"partly": Share(1, 1)}
    assert evaluation.by_tone(PHOTOGRAPHS, 0.35) == {}
    toned = [Photograph((judged(0, 200), judged(300, 2)), (seen(0, 200),), ("6 dark", None))]
    assert evaluation.by_tone(toned, 0.5) == {"6 dark": Share(1, 1)}
    assert list(evaluation.by_size(toned, 0.5)) == ["000-007 px", "128 px and more"]


def test_recall_and_over_blur_rise_together() -> None:
    points = evaluation.curve(PHOTOGRAPHS, [0.1, 0.5, 0.3, 0.9, 0.5])
    assert [p.threshold for p in points] == [0.9, 0.5, 0.3, 0.1]
    for earlier, later in itertools.pairwise(points):
        assert earlier.recall.count <= later.recall.count
        assert earlier.touched.count <= later.touched.count


@pytest.mark.parametrize(
    ("share", "lower", "upper"),
    # As scipy.stats.binomtest(count, total).proportion_ci(method="wilson") has it.
    [(Share(0, 10), 0.0, 0.2775), (Share(5, 10), 0.2366, 0.7634), (Share(66, 70), 0.8621, 0.9776)],
)
def test_intervals_are_wilsons(share: Share, lower: float, upper: float) -> None:
    assert share.interval == pytest.approx((lower, upper), abs=5e-4)


@given(st.integers(0, 500), st.integers(1, 500))
def test_an_interval_holds_its_share_and_stays_a_share(count: int, extra: int) -> None:
    share = Share(count, count + extra)
    lower, upper = share.interval
    assert 0 <= lower <= share.value <= upper <= 1
