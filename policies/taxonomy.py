"""Which synsets lie below a synset? The is-a graph of WordNet's nouns; some have two parents, so it is no tree.

It knows ids only: the words are never needed to decide, and some of them hurt.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from policies import edges
from policies.edges import Edges, Numbers
from policies.synsets import is_wnid

PATHS_SHOWN = 20
# The first line of a taxonomy that the registry keeps, and the words that begin its other lines.
KEPT_FORM, SYNSET, KIND, INSTANCE = "accession-taxonomy/1", "synset", "kind", "instance"


@dataclass(frozen=True)
class Taxonomy:
    """Synsets that are a kind of another, and those that are one of them.

    Attributes:
        kinds: from each synset to its direct hyponyms.
        instances: from each synset to its direct instances; None where the file does not tell them apart.
    """

    kinds: Edges
    instances: Edges | None = None

    @classmethod
    def parse(cls, listed: bytes) -> "Taxonomy":
        """The graph of a file in one of two forms.

        ImageNet's `wordnet.is_a.txt` has `parent child` on each line. What `accession taxonomy import` keeps tells
        hyponyms (`kind`) from instances.

        Raises:
            ValueError: a line is not of that form; the message names it.
        """
        if listed.partition(b"\n")[0].strip() != KEPT_FORM.encode():
            found = edges.read(listed, (b"",), ())
            return cls(found.edges[0].joined(_edge(line.split(), place) for place, line in found.others))
        heads, passed_over = (KIND, INSTANCE), (SYNSET, KEPT_FORM)
        found = edges.read(listed, tuple(f"{head}\t".encode() for head in heads), tuple(map(str.encode, passed_over)))
        others = [_kept(line, place) for place, line in found.others]
        kinds, instances = (
            known.joined(pair for what, pair in others if what == head)
            for head, known in zip(heads, found.edges, strict=True)
        )
        return cls(kinds, instances)

    @cached_property
    def children(self) -> Mapping[str, tuple[str, ...]]:
        """The direct hyponyms of each synset that has any."""
        return self.kinds.by_upper()

    @cached_property
    def parents(self) -> Mapping[str, tuple[str, ...]]:
        """The direct hypernyms of each synset that has any."""
        return self.kinds.reversed.by_upper()

    def __contains__(self, synset: str) -> bool:
        """True where some edge names the synset."""
        return any(known.has(edges.number(synset)) for known in self._followed(instances=True))

    def subtree(self, root: str, depth: int | None = None, *, instances: bool = False) -> frozenset[str]:
        """The root and every synset below it, each once however many ways lead there; a cycle does no harm.

        Args:
            root: where to start.
            depth: how many steps down at most; None for all.
            instances: follow what is one of a synset, too.
        """
        return frozenset(edges.ids_of(self._below(edges.number(root), depth, instances=instances)))

    def paths(self, root: str, synset: str, *, instances: bool = False) -> tuple[tuple[str, ...], ...]:
        """Ways down from the root to the synset, both named, sorted: PATHS_SHOWN at most, and perhaps none."""
        top, bottom = edges.number(root), edges.number(synset)
        inside = set(self._below(top, instances=instances).tolist())
        above = [known.reversed for known in self._followed(instances=instances)]
        waiting: list[tuple[int, ...]] = [(bottom,)] if bottom in inside else []
        found: list[tuple[int, ...]] = []
        while waiting and len(found) < PATHS_SHOWN:
            path = waiting.pop()
            if path[0] == top:
                found.append(path)
                continue
            parents = (parent for known in above for parent in known.below(np.array([path[0]])).tolist())
            waiting.extend((parent, *path) for parent in parents if parent in inside and parent not in path)
        return tuple(sorted(tuple(edges.ids_of(np.array(path))) for path in found))

    def _followed(self, *, instances: bool) -> tuple[Edges, ...]:
        return (self.kinds, self.instances) if instances and self.instances is not None else (self.kinds,)

    def _below(self, root: int, depth: int | None = None, *, instances: bool = False) -> Numbers:
        """The root and everything below it, ascending: step by step, all of a step at once."""
        followed = self._followed(instances=instances)
        reached = step = np.array([root], np.int32)
        while step.size and depth != 0:
            below = np.unique(np.concatenate([known.below(step) for known in followed]))
            step = np.setdiff1d(below, reached, assume_unique=True)
            reached = np.union1d(reached, step)
            depth = None if depth is None else depth - 1
        return reached


def _kept(line: bytes, place: int) -> tuple[str, tuple[str, str]]:
    """What a line of the kept form says that is parted in another way than we do."""
    what, *pair = line.split() or [b""]
    if what not in (KIND.encode(), INSTANCE.encode()):
        raise _strange(place)
    return what.decode(), _edge(pair, place)


def _edge(pair: list[bytes], place: int) -> tuple[str, str]:
    """The two ids of a line."""
    words = [word.decode("utf-8", "replace") for word in pair]
    if len(words) != len(("parent", "child")) or not all(map(is_wnid, words)):
        raise _strange(place)
    return words[0], words[1]


def _strange(place: int) -> ValueError:
    return ValueError(f"line {place} of the taxonomy is not `parent child`, two WordNet ids")
