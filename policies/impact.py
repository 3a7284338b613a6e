"""What would a policy do to a variant, and what would change against the policy before? Counted; nothing is changed.

Works on batches, so that memory does not grow with the number of images. A row may stand for many images that a policy
cannot tell apart: then it says for how many, and its path is that of the first.
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
from policies.vectorised import Codes, Evaluated, column_codes, compressed, evaluate_batch, first_rows
from policies.verdicts import Action, Verdict

Outcome = Verdict | Pending

# The column that says for how many images a row stands; without it, each stands for one.
IMAGES = "images"
EXAMPLES = 12


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
        examples: for each rule that excludes images, the paths of some of them, EXAMPLES at most.
    """

    outcomes: Mapping[Outcome, int]
    classes: tuple[ClassImpact, ...]
    changes: tuple[Change, ...]
    splits: Mapping[tuple[str, Outcome], int] = field(default_factory=dict)
    conflicts_stay: int = 0
    examples: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

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
    changed: dict[tuple[Outcome, Outcome], str] = field(default_factory=dict)
    gone: dict[str, list[str]] = field(default_factory=dict)
    splits: Counter[tuple[str, Outcome]] = field(default_factory=Counter)
    conflicts_stay: int = 0

    def add(self, batch: pa.RecordBatch, after: Evaluated, before: Evaluated | None) -> None:
        images = _images(batch)
        words, labels = column_codes(batch, "label")
        for (label, outcome), (count, _) in _pairs(labels, after, images).items():
            self.by_label[words[label], after.outcomes[outcome]] += count
        names, splits = column_codes(batch, "split")
        for (split, outcome), (count, _) in _pairs(splits, after, images).items():
            if (name := names[split]) is not None:
                self.splits[name, after.outcomes[outcome]] += count
        if "rights_conflicts" in batch.schema.names:
            is_contested = pc.greater(batch.column("rights_conflicts"), 0).fill_null(fill_value=False)
            stays = is_contested.to_numpy(zero_copy_only=False) & ~certainly_gone(after)
            self.conflicts_stay += int(images[stays].sum())
        self._name_some(batch, after)
        if before is None:
            return
        for (old, new), (count, row) in _pairs(before.codes, after, images).items():
            change = before.outcomes[old], after.outcomes[new]
            if change[0] != change[1]:
                self.changes[change] += count
                self.changed.setdefault(change, str(batch.column("path")[row]))

    def _name_some(self, batch: pa.RecordBatch, after: Evaluated) -> None:
        """Some images that a rule excludes are remembered."""
        for code, outcome in enumerate(after.outcomes):
            if isinstance(outcome, Verdict) and outcome.action is Action.EXCLUDE:
                named = self.gone.setdefault(outcome.rule, [])
                rows = np.flatnonzero(after.codes == code)[: EXAMPLES - len(named)]
                named += [str(batch.column("path")[row]) for row in rows.tolist()]


def _images(batch: pa.RecordBatch) -> Codes:
    """(rows,) for how many images each row stands."""
    if IMAGES not in batch.schema.names:
        return np.ones(batch.num_rows, dtype=np.int64)
    counts: Codes = batch.column(IMAGES).to_numpy(zero_copy_only=False)
    return counts


def measure(
    policy: Policy,
    batches: Iterable[pa.RecordBatch],
    previous: Policy | None = None,
    gone: Callable[[pa.RecordBatch], None] | None = None,
) -> Impact:
    """The effect of the policy on the images of all batches, and what it changes against the previous one.

    Args:
        policy: to be measured.
        batches: columns as `policies.vectorised.evaluate_batch` wants them, and perhaps `IMAGES`.
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
    changes = (Change(*change, count, tally.changed[change]) for change, count in tally.changes.most_common())
    return Impact(
        outcomes=outcomes,
        classes=_classes(tally.by_label),
        changes=tuple(changes),
        splits=tally.splits,
        conflicts_stay=tally.conflicts_stay,
        examples={rule: tuple(named) for rule, named in tally.gone.items()},
    )


def certainly_gone(evaluated: Evaluated) -> npt.NDArray[np.bool_]:
    """(rows,) whether the image is excluded whatever is found in it."""
    is_gone = [_possible(outcome) == {Action.EXCLUDE} for outcome in evaluated.outcomes]
    return np.array(is_gone, dtype=bool)[evaluated.codes]


def _possible(outcome: Outcome) -> set[Action]:
    return set(outcome.candidates) if isinstance(outcome, Pending) else {outcome.action}


def _pairs(left: Codes, right: Evaluated, images: Codes) -> dict[tuple[int, int], tuple[int, int]]:
    """For how many images each pair of a code and an outcome stands, and the first row where it does."""
    width = max(len(right.outcomes), 1)
    key = left * width + right.codes
    codes, count = compressed(key)
    counts = np.bincount(codes, weights=images, minlength=count)
    return {
        divmod(int(key[row]), width): (int(number), row)
        for row, number in zip(first_rows(codes, count), counts, strict=True)
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
