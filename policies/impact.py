"""What would a policy do to a variant, and what would change against the policy before? Counted; nothing is changed.

Works on batches, so that memory does not grow with the number of images.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from policies.document import Policy
from policies.evaluate import Pending
from policies.vectorised import Codes, Evaluated, column_codes, evaluate_batch
from policies.verdicts import Action, Verdict

Outcome = Verdict | Pending


@dataclass(frozen=True, slots=True)
class Change:
    """Images whose outcome another policy changes.

    Attributes:
        before: under the previous policy.
        after: under the policy that is measured.
        count: how many.
        example: the path of the first of them.
    """

    before: Outcome
    after: Outcome
    count: int
    example: str


@dataclass(frozen=True, slots=True)
class ClassImpact:
    """What is left of one class: images that certainly stay, and images that may stay once faces are looked for."""

    label: str | None
    total: int
    stays: int
    may_stay: int


@dataclass(frozen=True, slots=True)
class Impact:
    """The effect of a policy.

    Attributes:
        outcomes: how many images get each outcome.
        classes: one for each label, sorted; images without one come first.
        changes: against the previous policy, the most frequent first; empty where there was none.
        splits: how many images of each split get each outcome; empty where no image says its split.
        conflicts_stay: images whose evidence of rights contradicts itself, and that may stay.
    """

    outcomes: Mapping[Outcome, int]
    classes: tuple[ClassImpact, ...]
    changes: tuple[Change, ...]
    splits: Mapping[tuple[str, Outcome], int] = field(default_factory=dict)
    conflicts_stay: int = 0

    @property
    def total(self) -> int:
        """How many images were looked at: the outcomes add up to it."""
        return sum(self.outcomes.values())

    def by_rule(self) -> Mapping[str, int]:
        """How many images each rule decides; those that wait are not counted."""
        counts: Counter[str] = Counter()
        for outcome, count in self.outcomes.items():
            if isinstance(outcome, Verdict):
                counts[outcome.rule] += count
        return counts

    def vanishing(self) -> tuple[str | None, ...]:
        """Labels of which nothing can be left."""
        return tuple(found.label for found in self.classes if found.may_stay == 0)

    def under(self, floor: int) -> tuple[str | None, ...]:
        """Labels that had at least `floor` images and may have fewer afterwards."""
        return tuple(found.label for found in self.classes if found.stays < floor <= found.total)


@dataclass
class _Tally:
    by_label: Counter[tuple[str | None, Outcome]] = field(default_factory=Counter)
    changes: Counter[tuple[Outcome, Outcome]] = field(default_factory=Counter)
    examples: dict[tuple[Outcome, Outcome], str] = field(default_factory=dict)
    splits: Counter[tuple[str, Outcome]] = field(default_factory=Counter)
    conflicts_stay: int = 0

    def add(self, batch: pa.RecordBatch, after: Evaluated, before: Evaluated | None) -> None:
        words, labels = column_codes(batch, "label")
        for (label, outcome), (count, _) in _pairs(labels, after.codes, len(after.outcomes)).items():
            self.by_label[words[label], after.outcomes[outcome]] += count
        names, splits = column_codes(batch, "split")
        for (split, outcome), (count, _) in _pairs(splits, after.codes, len(after.outcomes)).items():
            if (name := names[split]) is not None:
                self.splits[name, after.outcomes[outcome]] += count
        if "rights_conflicts" in batch.schema.names:
            is_contested = pc.greater(batch.column("rights_conflicts"), 0).fill_null(fill_value=False)
            self.conflicts_stay += int((is_contested.to_numpy(zero_copy_only=False) & ~certainly_gone(after)).sum())
        if before is None:
            return
        for (old, new), (count, row) in _pairs(before.codes, after.codes, len(after.outcomes)).items():
            change = before.outcomes[old], after.outcomes[new]
            if change[0] != change[1]:
                self.changes[change] += count
                self.examples.setdefault(change, str(batch.column("path")[row]))


def measure(
    policy: Policy,
    batches: Iterable[pa.RecordBatch],
    previous: Policy | None = None,
    gone: Callable[[pa.RecordBatch], None] | None = None,
) -> Impact:
    """The effect of the policy on the images of all batches, and what it changes against the previous one.

    Args:
        policy: to be measured.
        batches: columns as `policies.vectorised.evaluate_batch` wants them.
        previous: what was in force before; None where nothing was.
        gone: is shown the rows of each batch that the policy certainly excludes.
    """
    tally = _Tally()
    for batch in batches:
        before = None if previous is None else evaluate_batch(previous, batch)
        after = evaluate_batch(policy, batch)
        tally.add(batch, after, before)
        if gone is not None:
            gone(batch.filter(pa.array(certainly_gone(after))))
    outcomes: Counter[Outcome] = Counter()
    for (_, outcome), count in tally.by_label.items():
        outcomes[outcome] += count
    changes = (Change(*change, count, tally.examples[change]) for change, count in tally.changes.most_common())
    return Impact(outcomes, _classes(tally.by_label), tuple(changes), tally.splits, tally.conflicts_stay)


def certainly_gone(evaluated: Evaluated) -> npt.NDArray[np.bool_]:
    """(rows,) whether the image is excluded whatever is found in it."""
    is_gone = [_possible(outcome) == {Action.EXCLUDE} for outcome in evaluated.outcomes]
    return np.array(is_gone, dtype=bool)[evaluated.codes]


def _possible(outcome: Outcome) -> set[Action]:
    return set(outcome.candidates) if isinstance(outcome, Pending) else {outcome.action}


def _pairs(left: Codes, right: Codes, right_count: int) -> dict[tuple[int, int], tuple[int, int]]:
    """How often each pair of codes occurs, and the first row where it does."""
    pairs, first, counts = np.unique(left * right_count + right, return_index=True, return_counts=True)
    return {
        (int(pair) // right_count, int(pair) % right_count): (int(count), int(row))
        for pair, row, count in zip(pairs, first, counts, strict=True)
    }


def _classes(by_label: Counter[tuple[str | None, Outcome]]) -> tuple[ClassImpact, ...]:
    found: dict[str | None, list[int]] = {}
    for (label, outcome), count in by_label.items():
        possible = _possible(outcome)
        sums = found.setdefault(label, [0, 0, 0])
        sums[0] += count
        sums[1] += count if Action.EXCLUDE not in possible else 0
        sums[2] += count if possible != {Action.EXCLUDE} else 0
    labels = sorted(found, key=lambda label: (label is not None, label or ""))
    return tuple(ClassImpact(label, *found[label]) for label in labels)
