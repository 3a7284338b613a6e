"""How do kept, blurred and excluded images add up to all of them, and for which reasons?"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from registry.proof.manifest import Verdict

# What a plan says of images in which faces have not been looked for yet; a built release has none.
PENDING = "pending"


@dataclass(frozen=True, slots=True)
class Reason:
    """How many images of one verdict carry a reason. An image may carry several."""

    code: str
    count: int


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of an account: `keep`, `blur`, `exclude` or, in a plan, `pending`."""

    verdict: str
    count: int
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class Account:
    """The account of a release or of a plan over its parent.

    Attributes:
        total: images of the parent.
        entries: keep, blur, exclude, in this order, also where one is empty; then what is pending, if anything.
    """

    total: int
    entries: tuple[Entry, ...]

    @property
    def is_closed(self) -> bool:
        """Whether every image of the parent has exactly one verdict."""
        return sum(entry.count for entry in self.entries) == self.total

    @property
    def parts(self) -> tuple[tuple[str, int], ...]:
        """Verdicts and their counts, for a bar."""
        return tuple((entry.verdict, entry.count) for entry in self.entries)


def read(counts: Mapping[str, Any], total: int) -> Account:
    """The account that stands in `Release.plan` or `Release.counts`, over a parent of `total` images."""
    verdicts: Mapping[str, int] = counts["verdicts"]
    lines = [verdict.value for verdict in Verdict] + ([PENDING] if verdicts.get(PENDING) else [])
    return Account(
        total,
        tuple(Entry(line, verdicts.get(line, 0), _reasons(counts["reasons"].get(line, {}))) for line in lines),
    )


def _reasons(counts: Mapping[str, int]) -> tuple[Reason, ...]:
    """The most frequent first, equals by their code."""
    return tuple(Reason(code, count) for code, count in sorted(counts.items(), key=lambda it: (-it[1], it[0])))
