import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.catalogue.taxonomy.graph import PERSON, Depths, Taxonomy
from registry.errors import NotFoundError
from tests.factories.wordnet import (
    ALONE,
    ANIMAL,
    COOK,
    DOG,
    ENTITY,
    LAP_DOG,
    REX,
    SAILOR,
    SYNSETS,
    TOY,
    WORDNET,
    edges_of,
)

IDS = [f"n{number:08d}" for number in range(8)]
# Edges lead from a lower to a higher number only, so none of them closes a cycle.
GRAPHS = st.sets(st.tuples(st.sampled_from(IDS), st.sampled_from(IDS)).filter(lambda edge: edge[0] < edge[1])).map(
    lambda edges: Taxonomy({}, tuple(sorted(edges)))
)


def test_hyponyms_and_instances_are_told_apart() -> None:
    assert WORDNET.below(DOG) == {LAP_DOG}
    assert WORDNET.below(DOG, instances=True) == {LAP_DOG, REX}
    assert WORDNET.below(PERSON) == {SAILOR, COOK}


def test_a_synset_with_two_parents_is_counted_once() -> None:
    assert len(WORDNET.below(ENTITY)) == 7
    assert WORDNET.above(LAP_DOG) == {DOG, ANIMAL, TOY, ENTITY}
    assert WORDNET.above(REX) == {DOG, ANIMAL, ENTITY}
    assert WORDNET.above(ENTITY) == frozenset()


def test_depth_is_told_by_the_shortest_and_the_longest_way() -> None:
    assert WORDNET.depths(LAP_DOG) == Depths(fewest=2, most=3)
    assert WORDNET.depths(ENTITY) == Depths(0, 0)
    assert WORDNET.depths(REX) == Depths(3, 3)


def test_every_way_down_from_a_root_is_a_path() -> None:
    assert WORDNET.paths(LAP_DOG) == ((ENTITY, ANIMAL, DOG, LAP_DOG), (ENTITY, TOY, LAP_DOG))
    assert WORDNET.paths(ENTITY) == ((ENTITY,),)


def test_the_lowest_common_synsets_lie_above_both_and_not_above_one_another() -> None:
    assert WORDNET.common(LAP_DOG, COOK) == (TOY,)
    assert WORDNET.common(REX, LAP_DOG) == (DOG,)
    assert WORDNET.common(DOG, LAP_DOG) == (DOG,)
    assert WORDNET.common(DOG, PERSON) == (ENTITY,)


def test_two_synsets_without_a_common_root_have_nothing_in_common() -> None:
    apart = Taxonomy({}, ((ENTITY, ANIMAL), (TOY, COOK)))
    assert apart.common(ANIMAL, COOK) == ()
    assert apart.roots == (ENTITY, TOY)


def test_several_parents_parents_outside_and_lonely_synsets_are_found() -> None:
    assert WORDNET.with_several_parents(SYNSETS) == (LAP_DOG, COOK)
    assert WORDNET.with_parent_outside(WORDNET.below(PERSON), PERSON) == (COOK,)
    assert WORDNET.without_edge(SYNSETS) == (REX, ALONE)


def test_words_of_a_kind_of_person_and_of_a_person_are_sensitive() -> None:
    assert [wnid for wnid in SYNSETS if WORDNET.is_sensitive(wnid)] == [SAILOR, COOK, ALONE]


def test_a_synset_that_the_taxonomy_does_not_have_is_not_found() -> None:
    WORDNET.require(ALONE)
    with pytest.raises(NotFoundError, match="n99999999"):
        WORDNET.require("n99999999")


@given(GRAPHS, st.sampled_from(IDS))
def test_below_is_the_inverse_of_above(taxonomy: Taxonomy, wnid: str) -> None:
    assert taxonomy.above(wnid) == {other for other in IDS if wnid in taxonomy.below(other)}


@given(GRAPHS, st.sampled_from(IDS))
def test_depths_are_those_of_the_paths(taxonomy: Taxonomy, wnid: str) -> None:
    steps = [len(way) - 1 for way in taxonomy.paths(wnid)]
    depths = taxonomy.depths(wnid)
    if len(steps) < 20:
        assert (depths.fewest, depths.most) == (min(steps), max(steps))


@given(GRAPHS, st.sampled_from(IDS), st.sampled_from(IDS))
def test_what_is_common_lies_above_both(taxonomy: Taxonomy, one: str, other: str) -> None:
    lowest = taxonomy.common(one, other)
    shared = (taxonomy.above(one) | {one}) & (taxonomy.above(other) | {other})
    assert set(lowest) <= shared
    assert shared == set(lowest).union(*(taxonomy.above(wnid) for wnid in lowest))


@given(GRAPHS, st.sampled_from(IDS))
def test_policies_and_catalogue_agree_on_a_subtree(taxonomy: Taxonomy, wnid: str) -> None:
    assert edges_of(*taxonomy.kinds).subtree(wnid) == taxonomy.below(wnid) | {wnid}
