"""What has been given to a check, and what have its steps established so far?

The steps themselves are in `registry.proof.verify`; this holds what they share, and reads the export's small files
for them within limits.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from registry.errors import InvalidInputError, NotVerifiedError
from registry.proof import bundle, canonical, digests, logproof, manifest, note
from registry.proof.datasheet import Datasheet
from registry.proof.envelope import Envelope
from registry.proof.images import Comparison
from registry.proof.keys import Key
from registry.proof.logproof import LogProof
from registry.proof.manifest import Row, Totals
from registry.proof.monitor import Witnesses
from registry.proof.report import Findings, Kind
from registry.proof.sampling import Everything, One, Wish
from registry.proof.statement import Statement
from registry.proof.trust import Purpose, Trust

if TYPE_CHECKING:  # it needs this module itself
    from registry.proof.redecision import Redecision
    from registry.proof.withdrawals import Withdrawals

MAX_DOCUMENT_BYTES = canonical.MAX_JSON_BYTES
MAX_FILE_BYTES = 1 << 36  # more than the lists of a hundred million images


class Skipped(Exception):  # noqa: N818 - no error: the step says why it was not done
    """A step cannot be done, through no fault that is not already reported."""


# What is wrong with the verdict of a row whose facts are in this line; None when it follows from the policy.
Judge = Callable[[Row, bytes], str | None]
# Makes a judge from a policy and the files that it names, by digest; refuses what cannot be run (InvalidInputError).
Decider = Callable[[bytes, Mapping[str, bytes]], Judge]


@dataclass(frozen=True)
class Memory:
    """What an auditor has from before.

    Attributes:
        checkpoint: the log's tree head as it was remembered, or None.
        log: a folder with the log's tiles, which show that it only grew since; None where it is not at hand.
        witnesses: whose cosignatures the log's tree head needs.
    """

    checkpoint: bytes | None = None
    log: Path | None = None
    witnesses: Witnesses = field(default_factory=Witnesses)


@dataclass
class Audit:
    """One check in progress.

    Attributes:
        folder: the export. images: where its images lie.
        given_trust: the root that the auditor brought, or None.
        now: the time at which keys must be good.
        wish: how many images to look at.
        memory: what is remembered of the log.
        revocations: where the revocations lie that the auditor collected, or None.
        findings: of the step that is running.
        withdrawals: what the revocations say about the rows, once all of them came by.
        decider: decides by a policy. redecision: what deciding again found, likewise.
        models: for each OMS bundle that lies here, the key that it names and what is wrong with it, if anything.
    """

    folder: Path
    images: Path
    given_trust: bytes | None
    now: datetime
    wish: Everything | One | Wish = field(default_factory=Everything)
    readers: int | None = None
    memory: Memory = field(default_factory=Memory)
    revocations: Path | None = None
    findings: Findings = field(default_factory=Findings)
    envelope: Envelope | None = None
    statement: Statement | None = None
    trust: Trust | None = None
    totals: Totals | None = None
    comparison: Comparison = field(default_factory=Comparison)
    withdrawals: "Withdrawals | None" = None
    decider: Decider | None = None
    redecision: "Redecision | None" = None
    models: dict[str, tuple[Key | None, NotVerifiedError | None]] = field(default_factory=dict)

    def has(self, name: str) -> bool:
        """Whether a regular file of this name lies in the export itself."""
        path = self.folder / name
        return path.is_file() and not path.is_symlink()

    def document(self, name: str, max_bytes: int = MAX_DOCUMENT_BYTES) -> bytes:
        """A small file of the export.

        Raises:
            InvalidInputError: it is missing, too large, or no regular file.
        """
        if not self.has(name):
            raise InvalidInputError(f"{name} is missing.")
        try:
            with (self.folder / name).open("rb") as file:
                data = file.read(max_bytes + 1)
        except OSError as problem:
            raise InvalidInputError(f"{name} cannot be read: {problem.strerror}.") from problem
        if len(data) > max_bytes:
            raise InvalidInputError(f"{name} is larger than {max_bytes} bytes.")
        return data

    @property
    def signed(self) -> Statement:
        """The statement, once it could be read."""
        if self.statement is None:
            raise Skipped("the signed statement could not be read")
        return self.statement

    @property
    def datasheet(self) -> Datasheet:
        """The datasheet inside the statement."""
        return self.signed.datasheet

    @property
    def signatures(self) -> Envelope:
        """The envelope, once it could be read."""
        if self.envelope is None:
            raise Skipped("the envelope could not be read")
        return self.envelope

    @property
    def root(self) -> Trust:
        """The trust root, once it was checked."""
        if self.trust is None:
            raise Skipped("there is no usable trust root")
        return self.trust

    @cached_property
    def logged(self) -> LogProof | None:
        """The proof that the release stands in the log; None where the export has none.

        Raises:
            InvalidInputError, NotVerifiedError: it has one that does not hold.
        """
        if not self.has(bundle.LOG_PROOF):
            return None
        proof = logproof.parse(self.document(bundle.LOG_PROOF, logproof.MAX_PROOF_BYTES))
        trusted = note.log_keys(proof.tree_head().origin, self.root.keys(Purpose.CHECKPOINTS).values())
        entry = proof.check(trusted, self.root.threshold(Purpose.CHECKPOINTS))
        if (entry.kind, entry.subject) != ("release", canonical.digest(self.signatures.payload)):
            raise NotVerifiedError("The log proof is about something else than this release.")
        return proof

    def keys(self, purpose: Purpose) -> dict[str, Key]:
        """The keys that were good for a purpose when the release was signed, as far as the log shows when that was."""
        try:
            proof = self.logged
        except (InvalidInputError, NotVerifiedError):
            proof = None
        return self.root.keys_of(purpose, proof.number if proof else None)

    @property
    def account(self) -> Totals:
        """What the manifest adds up to, once it was read to its end."""
        if self.totals is None:
            raise Skipped("the manifest could not be read to its end")
        return self.totals

    @property
    def max_bytes(self) -> int:
        """How long a file beside the images may be, by the rows that the datasheet claims."""
        claimed = self.datasheet.manifest.rows * manifest.MAX_LINE_BYTES
        return min(max(claimed, MAX_DOCUMENT_BYTES), MAX_FILE_BYTES)

    @cached_property
    def hashes(self) -> Mapping[str, str]:
        """The digest of every signed file as it lies here, empty where it cannot be read."""
        named = [(name, str(self.folder / name), None) for name in self.signed.files]
        return {
            name: found.sha256
            for name, found in digests.hash_files(named, readers=self.readers, max_bytes=self.max_bytes)
        }

    def compare_files(self, names: tuple[str, ...]) -> None:
        """Note each of these signed files that is missing or altered."""
        for name in names:
            found = self.hashes[name]
            if not found:
                self.findings.add(Kind.MISSING, name, "is missing or cannot be read")
            elif f"sha256:{found}" != self.signed.files[name]:
                self.findings.add(Kind.ALTERED, name, "is not the file that was signed")
