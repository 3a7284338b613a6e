"""Nobody sits on two places, and nobody stands where somebody else could move up."""

from itertools import permutations

from hypothesis import given
from hypothesis import strategies as st

from policies import seats

ROLES = ["a", "b", "c"]


def test_somebody_moves_up_so_that_another_can_sit() -> None:
    people = {"both": frozenset("ab"), "one": frozenset("a")}
    assert seats.taken(["a", "b"], people) == 2
    assert seats.taken(["b", "b"], people) == 1
    assert seats.taken([], people) == seats.taken(["a"], {}) == 0


@given(
    st.lists(st.sampled_from(ROLES), max_size=4),
    st.dictionaries(st.sampled_from("pqrs"), st.frozensets(st.sampled_from(ROLES)), max_size=4),
)
def test_as_many_sit_as_in_the_best_of_all_orders(places: list[str], people: dict[str, frozenset[str]]) -> None:
    def in_order(order: tuple[str, ...]) -> int:
        return sum(role in people[person] for role, person in zip(order, people, strict=False))

    padded = [*places, *[""] * len(people)]
    best = max((in_order(order) for order in permutations(padded, len(people))), default=0)
    assert seats.taken(places, people) == best
