from hypothesis import given
from hypothesis import strategies as st

from registry.queries import accounts
from registry.queries.accounts import PENDING, Reason

COUNTS = {
    "verdicts": {"exclude": 2, "keep": 3, "blur": 1},
    "reasons": {"keep": {"no-face-found": 3}, "exclude": {"empty": 1, "person-class": 1}},
}


def test_the_lines_stand_in_one_order_whatever_the_order_of_the_counts() -> None:
    account = accounts.read(COUNTS, 6)
    assert account.parts == (("keep", 3), ("blur", 1), ("exclude", 2))
    assert account.is_closed


def test_reasons_stand_under_their_verdict_the_most_frequent_first() -> None:
    counts = {"verdicts": {"keep": 9}, "reasons": {"keep": {"b": 2, "c": 5, "a": 2}}}
    assert accounts.read(counts, 9).entries[0].reasons == (Reason("c", 5), Reason("a", 2), Reason("b", 2))
    assert accounts.read(COUNTS, 6).entries[1].reasons == ()


def test_an_account_that_does_not_add_up_is_not_closed() -> None:
    assert not accounts.read(COUNTS, 7).is_closed


def test_a_plan_says_what_is_still_pending_and_a_release_does_not() -> None:
    verdicts = {"keep": 0, "exclude": 1, PENDING: 4}
    plan = {"verdicts": verdicts, "reasons": {PENDING: {"faces": 4}}}
    assert [entry.verdict for entry in accounts.read(plan, 5).entries] == ["keep", "blur", "exclude", PENDING]
    assert accounts.read(plan, 5).is_closed
    verdicts[PENDING] = 0
    assert PENDING not in [entry.verdict for entry in accounts.read(plan, 5).entries]


@given(st.lists(st.integers(0, 10**7), min_size=3, max_size=3), st.integers(0, 10**7))
def test_an_account_is_closed_exactly_when_the_three_add_up_to_the_whole(parts: list[int], total: int) -> None:
    counts = {"verdicts": dict(zip(("keep", "blur", "exclude"), parts, strict=True)), "reasons": {}}
    assert accounts.read(counts, total).is_closed is (sum(parts) == total)
