"""Which synsets lie below a synset? The is-a graph of WordNet's nouns; some have two parents, so it is no tree.

It knows ids only: the words are never needed to decide, and some of them hurt.
"""

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from policies.synsets import is_wnid

PATHS_SHOWN = 20


@dataclass(frozen=True)
class Taxonomy:
    """Synsets and the synsets that are a kind of them.

    Attributes:
        children: the direct hyponyms of each synset that has any, in the order of the file.
    """

    children: Mapping[str, tuple[str, ...]]

    @classmethod
    def parse(cls, listed: bytes) -> "Taxonomy":
        """The graph of a file in the form of ImageNet's `wordnet.is_a.txt`: `parent child` on each line.

        Raises:
            ValueError: a line is not of that form; the message names it.
        """
        children: dict[str, list[str]] = {}
        for number, line in enumerate(listed.decode("ascii", "replace").splitlines(), start=1):
            pair = line.split()
            if len(pair) != 2 or not all(map(is_wnid, pair)):  # noqa: PLR2004 - a pair
                raise ValueError(f"line {number} of the taxonomy is not `parent child`, two WordNet ids")
            children.setdefault(pair[0], []).append(pair[1])
        return cls({parent: tuple(found) for parent, found in children.items()})

    @cached_property
    def parents(self) -> Mapping[str, tuple[str, ...]]:
        """The direct hypernyms of each synset that has any."""
        found: dict[str, list[str]] = {}
        for parent, children in self.children.items():
            for child in children:
                found.setdefault(child, []).append(parent)
        return {child: tuple(parents) for child, parents in found.items()}

    def __contains__(self, synset: str) -> bool:
        """True where some edge names the synset."""
        return synset in self.children or synset in self.parents

    def subtree(self, root: str, depth: int | None = None) -> frozenset[str]:
        """The root and every synset below it, each once however many ways lead there; a cycle does no harm.

        Args:
            root: where to start.
            depth: how many steps down at most; None for all.
        """
        reached = {root: 0}
        waiting = deque([root])
        while waiting:
            synset = waiting.popleft()
            if reached[synset] == depth:
                continue
            for child in self.children.get(synset, ()):
                if child not in reached:
                    reached[child] = reached[synset] + 1
                    waiting.append(child)
        return frozenset(reached)

    def paths(self, root: str, synset: str) -> tuple[tuple[str, ...], ...]:
        """Ways down from the root to the synset, both named, sorted: PATHS_SHOWN at most, and perhaps none."""
        inside = self.subtree(root)
        waiting: list[tuple[str, ...]] = [(synset,)] if synset in inside else []
        found: list[tuple[str, ...]] = []
        while waiting and len(found) < PATHS_SHOWN:
            path = waiting.pop()
            if path[0] == root:
                found.append(path)
                continue
            waiting.extend(
                (parent, *path) for parent in self.parents[path[0]] if parent in inside and parent not in path
            )
        return tuple(sorted(found))
