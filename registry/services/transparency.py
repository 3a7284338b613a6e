"""The public log: a fact becomes a leaf in the very act that makes it one, and a signed tree head is promised.

A leaf holds digests, labels and reason codes, never personal data: what it is about is either public itself, or stands
in it as a commitment whose salt is kept apart and can be erased. Which facts become leaves is in docs/formats/log.md.
"""

import secrets
from collections.abc import Iterable, Sequence

import sqlalchemy as sa
from sqlmodel import Session, col, select

from registry import audit
from registry.access import Permission, require
from registry.acts import Act, Promise
from registry.audit import Event
from registry.blobs import BlobStore
from registry.errors import NotFoundError, WrongStateError
from registry.jobs import Job
from registry.models.policies import Policy
from registry.models.procedures import Procedure
from registry.models.releases import Release
from registry.models.takedowns import TakedownCase
from registry.models.transparency import LogCheckpoint, LogLeaf, LogSalt
from registry.proof import bundle, canonical, envelope, logproof, revocation, trust
from registry.proof.checkpoint import Checkpoint
from registry.proof.logproof import Kind, LogEntry
from registry.queries import names
from registry.queries import transparency as queries

TAKEDOWNS = "takedowns"  # the label of decisions: which images they are about nobody shall read
CHECKPOINT = Promise(Job.SIGN_CHECKPOINT, "log")
"""The one promise of a tree head over whatever was appended; however often it is given, one job keeps it."""


def _next_leaf() -> sa.Executable:
    """Number and insert in one statement: whoever comes second with the same number is refused, and loses nothing."""
    leaves = LogLeaf.__table__  # type: ignore[attr-defined]  # SQLModel gives every table class one
    told = [column for column in leaves.columns if column.name != "number"]
    number = sa.func.coalesce(sa.func.max(leaves.c.number), -1) + 1
    values = sa.select(number, *(sa.bindparam(column.name, type_=column.type) for column in told))
    return (
        sa.insert(leaves).from_select(["number", *(column.name for column in told)], values).returning(leaves.c.number)
    )


_NEXT_LEAF = _next_leaf()


def append(act: Act, kind: Kind, subject: str, label: str, reasons: Iterable[str] = ()) -> int:
    """The fact will be in the public log exactly when the act commits; returns the leaf's number.

    Args:
        act: the act of the fact itself.
        kind: what kind of fact.
        subject: digest of the public document that it is about, or a commitment.
        label: the release, policy, variant, revocation or root concerned.
        reasons: codes.
    """
    entry = LogEntry(kind=kind, at=act.now, subject=subject, label=label, reasons=tuple(sorted(reasons)))
    leaf = {"kind": kind, "subject": subject, "label": label, "entry": entry.to_bytes(), "appended_at": act.now}
    number: int = act.session.connection().execute(_NEXT_LEAF, leaf).scalar_one()
    if CHECKPOINT not in act.promises:
        act.promise(CHECKPOINT.job, CHECKPOINT.key)
    return number


def publish_release(act: Act, blobs: BlobStore, release: Release, label: str) -> None:
    """The leaf of a release: the digest of its signed statement."""
    if release.files is None:
        raise WrongStateError(f"{label} is not signed.")
    signed = envelope.parse(blobs.read(release.files[bundle.ENVELOPE]))
    append(act, "release", canonical.digest(signed.payload), label)


def publish_policy(act: Act, policy: Policy) -> None:
    """The leaf of a policy: the digest of its bytes."""
    append(act, "policy", f"sha256:{policy.sha256}", f"{policy.name}@{policy.version}")


def publish_procedure(act: Act, procedure: Procedure) -> None:
    """The leaf of a procedure: the digest of its bytes. It is a policy of how people work."""
    append(act, "policy", f"sha256:{procedure.sha256}", f"{procedure.name}@{procedure.version}", ("procedure",))


def put_procedure_in_force(act: Act, procedure: Procedure) -> None:
    """The leaf of a procedure that two people have put in force."""
    label = f"{procedure.name}@{procedure.version}"
    append(act, "policy", f"sha256:{procedure.sha256}", label, ("in-force", "procedure"))


def publish_revocation(act: Act, document: revocation.Revocation) -> None:
    """The leaf of a revocation: the digest of the document that is signed."""
    append(
        act, "revocation", canonical.digest(document.to_bytes()), f"revocation/{document.number}", (document.reason,)
    )


def publish_decision(act: Act, case: TakedownCase, images: Iterable[tuple[str, str]]) -> None:
    """The leaf of a case that is decided, and one for each image that goes; all of them commitments.

    Args:
        act: the act that settles the case.
        case: decided for good.
        images: digest (hex) and variant of each image that is taken down.
    """
    salt = secrets.token_bytes(logproof.SALT_BYTES)
    subject = logproof.case_commitment(case.number, salt)
    leaf = append(act, "decision", subject, TAKEDOWNS, (case.state.value, case.ground.value))
    act.session.add(LogSalt(number=leaf, case_id=case.id, salt=salt))
    for image_sha256, variant in images:
        salt = secrets.token_bytes(logproof.SALT_BYTES)
        leaf = append(act, "image", logproof.commitment(image_sha256, salt), variant, (case.state.value,))
        act.session.add(LogSalt(number=leaf, case_id=case.id, image_sha256=image_sha256, salt=salt))


def publish_roots(act: Act, roots: Sequence[bytes]) -> None:
    """Every version of the trust root is in the log; those that are in it already stay as they are."""
    for data in roots:
        digest = canonical.digest(data)
        known = select(LogLeaf).where(LogLeaf.subject == digest, LogLeaf.kind == "root")
        if act.session.exec(known).first() is None:
            append(act, "root", digest, f"root/{trust.load(data).version}")


def forget(act: Act, number: str) -> int:
    """Nobody can tell any more which image or case these leaves are about; returns how many leaves they are.

    Raises:
        ForbiddenError: the actor may not forget.
        NotFoundError: there is no such case, or nothing of it is left to be forgotten.
    """
    require(act.actor, Permission.TAKEDOWN_FORGET)
    case = names.case(act.session, number)
    salts = act.session.exec(select(LogSalt).where(LogSalt.case_id == case.id)).all()
    if not salts:
        raise NotFoundError(f"The public log has nothing about {number}, or it is forgotten already.")
    for salt in salts:
        act.session.delete(salt)
    audit.record(act, Event.TAKEDOWN_FORGOTTEN, "takedown", number, leaves=len(salts))
    return len(salts)


def size(session: Session) -> int:
    """How many leaves the log has, with those of the act that asks."""
    last = session.scalar(sa.select(sa.func.max(LogLeaf.number)))
    return 0 if last is None else last + 1


def entries(session: Session, start: int, end: int) -> list[bytes]:
    """The entries of the leaves `[start, end)`, in order."""
    statement = select(LogLeaf.entry).where(LogLeaf.number >= start, LogLeaf.number < end)
    return list(session.exec(statement.order_by(col(LogLeaf.number))))


def promises(session: Session) -> list[Promise]:
    """The promise of a tree head, while leaves wait for one."""
    newest = queries.newest_checkpoint(session)
    return [CHECKPOINT] if size(session) > (newest.size if newest else 0) else []


def record_checkpoint(act: Act, head: Checkpoint, note: bytes) -> None:
    """The tree head is published, and what stands in this note is what everybody sees."""
    act.session.add(LogCheckpoint(size=head.size, root_sha256=head.root.hex(), note=note, signed_at=act.now))
