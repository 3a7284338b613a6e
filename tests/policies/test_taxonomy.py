"""A subtree is a graph: every synset once, however many ways lead to it, and a cycle does no harm."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.taxonomy import PATHS_SHOWN, Taxonomy
from tests.factories.policies import TAXONOMY

ROOT, PERSON, DOG, BOTH = "n00001740", "n00007846", "n02084071", "n10000002"
SMALL = Taxonomy.parse(TAXONOMY)
nodes = st.integers(0, 7).map("n{:08d}".format)
graphs = st.lists(st.tuples(nodes, nodes), max_size=20).map(
    lambda edges: Taxonomy.parse("\n".join(f"{parent} {child}" for parent, child in edges).encode())
)


def test_a_subtree_holds_its_root_and_everything_below_it_once() -> None:
    assert SMALL.subtree(PERSON) == {PERSON, "n09835506", "n10000001", BOTH}
    assert SMALL.subtree(DOG) == {DOG, BOTH}
    assert set(SMALL.parents[BOTH]) == {DOG, "n10000001"}


@pytest.mark.parametrize(("depth", "count"), [(0, 1), (1, 3), (2, 6), (9, 6)])
def test_a_subtree_down_to_a_depth(depth: int, count: int) -> None:
    assert len(SMALL.subtree(ROOT, depth)) == count


def test_a_synset_is_known_where_some_edge_names_it() -> None:
    assert [synset in SMALL for synset in (ROOT, BOTH, "n00000001")] == [True, True, False]


def test_every_way_down_to_a_synset_is_shown() -> None:
    assert SMALL.paths(ROOT, BOTH) == ((ROOT, PERSON, "n10000001", BOTH), (ROOT, DOG, BOTH))
    assert SMALL.paths(DOG, "n09835506") == ()
    assert SMALL.paths(DOG, DOG) == ((DOG,),)


def test_no_more_than_a_screenful_of_ways_is_shown() -> None:
    diamonds = [
        f"n{step:08d} n{step + 100 * side:08d}\nn{step + 100 * side:08d} n{step + 1:08d}"
        for step in range(6)
        for side in (1, 2)
    ]
    assert len(Taxonomy.parse("\n".join(diamonds).encode()).paths("n00000000", "n00000006")) == PATHS_SHOWN


@pytest.mark.parametrize("line", ["n00001740", "n00001740 dog", "n00001740 n00007846 n02084071", "\xff \xff"])
def test_a_line_that_is_no_edge_is_named(line: str) -> None:
    with pytest.raises(ValueError, match="line 2 of the taxonomy"):
        Taxonomy.parse(f"n00001740 n00007846\n{line}\n".encode("latin-1"))


@given(graphs, nodes)
def test_a_subtree_is_closed_and_each_of_its_synsets_has_a_way_down(graph: Taxonomy, root: str) -> None:
    subtree = graph.subtree(root)
    assert all(child in subtree for synset in subtree for child in graph.children.get(synset, ()))
    for synset in subtree:
        for path in graph.paths(root, synset):
            assert (path[0], path[-1], len(set(path))) == (root, synset, len(path))
        assert graph.paths(root, synset)


KEPT = b"""accession-taxonomy/1
instance\tn09835506\tn20000001
instance\tn20000001\tn20000002
kind\tn00007846\tn09835506
synset\tn00007846\tperson\tkind of words
synset\tn09835506\tballplayer\t
"""


def test_the_kept_form_may_be_parted_by_blanks_and_its_strange_lines_are_named() -> None:
    told = Taxonomy.parse(KEPT.replace(b"instance\tn09835506\t", b"instance n09835506 "))
    assert told.subtree(PERSON, instances=True) == Taxonomy.parse(KEPT).subtree(PERSON, instances=True)
    for line in (b"", b"sort\tn00007846\tn09835506", b"kind\tn00007846"):
        with pytest.raises(ValueError, match="line 2 of the taxonomy"):
            Taxonomy.parse(KEPT.replace(b"accession-taxonomy/1\n", b"accession-taxonomy/1\n" + line + b"\n"))


def test_instances_are_followed_only_when_they_are_asked_for() -> None:
    told = Taxonomy.parse(KEPT)
    assert told.subtree(PERSON) == {PERSON, "n09835506"}
    assert told.subtree(PERSON, instances=True) == {PERSON, "n09835506", "n20000001", "n20000002"}
    assert told.subtree(PERSON, 2, instances=True) == {PERSON, "n09835506", "n20000001"}
    assert [synset in told for synset in ("n20000002", "n20000003")] == [True, False]


def test_ways_lead_over_instances_only_when_they_are_asked_for() -> None:
    told = Taxonomy.parse(KEPT)
    assert told.paths(PERSON, "n20000001") == ()
    assert told.paths(PERSON, "n20000001", instances=True) == ((PERSON, "n09835506", "n20000001"),)


def test_a_file_that_does_not_tell_instances_apart_has_none() -> None:
    assert SMALL.instances is None
    assert SMALL.subtree(DOG, instances=True) == SMALL.subtree(DOG)
