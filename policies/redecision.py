"""Does a release's record follow from its policy? Every verdict is decided again from the facts beside it."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Protocol

from policies.document import Policy
from policies.evaluate import Pending, evaluate
from policies.facts import ImageFacts
from policies.records import ELSEWHERE, decode
from policies.verdicts import METADATA_REMOVED, NOTHING_TO_BLUR, Action, Verdict

NOTES = frozenset({METADATA_REMOVED, NOTHING_TO_BLUR})
REMEMBERED = 1 << 16


class Recorded(Protocol):
    """The row of a release's manifest that a verdict stands in."""

    @property
    def path(self) -> str:
        """In manifest form."""
        ...

    @property
    def label(self) -> str | None:
        """The class, or None."""
        ...

    @property
    def size_bytes(self) -> int | None:
        """Of the parent's file, or None where it could not be read."""
        ...

    @property
    def verdict(self) -> str:
        """`keep`, `blur` or `exclude`."""
        ...

    @property
    def reasons(self) -> tuple[str, ...]:
        """Sorted codes."""
        ...


class Judge:
    """Decides each image of one release again.

    Most images share their facts with many others, so what was found once is remembered, within a limit.
    """

    def __init__(self, policy: Policy) -> None:
        self._policy = policy
        asked = {fact for rule in policy.document.rules for fact in rule.when.facts()}
        self._asks_for_label = bool(asked & {"label", "synset", "layer"})
        self._asks_for_more = bool(asked & ELSEWHERE - {"label", "synset", "takedown"})
        self._known: dict[object, str | None] = {}

    def wrong(self, row: Recorded, line: bytes) -> str | None:
        """What is wrong with the verdict of a row whose facts are in the line; None when it follows from the policy.

        Raises:
            RecordError: the line is not one of facts.
        """
        if self._asks_for_more:
            return self._judged(row, line)
        key = (line, row.label if self._asks_for_label else None, row.verdict, row.reasons)
        if key not in self._known:
            if len(self._known) >= REMEMBERED:
                self._known.clear()
            self._known[key] = self._judged(row, line)
        return self._known[key]

    def _judged(self, row: Recorded, line: bytes) -> str | None:
        facts = replace(decode(line), path=row.path, label=row.label, size_bytes=row.size_bytes)
        outcome = evaluate(self._policy, facts)
        if isinstance(outcome, Verdict) and _follows(row, outcome, facts):
            return None
        return f"is recorded as {_said(row.verdict, row.reasons)}, the policy says {_word(outcome)}"


def _follows(row: Recorded, outcome: Verdict, facts: ImageFacts) -> bool:
    """Whether the record is the outcome; a build adds notes, and keeps what it was to blur and has no face."""
    reasons = tuple(reason for reason in row.reasons if reason not in NOTES)
    if reasons != outcome.reasons:
        return False
    if row.verdict == outcome.action.value:
        return NOTHING_TO_BLUR not in row.reasons
    was_without_faces = NOTHING_TO_BLUR in row.reasons and facts.faces == 0
    return was_without_faces and outcome.action is Action.BLUR and row.verdict == Action.KEEP.value


def _word(outcome: Verdict | Pending) -> str:
    if isinstance(outcome, Pending):
        return f"nothing without {', '.join(sorted(outcome.needs))}"
    return _said(outcome.action.value, outcome.reasons)


def _said(verdict: str, reasons: Iterable[str]) -> str:
    return f"{verdict} ({', '.join(reasons)})"
