"""What did an auditor find, in a form that others can rely on? An in-toto Simple Verification Result (SVR v0.1).

It states only what passed, and never more: a sample is called a sample, and keys that came from the export itself are
not called trusted. Refuses to be made from a check that failed.
"""

from datetime import datetime

from registry import clock
from registry.errors import NotVerifiedError
from registry.proof import canonical
from registry.proof.report import Outcome, Report
from registry.proof.statement import STATEMENT_TYPE

PREDICATE_TYPE = "https://in-toto.io/attestation/svr/v0.1"
VERIFIER = "urn:accession:verifier:v1:"

_PREFIX = "ACCESSION_"


def statement(report: Report, key_id: str, now: datetime) -> bytes:
    """The canonical JSON of the statement that the holder of this key verified what the report says.

    Raises:
        NotVerifiedError: the check failed.
    """
    if not report.is_ok or report.subject is None:
        raise NotVerifiedError("Only a check that passed has a result to sign.")
    folder, dir_hash = report.subject.payload
    return canonical.canonical_bytes(
        {
            "_type": STATEMENT_TYPE,
            "subject": [
                {"name": report.subject.datasheet.release, "digest": {"sha256": _hex(report.subject.digest())}},
                {"name": folder, "digest": {"dirHash": _hex(dir_hash)}},
            ],
            "predicateType": PREDICATE_TYPE,
            "predicate": {
                "verifier": {"id": VERIFIER + key_id},
                "timeCreated": clock.rfc3339(now),
                "properties": _properties(report),
            },
        }
    )


def _properties(report: Report) -> list[str]:
    """A name for each step that passed: the prefix and the step's own name in capitals."""
    passed = [step.name for step in report.steps if step.outcome is Outcome.OK]
    names = [_PREFIX + name.upper().replace(" ", "_") for name in passed]
    if not report.is_trusted:
        names.remove(_PREFIX + "KEYS_TRUSTED")
    if report.limit is not None:
        names[names.index(_PREFIX + "IMAGES")] = _PREFIX + report.limit
    return names


def _hex(digest: str) -> str:
    return digest.removeprefix("sha256:")
