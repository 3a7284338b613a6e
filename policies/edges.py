"""Which synset is directly below which? Pairs of WordNet ids as numbers, so that a graph of them is opened at once.

An id is `n` and eight digits, and no more than its number: half a hundred thousand pairs are two short arrays.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

import numpy as np
import numpy.typing as npt

Numbers = npt.NDArray[np.int32]
Bytes = npt.NDArray[np.uint8]

_ID_BYTES = 9
_NEWLINE, _LETTER, _ZERO, _NINE = b"\nn09"
_PARTING = np.frombuffer(b" \t", np.uint8)
_POWERS = 10 ** np.arange(7, -1, -1)


@dataclass(frozen=True, eq=False)
class Edges:
    """Pairs of an upper and a lower synset, in the order of the upper ones; what was given first stays first.

    Attributes:
        upper: (edges,) ascending.
        lower: (edges,) what stands directly below each of them.
    """

    upper: Numbers
    lower: Numbers

    @classmethod
    def of(cls, pairs: Iterable[tuple[str, str]]) -> "Edges":
        """The edges that are given as ids, the upper one first."""
        numbers = np.array([(number(upper), number(lower)) for upper, lower in pairs], np.int32).reshape(-1, 2)
        return cls.between(numbers[:, 0], numbers[:, 1])

    @classmethod
    def between(cls, upper: Numbers, lower: Numbers) -> "Edges":
        """The edges whose numbers are given in any order."""
        order = np.argsort(upper, kind="stable")
        return cls(upper[order], lower[order])

    def joined(self, pairs: Iterable[tuple[str, str]]) -> "Edges":
        """These edges and others."""
        more = Edges.of(pairs)
        if not more.upper.size:
            return self
        return Edges.between(np.concatenate([self.upper, more.upper]), np.concatenate([self.lower, more.lower]))

    @cached_property
    def reversed(self) -> "Edges":
        """The same edges, seen from below."""
        return Edges.between(self.lower, self.upper)

    def below(self, synsets: Numbers) -> Numbers:
        """What stands directly below any of these, in no order; some perhaps twice."""
        first = np.searchsorted(self.upper, synsets, "left")
        counts = np.searchsorted(self.upper, synsets, "right") - first
        steps = np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts)
        found: Numbers = self.lower[np.repeat(first, counts) + steps]
        return found

    def has(self, synset: int) -> bool:
        """Whether an edge names it."""
        return bool((self.upper == synset).any() or (self.lower == synset).any())

    def by_upper(self) -> Mapping[str, tuple[str, ...]]:
        """What stands directly below each synset that has anything below it, as ids."""
        uppers, first = np.unique(self.upper, return_index=True)
        names = ids_of(self.lower)
        spans = pairwise([*first.tolist(), len(names)])
        return {upper: tuple(names[start:end]) for upper, (start, end) in zip(ids_of(uppers), spans, strict=True)}


def number(wnid: str) -> int:
    """The number of an id."""
    return int(wnid[1:])


def ids_of(numbers: Numbers) -> list[str]:
    """The ids of these numbers, in their order."""
    return [f"n{each:08d}" for each in numbers.tolist()]


@dataclass(frozen=True, slots=True)
class Read:
    """What stands in a file of edges.

    Attributes:
        edges: for each head, those of the lines that are exactly the head, an id, a blank or tab, and an id.
        others: each line that is none of these, with its number, counted from 1.
    """

    edges: tuple[Edges, ...]
    others: tuple[tuple[int, bytes], ...]


def read(listed: bytes, heads: tuple[bytes, ...], passed_over: tuple[bytes, ...]) -> Read:
    """The edges of a file, and its lines that begin with nothing in `passed_over` and have another form."""
    text = np.frombuffer(listed + b"\n", np.uint8)
    ends = np.flatnonzero(text == _NEWLINE)
    # Behind the last newline, or in an empty file, is no further line.
    ends = ends if listed[-1:] not in (b"", b"\n") else ends[:-1]
    starts = np.concatenate([[0], ends + 1])[:-1]
    is_known = np.zeros(len(ends), dtype=bool)
    for begin in passed_over:
        is_known |= _begins(text, starts, begin)
    edges = []
    for head in heads:
        width = len(head) + 2 * _ID_BYTES + 1
        lines = np.flatnonzero((ends - starts == width) & _begins(text, starts, head))
        cells = text[starts[lines][:, None] + np.arange(len(head), width)]
        upper, lower, is_edge = _pairs(cells)
        is_known[lines[is_edge]] = True
        edges.append(Edges.between(upper[is_edge], lower[is_edge]))
    others = np.flatnonzero(~is_known).tolist()
    return Read(tuple(edges), tuple((line + 1, listed[starts[line] : ends[line]]) for line in others))


def _begins(text: Bytes, starts: npt.NDArray[np.int64], begin: bytes) -> npt.NDArray[np.bool_]:
    """(lines,) whether each line begins so; a newline ends what is compared, because `begin` has none."""
    does = np.ones(len(starts), dtype=bool)
    for place, byte in enumerate(begin):
        does &= text[np.minimum(starts + place, len(text) - 1)] == byte
    return does


def _pairs(cells: Bytes) -> tuple[Numbers, Numbers, npt.NDArray[np.bool_]]:
    """The two numbers that each row of nineteen bytes writes, and whether it is two ids, parted by a blank or a tab."""
    ids = np.stack([cells[:, :_ID_BYTES], cells[:, -_ID_BYTES:]])
    digits = ids[:, :, 1:]
    is_id = (ids[:, :, 0] == _LETTER) & ((digits >= _ZERO) & (digits <= _NINE)).all(axis=2)
    upper, lower = ((digits.astype(np.int32) - _ZERO) @ _POWERS).astype(np.int32)
    return upper, lower, is_id.all(axis=0) & np.isin(cells[:, _ID_BYTES], _PARTING)
