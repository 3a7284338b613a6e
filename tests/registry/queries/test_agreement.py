"""What follows from words about one place, whoever says them in whatever order?"""

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.models.faces import FaceVerdict
from registry.queries.agreement import Settled, settled

RITA, RUTH, THIRD = (UUID(int=number) for number in (1, 2, 3))
FACE, NO_FACE, HIDDEN = FaceVerdict.FACE, FaceVerdict.NO_FACE, FaceVerdict.HIDDEN
WORDS = st.lists(st.tuples(st.sampled_from(FaceVerdict), st.sampled_from([RITA, RUTH, THIRD])), max_size=8)


@pytest.mark.parametrize(
    ("words", "follows"),
    [
        ([], Settled()),
        ([(NO_FACE, RITA)], Settled(None, NO_FACE, RITA)),
        ([(NO_FACE, RITA), (NO_FACE, RITA)], Settled(None, NO_FACE, RITA)),
        ([(NO_FACE, RITA), (NO_FACE, RUTH)], Settled(NO_FACE)),
        ([(NO_FACE, RITA), (FACE, RUTH)], Settled(FACE)),
        ([(NO_FACE, RITA), (FACE, RUTH), (NO_FACE, THIRD)], Settled(FACE, NO_FACE, THIRD)),
        ([(FACE, RITA), (NO_FACE, RITA), (NO_FACE, RUTH)], Settled(NO_FACE)),
        ([(NO_FACE, RITA), (NO_FACE, RUTH), (FACE, THIRD)], Settled(FACE)),
        ([(HIDDEN, RITA)], Settled(HIDDEN)),
        ([(FACE, RITA), (HIDDEN, RUTH)], Settled(FACE, HIDDEN, RUTH)),
        ([(FACE, RITA), (HIDDEN, RUTH), (NO_FACE, RITA)], Settled(FACE, NO_FACE, RITA)),
    ],
)
def test_a_blur_is_put_by_one_person_and_taken_away_by_two(
    words: list[tuple[FaceVerdict, UUID]], follows: Settled
) -> None:
    assert settled(words) == follows


@given(WORDS)
def test_nobody_alone_takes_a_blur_away(words: list[tuple[FaceVerdict, UUID]]) -> None:
    for verdict in (NO_FACE, HIDDEN):
        before = settled([*words, (FACE, RUTH)])
        assert settled([*words, (FACE, RUTH), *[(verdict, RITA)] * 3]) == Settled(before.verdict, verdict, RITA)


@given(WORDS)
def test_one_person_is_enough_for_a_blur(words: list[tuple[FaceVerdict, UUID]]) -> None:
    assert settled([*words, (FACE, RITA)]) == Settled(FACE)


@given(WORDS)
def test_no_face_stands_only_where_two_people_have_said_so(words: list[tuple[FaceVerdict, UUID]]) -> None:
    if settled(words).verdict is NO_FACE:
        assert len({person for verdict, person in words if verdict is NO_FACE}) > 1
