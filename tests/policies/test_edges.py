"""A graph of synsets is read by the column, and says the same as reading it line by line."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies import edges
from policies.edges import Edges
from policies.taxonomy import Taxonomy

WNIDS = st.integers(0, 9).map("n{:08d}".format)
PAIRS = st.lists(st.tuples(WNIDS, WNIDS), max_size=12)
PARTING = st.sampled_from([" ", "\t", "  ", " \t "])


def test_what_stands_below_is_told_for_many_at_once() -> None:
    graph = Edges.of([("n00000002", "n00000005"), ("n00000001", "n00000003"), ("n00000001", "n00000002")])
    assert edges.ids_of(graph.below(graph.upper[:1])) == ["n00000003", "n00000002"]
    assert graph.below(graph.lower[-1:]).size == 0
    assert graph.by_upper() == {"n00000001": ("n00000003", "n00000002"), "n00000002": ("n00000005",)}
    assert graph.reversed.by_upper()["n00000002"] == ("n00000001",)
    assert [graph.has(edges.number(wnid)) for wnid in ("n00000005", "n00000009")] == [True, False]


def test_no_edges_are_a_graph_too() -> None:
    assert Edges.of([]).by_upper() == {}
    assert Taxonomy.parse(b"").children == {}


@given(PAIRS, st.data())
def test_lines_are_read_alike_however_their_ids_are_parted(pairs: list[tuple[str, str]], data: st.DataObject) -> None:
    lines = [f"{upper}{data.draw(PARTING)}{lower}" for upper, lower in pairs]
    ending = data.draw(st.sampled_from(["", "\n"])) if lines else ""
    written = ("\n".join(lines) + ending).encode()
    below: dict[str, list[str]] = {}
    for upper, lower in pairs:
        below.setdefault(upper, []).append(lower)
    found = Taxonomy.parse(written).children
    assert {upper: sorted(lowers) for upper, lowers in found.items()} == {
        upper: sorted(lowers) for upper, lowers in below.items()
    }


@pytest.mark.parametrize("last", ["\n", ""])
def test_every_other_line_comes_with_its_number(last: str) -> None:
    written = f"head\nk\tn00000001\tn00000002\nk n00000001 n0000000x\n\nn00000001 n00000002{last}".encode()
    found = edges.read(written, (b"k\t", b""), (b"head",))
    assert [graph.by_upper() for graph in found.edges] == [{"n00000001": ("n00000002",)}] * 2
    assert found.others == ((3, b"k n00000001 n0000000x"), (4, b""))
