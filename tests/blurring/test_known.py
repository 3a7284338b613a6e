import pytest
from hypothesis import given
from hypothesis import strategies as st

from blurring import known
from blurring.boxes import Box
from blurring.known import NOTHING, Known, Zones

THRESHOLD = 0.5
SIZE = (100, 80)
WHOLE, OUTSIDE = Box(0, 0, *SIZE), Box(200, 200, 210, 210)
HERE, NEAR, ELSEWHERE = Box(10, 10, 30, 30, 0.9), Box(11, 11, 31, 31, 0.2), Box(60, 40, 70, 50, 0.3)


def zones(found: tuple[Box, ...], about: Known) -> Zones:
    return known.zones(found, about, THRESHOLD, *SIZE)


@st.composite
def boxes(draw: st.DrawFn) -> Box:
    """A box inside the picture, of some score."""
    left, top = draw(st.integers(0, 89)), draw(st.integers(0, 69))
    return Box(left, top, left + draw(st.integers(1, 10)), top + draw(st.integers(1, 10)), draw(st.floats(0, 1)))


SOME = st.lists(boxes(), max_size=5).map(tuple)


def test_without_knowledge_the_score_decides() -> None:
    assert zones((HERE, ELSEWHERE), NOTHING) == Zones((HERE,), (ELSEWHERE,), ())


def test_a_known_face_is_blurred_and_what_a_detector_says_of_it_counts_no_more() -> None:
    assert zones((NEAR, ELSEWHERE), Known(faces=(HERE,))) == Zones((HERE,), (ELSEWHERE,), ())


@pytest.mark.parametrize("found", [HERE, NEAR])
def test_what_a_person_has_called_no_face_is_left_and_still_told(found: Box) -> None:
    assert zones((found,), Known(left=(HERE,))) == Zones((), (), (found,))


def test_a_decision_reaches_no_further_than_its_box() -> None:
    beside = Box(22, 22, 42, 42, 0.9)
    assert zones((beside,), Known(left=(HERE,))) == Zones((beside,), (), ())


def test_a_face_that_is_known_twice_over_is_blurred_even_where_it_was_left() -> None:
    assert zones((NEAR,), Known(faces=(HERE,), left=(HERE,))) == Zones((HERE,), (), ())


def test_known_boxes_are_cut_at_the_edge() -> None:
    assert zones((), Known(faces=(Box(-5, -5, 10, 10),))) == Zones((Box(0, 0, 10, 10),), (), ())


def test_a_known_face_with_no_part_in_the_picture_is_a_question_about_all_of_it() -> None:
    about = Known(faces=(OUTSIDE, HERE), is_detected=False)
    assert zones((), about) == Zones((HERE,), (WHOLE,), ())


@pytest.mark.parametrize("decided", [Known(faces=(OUTSIDE, WHOLE)), Known(faces=(OUTSIDE,), left=(WHOLE,))])
def test_what_a_person_has_answered_about_the_whole_picture_is_not_asked_again(decided: Known) -> None:
    assert zones((), decided).doubtful == ()


@given(SOME, SOME, SOME)
def test_every_detection_is_in_exactly_one_zone_unless_a_known_face_stands_for_it(
    found: tuple[Box, ...], faces: tuple[Box, ...], left: tuple[Box, ...]
) -> None:
    result = zones(found, Known(faces, left))
    placed = [*result.faces[len(faces) :], *result.doubtful, *result.left]
    assert sorted(placed) == sorted(box for box in found if not known.is_among(box, faces))
    assert result.faces[: len(faces)] == faces


@given(SOME, SOME, st.randoms(use_true_random=False))
def test_the_order_of_decisions_does_not_matter(found: tuple[Box, ...], left: tuple[Box, ...], random: object) -> None:
    shuffled = list(left)
    random.shuffle(shuffled)  # type: ignore[attr-defined]  # Hypothesis types its randoms as objects
    assert zones(found, Known(left=tuple(shuffled))) == zones(found, Known(left=left))
