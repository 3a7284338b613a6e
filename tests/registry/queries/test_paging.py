from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry import ids
from registry.errors import InvalidInputError
from registry.queries import paging


@pytest.mark.parametrize("limit", [0, -1, paging.MAX_LIMIT + 1])
def test_a_page_of_no_size_or_of_too_many_is_refused(limit: int) -> None:
    with pytest.raises(InvalidInputError):
        paging.bounded(limit)


def test_a_page_of_a_good_size_is_itself() -> None:
    assert paging.bounded(paging.MAX_LIMIT) == paging.MAX_LIMIT


@given(st.lists(st.integers(min_value=0, max_value=9999), unique=True).map(sorted), st.integers(1, 7))
def test_pages_follow_each_other_without_gap_or_repetition(keys: list[int], limit: int) -> None:
    seen: list[int] = []
    after = -1
    while True:
        page = paging.cut([key for key in keys if key > after][: limit + 1], limit, str)
        seen += page.items
        assert len(page.items) <= limit
        if page.next is None:
            break
        after = int(page.next)
    assert seen == keys


def test_a_cursor_of_ids_is_an_id() -> None:
    identity = ids.new_id()
    assert paging.id_after(str(identity)) == identity
    assert isinstance(paging.id_after(str(identity)), UUID)


@pytest.mark.parametrize("cursor", ["", "1", "not-an-id", "' OR 1=1"])
def test_a_cursor_that_no_list_has_given_is_refused(cursor: str) -> None:
    with pytest.raises(InvalidInputError, match="page cursor"):
        paging.id_after(cursor)
