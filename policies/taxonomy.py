"""Which synsets lie below a synset? The is-a graph of WordNet's nouns; some have two parents, so it is no tree.

It knows ids only: the words are never needed to decide, and some of them hurt.
"""

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from policies.synsets import is_wnid

PATHS_SHOWN = 20
# The first line of a taxonomy that the registry keeps, and the words that begin its other lines.
KEPT_FORM, SYNSET, KIND, INSTANCE = "accession-taxonomy/1", "synset", "kind", "instance"


@dataclass(frozen=True)
class Taxonomy:
    """Synsets, the synsets that are a kind of them, and those that are one of them.

    Attributes:
        children: the direct hyponyms of each synset that has any, in the order of the file.
        instances: the direct instances of each synset that has any; None where the file does not tell them apart.
    """

    children: Mapping[str, tuple[str, ...]]
    instances: Mapping[str, tuple[str, ...]] | None = None

    @classmethod
    def parse(cls, listed: bytes) -> "Taxonomy":
        """The graph of a file in one of two forms.

        ImageNet's `wordnet.is_a.txt` has `parent child` on each line. What `accession taxonomy import` keeps tells
        hyponyms (`kind`) from instances.

        Raises:
            ValueError: a line is not of that form; the message names it.
        """
        lines = listed.decode("utf-8", "replace").splitlines()
        if lines[:1] == [KEPT_FORM]:
            return cls(_edges(lines, KIND), _edges(lines, INSTANCE))
        return cls(_edges([f"{KIND} {line}" for line in lines], KIND))

    @cached_property
    def parents(self) -> Mapping[str, tuple[str, ...]]:
        """The direct hypernyms of each synset that has any."""
        return _reversed(self.children)

    @cached_property
    def parents_with_instances(self) -> Mapping[str, tuple[str, ...]]:
        """The same, and what each synset is one of."""
        return _reversed(self.children, self.instances or {})

    def __contains__(self, synset: str) -> bool:
        """True where some edge names the synset."""
        return any(synset in edges for edges in (self.children, self.instances or {}, self.parents_with_instances))

    def subtree(self, root: str, depth: int | None = None, *, instances: bool = False) -> frozenset[str]:
        """The root and every synset below it, each once however many ways lead there; a cycle does no harm.

        Args:
            root: where to start.
            depth: how many steps down at most; None for all.
            instances: follow what is one of a synset, too.
        """
        below = (self.children, self.instances) if instances and self.instances else (self.children,)
        reached = {root: 0}
        waiting = deque([root])
        while waiting:
            synset = waiting.popleft()
            if reached[synset] == depth:
                continue
            for child in (child for edges in below for child in edges.get(synset, ())):
                if child not in reached:
                    reached[child] = reached[synset] + 1
                    waiting.append(child)
        return frozenset(reached)

    def paths(self, root: str, synset: str, *, instances: bool = False) -> tuple[tuple[str, ...], ...]:
        """Ways down from the root to the synset, both named, sorted: PATHS_SHOWN at most, and perhaps none."""
        inside = self.subtree(root, instances=instances)
        parents = self.parents_with_instances if instances else self.parents
        waiting: list[tuple[str, ...]] = [(synset,)] if synset in inside else []
        found: list[tuple[str, ...]] = []
        while waiting and len(found) < PATHS_SHOWN:
            path = waiting.pop()
            if path[0] == root:
                found.append(path)
                continue
            waiting.extend((parent, *path) for parent in parents[path[0]] if parent in inside and parent not in path)
        return tuple(sorted(found))


def _edges(lines: list[str], wanted: str) -> Mapping[str, tuple[str, ...]]:
    """The edges on the lines that begin with the word; lines about synsets have none."""
    children: dict[str, list[str]] = {}
    for number, line in enumerate(lines, start=1):
        if line.startswith((SYNSET, KEPT_FORM)):
            continue
        what, *pair = line.split() or [KIND]
        if what not in (KIND, INSTANCE) or len(pair) != 2 or not all(map(is_wnid, pair)):  # noqa: PLR2004 - a pair
            raise ValueError(f"line {number} of the taxonomy is not `parent child`, two WordNet ids")
        if what == wanted:
            children.setdefault(pair[0], []).append(pair[1])
    return {parent: tuple(found) for parent, found in children.items()}


def _reversed(*edges: Mapping[str, tuple[str, ...]]) -> Mapping[str, tuple[str, ...]]:
    """The parents of each child."""
    found: dict[str, list[str]] = {}
    for parent, children in (pair for each in edges for pair in each.items()):
        for child in children:
            found.setdefault(child, []).append(parent)
    return {child: tuple(parents) for child, parents in found.items()}
