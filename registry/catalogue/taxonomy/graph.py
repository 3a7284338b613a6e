"""What lies above and below a synset? The nouns of WordNet form no tree: some have two parents, some have no edge.

A hyponym is a kind of its parent (a dog is a kind of animal); an instance is one of them (Rex is a dog). The two are
told apart everywhere.
"""

from collections import deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

from policies import taxonomy as edges
from policies.edges import Edges
from registry.errors import NotFoundError

PERSON = "n00007846"

Edge = tuple[str, str]


@dataclass(frozen=True)
class Synset:
    """One concept: its words, separated by `, `, and what they mean; either may be empty."""

    words: str = ""
    gloss: str = ""


@dataclass(frozen=True)
class Depths:
    """The fewest and the most steps from a synset up to a root."""

    fewest: int
    most: int


@dataclass(frozen=True)
class Taxonomy:
    """Synsets and the edges between them; no edge closes a cycle.

    Attributes:
        synsets: by id.
        kinds: (parent, child) where the child is a kind of the parent.
        instances: (parent, child) where the child is one of them.
    """

    synsets: Mapping[str, Synset]
    kinds: tuple[Edge, ...]
    instances: tuple[Edge, ...] = ()

    @cached_property
    def by_kind(self) -> edges.Taxonomy:
        """The graph of hyponyms alone."""
        return edges.Taxonomy(Edges.of(self.kinds))

    @cached_property
    def with_instances(self) -> edges.Taxonomy:
        """The graph of hyponyms and instances."""
        return edges.Taxonomy(Edges.of((*self.kinds, *self.instances)))

    @property
    def roots(self) -> tuple[str, ...]:
        """Synsets with children and without a parent, in order."""
        graph = self.with_instances
        return tuple(sorted(graph.children.keys() - graph.parents.keys()))

    def require(self, wnid: str) -> None:
        """Nothing, when the taxonomy has the synset.

        Raises:
            NotFoundError: it has not.
        """
        if wnid not in self.synsets:
            raise NotFoundError(f"The taxonomy has no synset {wnid}.")

    def below(self, wnid: str, *, instances: bool = False) -> frozenset[str]:
        """Every synset below this one, itself not counted, each once however many ways lead there."""
        graph = self.with_instances if instances else self.by_kind
        return graph.subtree(wnid) - {wnid}

    def above(self, wnid: str) -> frozenset[str]:
        """Every synset above this one, itself not counted; instances have parents too."""
        return frozenset(self._distances_up(wnid)) - {wnid}

    def depths(self, wnid: str) -> Depths:
        """How far it is from this synset up to a root, by the shortest and by the longest way."""
        parents = self.with_instances.parents
        most: dict[str, int] = {}
        for synset in reversed(self._upward_order(wnid)):
            most[synset] = max((most[parent] + 1 for parent in parents.get(synset, ())), default=0)
        roots = (steps for synset, steps in self._distances_up(wnid).items() if synset not in parents)
        return Depths(min(roots), most[wnid])

    def paths(self, wnid: str) -> tuple[tuple[str, ...], ...]:
        """Ways from a root down to this synset, both named, sorted; of very many, only the first."""
        above = self._distances_up(wnid)
        tops = [synset for synset in above if synset not in self.with_instances.parents]
        return tuple(sorted(path for top in tops for path in self.with_instances.paths(top, wnid)))

    def common(self, one: str, other: str) -> tuple[str, ...]:
        """The lowest synsets that are, or lie above, both: none of them lies above another, in order."""
        shared = self._distances_up(one).keys() & self._distances_up(other).keys()
        higher = {above for synset in shared for above in self.with_instances.parents.get(synset, ())}
        return tuple(sorted(shared - higher))

    def with_several_parents(self, wnids: Iterable[str]) -> tuple[str, ...]:
        """Those of the synsets that are a kind of more than one thing, in order."""
        parents = self.by_kind.parents
        return tuple(sorted(wnid for wnid in wnids if len(parents.get(wnid, ())) > 1))

    def with_parent_outside(self, wnids: Iterable[str], root: str) -> tuple[str, ...]:
        """Those of the synsets that have a parent neither at nor below the root, in order."""
        inside = self.by_kind.subtree(root)
        parents = self.by_kind.parents
        return tuple(sorted(wnid for wnid in wnids if not inside.issuperset(parents.get(wnid, ()))))

    def without_edge(self, wnids: Iterable[str]) -> tuple[str, ...]:
        """Those of the synsets that are a kind of nothing and of which nothing is a kind, in order."""
        return tuple(sorted(wnid for wnid in wnids if wnid not in self.by_kind))

    def is_sensitive(self, wnid: str) -> bool:
        """Whether its words may hurt: they name a kind of person, or one."""
        return PERSON in self.above(wnid)

    def _distances_up(self, wnid: str) -> dict[str, int]:
        """The synset and everything above it, each with its fewest steps."""
        steps = {wnid: 0}
        waiting = deque([wnid])
        while waiting:
            synset = waiting.popleft()
            for parent in self.with_instances.parents.get(synset, ()):
                if parent not in steps:
                    steps[parent] = steps[synset] + 1
                    waiting.append(parent)
        return steps

    def _upward_order(self, wnid: str) -> list[str]:
        """The synset and everything above it, each before its parents (no edge closes a cycle)."""
        above = self._distances_up(wnid)
        parents = self.with_instances.parents
        waits = dict.fromkeys(above, 0)
        for synset in above:
            for parent in parents.get(synset, ()):
                waits[parent] += 1
        ready, order = [wnid], []
        while ready:
            synset = ready.pop()
            order.append(synset)
            for parent in parents.get(synset, ()):
                waits[parent] -= 1
                if not waits[parent]:
                    ready.append(parent)
        return order
