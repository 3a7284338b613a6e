"""What does the public log say? Its tree head, its leaves, and the proof that a release stands in it."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlmodel import Session, col, select

from registry.errors import InvalidInputError
from registry.models.transparency import LogCheckpoint, LogLeaf, LogSalt
from registry.proof import inclusion, logproof, merkle, note
from registry.proof.logfiles import LogFolder
from registry.proof.logproof import LogProof
from registry.queries import paging
from registry.queries.paging import Page

LEAF_DIGITS = 18  # what a BIGINT column holds for certain


@dataclass(frozen=True, slots=True)
class Head:
    """The newest tree head; `text` is the signed note, `signers` are the names on its signature lines."""

    size: int
    root_sha256: str
    signed_at: datetime
    text: str
    signers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class LeafLine:
    """A leaf in the list; covered, once a signed tree head is over it."""

    number: int
    at: datetime
    kind: str
    label: str
    subject: str
    reasons: tuple[str, ...]
    is_covered: bool


@dataclass(frozen=True, slots=True)
class Logged:
    """The decision of a case in the log, with what shows that it is this case's: `subject` is a hash of both."""

    number: int
    subject: str
    salt: str
    is_covered: bool


def newest_checkpoint(session: Session) -> LogCheckpoint | None:
    """The largest tree head that was published; None before the first."""
    return session.exec(select(LogCheckpoint).order_by(col(LogCheckpoint.size).desc()).limit(1)).first()


def read_decision(session: Session, case_id: UUID) -> Logged | None:
    """The newest leaf of a case, for whoever may know the case; None before a decision, and once it is forgotten."""
    statement = select(LogLeaf, LogSalt).join(LogSalt, col(LogSalt.number) == col(LogLeaf.number))
    own = statement.where(LogSalt.case_id == case_id, col(LogSalt.image_sha256).is_(None))
    found = session.exec(own.order_by(col(LogLeaf.number).desc()).limit(1)).first()
    if found is None:
        return None
    leaf, salt = found
    newest = newest_checkpoint(session)
    return Logged(leaf.number, leaf.subject, salt.salt.hex(), newest is not None and leaf.number < newest.size)


def release_proof(session: Session, folder: LogFolder, label: str) -> bytes | None:
    """The proof that a published release stands in the log; None while no tree head covers it.

    Raises:
        NotVerifiedError: the log's files are not those that the tree head was signed over.
    """
    statement = select(LogLeaf).where(LogLeaf.label == label, LogLeaf.kind == "release")
    leaf = session.exec(statement.order_by(col(LogLeaf.number)).limit(1)).first()
    newest = newest_checkpoint(session)
    if leaf is None or newest is None or newest.size <= leaf.number:
        return None
    path = inclusion.inclusion_path(leaf.number, newest.size, folder.tree(newest.size).subtree)
    root = bytes.fromhex(newest.root_sha256)
    inclusion.check_inclusion(merkle.leaf_hash(leaf.entry), leaf.number, newest.size, root, path)
    return LogProof(leaf.entry, leaf.number, tuple(path), note.parse(newest.note)).to_bytes()


def read_head(session: Session) -> Head | None:
    """The newest tree head; None before the first."""
    newest = newest_checkpoint(session)
    if newest is None:
        return None
    signers = tuple(signature.name for signature in note.parse(newest.note).signatures)
    return Head(newest.size, newest.root_sha256, newest.signed_at, newest.note.decode(), signers)


def list_leaves(session: Session, *, after: str | None = None, limit: int = 50) -> Page[LeafLine]:
    """The leaves, newest first.

    Raises:
        InvalidInputError: the cursor is no number.
    """
    statement = select(LogLeaf).order_by(col(LogLeaf.number).desc())
    if after is not None:
        if not (after.isascii() and after.isdigit() and len(after) <= LEAF_DIGITS):
            raise InvalidInputError("The page cursor is not one that this list has given.")
        statement = statement.where(col(LogLeaf.number) < int(after))
    newest = newest_checkpoint(session)
    covered = newest.size if newest else 0
    found = session.exec(statement.limit(paging.bounded(limit) + 1)).all()
    return paging.cut([_line(leaf, covered) for leaf in found], limit, lambda line: str(line.number))


def _line(leaf: LogLeaf, covered: int) -> LeafLine:
    entry = logproof.parse_entry(leaf.entry)
    return LeafLine(leaf.number, entry.at, entry.kind, entry.label, entry.subject, entry.reasons, leaf.number < covered)
