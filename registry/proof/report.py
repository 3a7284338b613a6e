"""What did a check find, step by step? Plain values that a page, a terminal and a machine can all show."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum

from registry.proof.canonical import JsonObject
from registry.proof.statement import Statement

MAX_FINDINGS = 10_000  # named per step; the rest is counted, so that a hostile copy cannot fill memory


class Outcome(StrEnum):
    """How a step ended."""

    OK = "ok"
    FAILED = "failed"
    SKIPPED = "skipped"


class Kind(StrEnum):
    """What is wrong with the thing that a finding names."""

    MISSING = "missing"
    EXTRA = "extra"
    ALTERED = "altered"
    RENAMED = "renamed"
    EXCLUDED = "excluded"
    WITHDRAWN = "withdrawn"
    LINK = "link"
    UNREADABLE = "unreadable"
    ACCOUNT = "account"


@dataclass(frozen=True)
class Finding:
    """One thing that is wrong: its kind, its path in the export, and a sentence."""

    kind: Kind
    path: str
    sentence: str


@dataclass
class Findings:
    """Findings of one step: the first ten thousand by name, all of them by number."""

    named: list[Finding] = field(default_factory=list)
    counts: dict[Kind, int] = field(default_factory=dict)

    def add(self, kind: Kind, path: str, sentence: str) -> None:
        """Note one more."""
        self.counts[kind] = self.counts.get(kind, 0) + 1
        if len(self.named) < MAX_FINDINGS:
            self.named.append(Finding(kind, path, sentence))

    def summary(self) -> str:
        """Such as `2 altered, 1 missing`."""
        return ", ".join(f"{count:,} {kind.value}" for kind, count in sorted(self.counts.items()))

    @property
    def total(self) -> int:
        """How many there are, named or not."""
        return sum(self.counts.values())


@dataclass(frozen=True)
class Step:
    """One numbered step: its name, how it ended, one line, and what is wrong."""

    number: int
    name: str
    outcome: Outcome
    line: str
    findings: tuple[Finding, ...] = ()
    findings_count: int = 0


@dataclass(frozen=True)
class Report:
    """Every step of one check.

    Attributes:
        release: the label that the export claims, or None where it could not be read.
        is_trusted: whether the keys came from a trust root that the auditor brought along.
        subject: the statement that was checked, or None where it could not be read.
        limit: what was looked at instead of all images, such as `ONE_IMAGE`; None when all were.
        checkpoint: the log's tree head to remember for the next time, where the export has one that holds.
    """

    release: str | None
    is_trusted: bool
    steps: tuple[Step, ...]
    subject: Statement | None = None
    limit: str | None = None
    checkpoint: bytes | None = None

    @property
    def is_ok(self) -> bool:
        """Whether something was checked and nothing failed."""
        outcomes = [step.outcome for step in self.steps]
        return Outcome.OK in outcomes and Outcome.FAILED not in outcomes

    def to_json(self) -> JsonObject:
        """The report as a JSON value."""
        return {
            "ok": self.is_ok,
            "release": self.release,
            "trusted": self.is_trusted,
            "steps": [_step(step) for step in self.steps],
        }


def _step(step: Step) -> JsonObject:
    return {
        "number": step.number,
        "name": step.name,
        "outcome": step.outcome.value,
        "line": step.line,
        "findings": _findings(step.findings),
        "findings_count": step.findings_count,
    }


def _findings(findings: Iterable[Finding]) -> list[JsonObject]:
    return [{"kind": finding.kind.value, "path": finding.path, "sentence": finding.sentence} for finding in findings]
