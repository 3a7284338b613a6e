import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.catalogue import decided
from registry.catalogue.decided import Decided
from registry.errors import InvalidInputError

PLACES = st.lists(st.tuples(*[st.integers(0, 20_000)] * 4), max_size=3, unique=True).map(sorted).map(tuple)
SAID = st.dictionaries(
    st.text("0123456789abcdef", min_size=64, max_size=64), st.builds(Decided, PLACES, PLACES, PLACES)
)


def written(said: dict[str, Decided]) -> bytes:
    out = io.BytesIO()
    decided.write(said, out)
    return out.getvalue()


@given(SAID)
def test_what_is_written_is_read_back(said: dict[str, Decided]) -> None:
    assert decided.read(io.BytesIO(written(said))) == said


def test_equal_knowledge_has_equal_bytes_in_whatever_order_it_came() -> None:
    one, two = Decided(faces=((5, 5, 6, 6), (1, 2, 3, 4))), Decided(left=((1, 2, 3, 4),))
    here, there = {"b" * 64: one, "a" * 64: two}, {"a" * 64: two, "b" * 64: Decided(faces=one.faces[::-1])}
    assert written(here) == written(there)
    assert written(here).splitlines()[1] == (
        b'{"faces":[[1,2,3,4],[5,5,6,6]],"hidden":[],"left":[],"sha256":"' + b"b" * 64 + b'"}'
    )


@pytest.mark.parametrize(
    "line",
    [
        b"{}",
        b"[]",
        b"no json",
        b'{"sha256":"a","faces":1,"left":[],"hidden":[]}',
        b'{"sha256":"a","faces":[[1,2,3]],"left":[],"hidden":[]}',
    ],
)
def test_a_line_that_says_something_else_is_refused(line: bytes) -> None:
    with pytest.raises(InvalidInputError):
        decided.read([line])


def test_everywhere_that_something_was_decided() -> None:
    said = Decided(((1, 1, 2, 2),), ((2, 2, 3, 3),), ((3, 3, 4, 4),), ((4, 4, 5, 5),))
    assert said.places == {(1, 1, 2, 2), (2, 2, 3, 3), (3, 3, 4, 4), (4, 4, 5, 5)}


def test_what_is_only_proposed_is_not_obeyed_and_not_written_down() -> None:
    proposed = Decided(proposed=((1, 1, 2, 2),))
    assert not proposed.is_obeyed
    assert Decided(left=((1, 1, 2, 2),)).is_obeyed
    assert decided.read(io.BytesIO(written({"0" * 64: proposed}))) == {"0" * 64: Decided()}
