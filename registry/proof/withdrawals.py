"""Was anything in this release withdrawn since it was signed? Reads signed revocations that the auditor collected.

Only a trusted key's revocation counts, and a missing number is noticed: whoever hands out revocations cannot leave one
out in silence, except the newest.
"""

from pathlib import Path

from registry.errors import InvalidInputError, NotVerifiedError
from registry.proof import envelope, revocation
from registry.proof.audit import Audit, Skipped
from registry.proof.manifest import Row
from registry.proof.report import Findings, Kind
from registry.proof.revocation import Revocation
from registry.proof.trust import Purpose, Trust

SUFFIX = ".dsse.json"
MAX_FILES = 10_000
MAX_DIGESTS = 2_000_000


class Withdrawals:
    """What was withdrawn, by digest, and which images of a release that concerns.

    Attributes:
        documents: how many revocations there are.
        findings: the images of the rows that came by and were withdrawn.
    """

    def __init__(self, documents: list[Revocation]) -> None:
        self.documents = len(documents)
        self.findings = Findings()
        self._numbers = {
            digest.removeprefix("sha256:"): document.number for document in documents for digest in document.images
        }

    def add(self, rows: list[Row]) -> None:
        """Note those of the rows whose released bytes, or the bytes they were made from, were withdrawn."""
        for row in rows:
            number = self._numbers.get(row.output_sha256 or "") or self._numbers.get(row.sha256 or "")
            if number is not None and row.output_sha256 is not None:
                self.findings.add(Kind.WITHDRAWN, row.path, f"was withdrawn by revocation {number}")


def load(place: Path, trust: Trust) -> Withdrawals:
    """The revocations in a file, or in the `.dsse.json` files of a folder.

    Raises:
        InvalidInputError: one is malformed, or there are too many.
        NotVerifiedError: one is not signed by a trusted key, or a number is missing or stands twice.
    """
    files = sorted(place.glob(f"*{SUFFIX}")) if place.is_dir() else [place]
    if not 1 <= len(files) <= MAX_FILES:
        raise InvalidInputError(f"There are {len(files)} revocations here; there must be 1 to {MAX_FILES:,}.")
    documents: list[Revocation] = []
    digests = 0
    for file in files:
        documents.append(_read(file, trust))
        digests += len(documents[-1].images)
        if digests > MAX_DIGESTS:
            raise InvalidInputError(f"The revocations name more than {MAX_DIGESTS:,} images.")
    documents.sort(key=lambda document: document.number)
    numbers = [document.number for document in documents]
    if numbers != list(range(1, len(numbers) + 1)):
        raise NotVerifiedError("A revocation is missing, or stands here twice.")
    return Withdrawals(documents)


def check(audit: Audit) -> str:
    """Nothing in this release was withdrawn, as far as the revocations at hand say."""
    if audit.revocations is None:
        raise Skipped("no revocations were given")
    found = audit.withdrawals
    if found is None:
        found = load(audit.revocations, audit.root)  # tells why it could not be done before
        raise Skipped("the manifest could not be read to its end")
    audit.findings = found.findings
    documents = f"{found.documents:,} revocation{'s' if found.documents > 1 else ''}"
    return f"{documents}: {audit.findings.summary() or 'nothing in this release was withdrawn'}"


def _read(file: Path, trust: Trust) -> Revocation:
    if not file.is_file() or file.stat().st_size > envelope.MAX_BYTES:
        raise InvalidInputError(f"The revocation {file.name!a} is no file, or too large.")
    signed = envelope.parse(file.read_bytes())
    if signed.payload_type != revocation.PAYLOAD_TYPE:
        raise InvalidInputError(f"{file.name!a} is no revocation.")
    needed = trust.threshold(Purpose.REVOCATIONS)
    if len(signed.signers(trust.keys(Purpose.REVOCATIONS))) < needed:
        raise NotVerifiedError(f"The revocation {file.name!a} is not signed by enough trusted keys.")
    return revocation.parse(signed.payload)
