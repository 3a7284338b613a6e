"""Does a release's record follow from its policy? Every verdict is decided again from the facts that stand beside it.

What only the registry could know is taken from the record: that an image was held or taken down, and what turned out
to be wrong with a file when it was opened. Such an image can only have been excluded; that is checked.
"""

from collections.abc import Iterator
from dataclasses import dataclass, fields

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from policies.document import Policy
from policies.evaluate import Pending
from policies.facts import ImageFacts
from policies.vectorised import Codes, column_codes, evaluate_batch
from policies.verdicts import HOLD, TAKEDOWN, Verdict

# Stands between the parts of a record while it is one word; no reason code can hold it.
_BETWEEN = ","
FACTS = frozenset(field.name for field in fields(ImageFacts))


@dataclass(frozen=True, slots=True)
class Difference:
    """One image whose record does not follow from the policy; both sides as `verdict,reason,reason`."""

    path: str
    recorded: str
    decided: str


@dataclass(frozen=True, slots=True)
class BuildReasons:
    """Reason codes in a record that come from building the release, not from its policy.

    Attributes:
        defects: what can turn out to be wrong with a file after it was imported; excludes the image.
        notes: what was done to an image besides; changes no verdict.
    """

    defects: frozenset[str]
    notes: frozenset[str]


def differences(policy: Policy, batch: pa.RecordBatch, build: BuildReasons) -> Iterator[Difference]:
    """Every row whose verdict or reasons are not what the policy says, in the order of the rows.

    Args:
        policy: that the release was decided by.
        batch: rows of a release manifest: columns as `policies.vectorised.evaluate_batch` wants them, `verdict` (text)
            and `reasons` (list of texts).
        build: which reasons are not the policy's.
    """
    recorded, codes = _records(batch)
    evaluated = evaluate_batch(policy, _with_stops(batch, recorded, codes, build.defects))
    decided = [_word(outcome) for outcome in evaluated.outcomes]
    plain = [_without(word, build.notes) for word in recorded]
    agrees = np.array([[word == other for other in decided] for word in plain], dtype=bool)
    for row in np.flatnonzero(~agrees[codes, evaluated.codes]) if decided else ():
        path = str(batch.column("path")[int(row)])
        yield Difference(path, recorded[codes[row]], decided[evaluated.codes[row]])


def _records(batch: pa.RecordBatch) -> tuple[list[str], Codes]:
    """The different records as words, and the place of each row's among them."""
    reasons = pc.binary_join(batch.column("reasons"), _BETWEEN)
    words = pc.binary_join_element_wise(batch.column("verdict"), reasons, _BETWEEN)
    found, codes = column_codes(pa.RecordBatch.from_pydict({"recorded": words}), "recorded")
    return [str(word) for word in found], codes


def _without(record: str, notes: frozenset[str]) -> str:
    action, *reasons = record.split(_BETWEEN)
    return _BETWEEN.join((action, *(reason for reason in reasons if reason not in notes)))


def _word(outcome: Verdict | Pending) -> str:
    if isinstance(outcome, Pending):
        return f"undecided without {_BETWEEN.join(sorted(outcome.needs))}"
    return _BETWEEN.join((outcome.action, *outcome.reasons))


def _with_stops(batch: pa.RecordBatch, recorded: list[str], codes: Codes, late: frozenset[str]) -> pa.RecordBatch:
    """The batch with what the reasons say of holds, takedowns and late defects put as facts."""
    reasons = [frozenset(word.split(_BETWEEN)[1:]) for word in recorded]
    defects = pa.array([min(found & late, default=None) for found in reasons], pa.string()).take(pa.array(codes))
    columns = {name: batch.column(name) for name in batch.schema.names if name in FACTS}
    columns["defect"] = pc.coalesce(batch.column("defect"), defects)
    columns["is_held"] = pa.array(np.array([HOLD in found for found in reasons])[codes])
    columns["is_taken_down"] = pa.array(np.array([TAKEDOWN in found for found in reasons])[codes])
    return pa.RecordBatch.from_pydict(columns)
