"""What does the public log say? Its tree head, its leaves, and the proof that a release stands in it."""

from sqlmodel import Session, col, select

from registry.models.transparency import LogCheckpoint, LogLeaf
from registry.proof import inclusion, merkle, note
from registry.proof.logfiles import LogFolder
from registry.proof.logproof import LogProof


def newest_checkpoint(session: Session) -> LogCheckpoint | None:
    """The largest tree head that was published; None before the first."""
    return session.exec(select(LogCheckpoint).order_by(col(LogCheckpoint.size).desc()).limit(1)).first()


def release_proof(session: Session, folder: LogFolder, label: str) -> bytes | None:
    """The proof that a published release stands in the log; None while no tree head covers it.

    Raises:
        NotVerifiedError: the log's files are not those that the tree head was signed over.
    """
    statement = select(LogLeaf).where(LogLeaf.label == label, LogLeaf.kind == "release")
    leaf = session.exec(statement.order_by(col(LogLeaf.number))).first()
    newest = newest_checkpoint(session)
    if leaf is None or newest is None or newest.size <= leaf.number:
        return None
    path = inclusion.inclusion_path(leaf.number, newest.size, folder.tree(newest.size).subtree)
    root = bytes.fromhex(newest.root_sha256)
    inclusion.check_inclusion(merkle.leaf_hash(leaf.entry), leaf.number, newest.size, root, path)
    return LogProof(leaf.entry, leaf.number, tuple(path), note.parse(newest.note)).to_bytes()
