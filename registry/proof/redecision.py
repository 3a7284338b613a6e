"""Does every verdict follow from the policy and from the facts that the export carries beside its rows?

This room knows no policy: whoever checks brings a decider. Line N of the facts belongs to row N of the manifest.
"""

import re
from contextlib import ExitStack
from typing import BinaryIO

from registry.errors import InvalidInputError
from registry.proof import bundle, canonical
from registry.proof.audit import Audit, Judge, Skipped
from registry.proof.manifest import Row
from registry.proof.report import Findings, Kind

MAX_LINE_BYTES = 1 << 16
MAX_LIST_BYTES = 1 << 26
_DIGEST = re.compile(r"sha256:([0-9a-f]{64})")


class Redecision:
    """Shown every row once, in order; reads the facts of each beside it.

    Attributes:
        findings: verdicts that do not follow.
        count: how many rows were decided again.
        problem: why it could not be done to the end; empty where it could.
    """

    def __init__(self, lines: BinaryIO, judge: Judge | None, problem: str = "") -> None:
        self._lines, self._judge = lines, judge
        self.findings = Findings()
        self.count = 0
        self.problem = problem

    def add(self, rows: list[Row]) -> None:
        """Decide these rows again."""
        if self.problem or self._judge is None:
            return
        for row in rows:
            line = self._lines.readline(MAX_LINE_BYTES + 1)
            if not line.endswith(b"\n"):
                self.problem = f"{bundle.FACTS} ends, or has no whole line, at row {self.count + 1:,}"
                return
            try:
                wrong = self._judge(row, line[:-1])
            except InvalidInputError as error:
                self.problem = f"line {self.count + 1:,} of {bundle.FACTS}: {error.sentence}"
                return
            if wrong is not None:
                self.findings.add(Kind.ACCOUNT, row.path, wrong)
            self.count += 1

    def finish(self) -> None:
        """Note facts that belong to no row."""
        if not self.problem and self._lines.read(1):
            self.problem = f"{bundle.FACTS} has more lines than there are rows"


def lists(audit: Audit) -> dict[str, str]:
    """The files that the policy names and that lie here: digests by their names in the export."""
    if not audit.has(bundle.POLICY):
        return {}
    named = dict.fromkeys(_DIGEST.findall(audit.document(bundle.POLICY).decode("utf-8", "replace")))
    found = {f"{bundle.LISTS}/{name}": f"sha256:{name}" for name in named}
    return {name: digest for name, digest in found.items() if audit.has(name)}


def check_lists(audit: Audit) -> None:
    """Note each of these files whose bytes are others than its name says."""
    for name, digest in lists(audit).items():
        if canonical.digest(audit.document(name, MAX_LIST_BYTES)) != digest:
            audit.findings.add(Kind.ALTERED, name, "is not the file that the policy names")


def opened(audit: Audit, files: ExitStack) -> list[Redecision]:
    """What decides again, in a list of one; none where there are no facts, or nobody who can."""
    if audit.decider is None or bundle.FACTS not in audit.signed.files or not audit.has(bundle.FACTS):
        return []
    named = {digest: audit.document(name, MAX_LIST_BYTES) for name, digest in lists(audit).items()}
    judge, problem = None, ""
    try:
        judge = audit.decider(audit.document(bundle.POLICY), named)
    except InvalidInputError as error:
        problem = f"the policy cannot be run: {error.sentence}"
    return [Redecision(files.enter_context((audit.folder / bundle.FACTS).open("rb")), judge, problem)]


def finished(found: list[Redecision]) -> Redecision | None:
    """What `opened` gave, once every row came by."""
    for each in found:
        each.finish()
    return found[0] if found else None


def check(audit: Audit) -> str:
    """Every verdict and its reasons are what the policy says of the recorded facts."""
    if bundle.FACTS not in audit.signed.files:
        raise Skipped("the export does not carry the facts that it was decided by")
    if audit.decider is None:
        raise Skipped("nobody here can decide by a policy")
    if audit.redecision is None or audit.totals is None:
        raise Skipped("the manifest could not be read to its end")
    found = audit.redecision
    audit.findings = found.findings
    if found.problem:
        raise InvalidInputError(f"{found.problem[0].upper()}{found.problem[1:].rstrip('.')}.")
    if found.findings.total:
        return f"{found.findings.total:,} of {found.count:,} verdicts do not follow from the policy"
    return f"{found.count:,} verdicts follow from the policy and the facts of each image"
