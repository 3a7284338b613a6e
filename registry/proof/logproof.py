"""What shows offline that a release stands in the public log? C2SP tlog-proof, with the log entry as its extra data.

An entry is canonical JSON of digests, labels and reason codes, never personal data; an image stands in the log as a
salted commitment, so that erasing the salt forgets the image and every proof still holds.
"""

import base64
import binascii
import re
from hashlib import sha256
from typing import Literal, NamedTuple

from pydantic import ValidationError

from registry.errors import InvalidInputError, NotVerifiedError
from registry.proof import canonical, checkpoint, inclusion, merkle, note
from registry.proof.checkpoint import Checkpoint
from registry.proof.datasheet import Digest, Document, Instant, Reason, Text
from registry.proof.note import Note, NoteKey

HEADER = "c2sp.org/tlog-proof@v1"
MAX_PROOF_BYTES = 200_000
MAX_HASHES = 63
SALT_BYTES = 32

Kind = Literal["release", "policy", "revocation", "root", "decision", "image"]

_INDEX = re.compile(r"index (0|[1-9][0-9]{0,18})\Z", re.ASCII).match


class LogEntry(Document):
    """What one leaf of the public log says, version 1.

    Attributes:
        kind: what happened.
        at: when, whole seconds.
        subject: digest of the document it is about: a release's statement, a policy, a revocation, a root; or a
            commitment.
        label: the release, policy, variant, revocation or root concerned.
        reasons: sorted codes, where the fact has reasons.
    """

    format: Literal["accession/log-entry/v1"] = "accession/log-entry/v1"
    kind: Kind
    at: Instant
    subject: Digest
    label: Text
    reasons: tuple[Reason, ...] = ()

    def to_bytes(self) -> bytes:
        """The canonical JSON that is hashed into the leaf."""
        return canonical.canonical_bytes(self.model_dump(mode="json"))


class LogProof(NamedTuple):
    """An entry, its number in the log, the path to the root, and the checkpoint that signs the root."""

    entry: bytes
    number: int
    path: tuple[bytes, ...]
    signed: Note

    def to_bytes(self) -> bytes:
        """The proof as a `.tlog-proof` file."""
        lines = [HEADER, f"extra {base64.b64encode(self.entry).decode()}", f"index {self.number}"]
        lines += [base64.b64encode(each).decode() for each in self.path]
        return "\n".join([*lines, "", ""]).encode() + self.signed.to_bytes()

    def tree_head(self) -> Checkpoint:
        """The checkpoint's three facts, unverified."""
        return checkpoint.parse_text(self.signed.text)

    def check(self, keys: list[NoteKey], needed: int) -> LogEntry:
        """The entry, after everything about it was proved.

        Args:
            keys: the keys that may sign this log's checkpoints.
            needed: how many of them must have.

        Raises:
            NotVerifiedError: too few keys signed the checkpoint, or the path does not lead from the entry to its root.
            InvalidInputError: the entry is none of ours.
        """
        signers = {key.public for key in self.signed.signers(keys)}
        if len(signers) < needed:
            raise NotVerifiedError(f"{len(signers)} of the {needed} signatures it needs are on the checkpoint.")
        head = self.tree_head()
        inclusion.check_inclusion(merkle.leaf_hash(self.entry), self.number, head.size, head.root, self.path)
        return parse_entry(self.entry)


def parse(data: bytes) -> LogProof:
    """The proof in an untrusted `.tlog-proof` file.

    Raises:
        InvalidInputError: it is none, or carries no entry.
    """
    if len(data) > MAX_PROOF_BYTES:
        raise InvalidInputError(f"The log proof is larger than {MAX_PROOF_BYTES} bytes.")
    head, blank, signed = data.partition(b"\n\n")
    lines = head.decode("ascii", "replace").split("\n")
    if not blank or len(lines) < len((HEADER, "extra", "index")) or lines[0] != HEADER:
        raise InvalidInputError("This is no log proof.")
    index = _INDEX(lines[2])
    if not lines[1].startswith("extra ") or index is None or len(lines) > MAX_HASHES + 3:
        raise InvalidInputError("The log proof has no entry, no index or too many hashes.")
    try:
        decoded = [base64.b64decode(text, validate=True) for text in (lines[1].removeprefix("extra "), *lines[3:])]
    except (binascii.Error, ValueError) as problem:
        raise InvalidInputError("The log proof holds text that is not base64.") from problem
    proof = LogProof(decoded[0], int(index[1]), tuple(decoded[1:]), note.parse(signed))
    if proof.to_bytes() != data or any(len(each) != merkle.HASH_BYTES for each in proof.path):
        raise InvalidInputError("The log proof is not in its canonical form.")
    return proof


def parse_entry(data: bytes) -> LogEntry:
    """The entry in untrusted canonical JSON.

    Raises:
        InvalidInputError: it is none of a known version, or not in canonical form.
    """
    try:
        entry = LogEntry.model_validate(canonical.parse(data))
    except ValidationError as problem:
        raise InvalidInputError(f"This is no log entry: {problem.errors()[0]['msg']}.") from problem
    if entry.to_bytes() != data:
        raise InvalidInputError("The log entry is not in its canonical form.")
    return entry


def commitment(image_sha256: str, salt: bytes) -> str:
    """What stands in the log for an image with this digest (hex); says nothing without the salt of 32 random bytes."""
    return f"sha256:{sha256(b'accession/image/v1' + salt + bytes.fromhex(image_sha256)).hexdigest()}"


def case_commitment(number: str, salt: bytes) -> str:
    """What stands in the log for a decided case; without the salt of 32 random bytes it says nothing."""
    return f"sha256:{sha256(b'accession/case/v1' + salt + number.encode()).hexdigest()}"
