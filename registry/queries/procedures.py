"""Which procedures are there, and which is in force? Those that come with the program are there from the start.

A plan and a case name theirs by digest, and it is read by that digest for as long as they are.
"""

import difflib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select

from policies import procedure_forms, procedures
from policies.lanes import Procedure as TakedownProcedure
from policies.procedures import NAMES, SHIPPED, Kind
from policies.releases import ApprovalProcedure
from registry.blobs import BlobStore
from registry.errors import NotFoundError
from registry.models.people import Person
from registry.models.procedures import ChangeState, Procedure, ProcedureChange
from registry.models.releases import Release, ReleaseState
from registry.queries.names import NAME_SHOWN

PROGRAM = "the program"
HEADER_LINES = 2  # of a unified diff: the names of both
ENDED = (ReleaseState.PUBLISHED, ReleaseState.ABANDONED)


@dataclass(frozen=True, slots=True)
class ProcedureLine:
    """A version of a procedure.

    Attributes:
        label: `NAME@VERSION`.
        digest: `sha256:<hex>` of its bytes.
        published_by: a handle; `PROGRAM` where nobody published it.
        published_at: None where nobody published it.
        is_in_force: whether plans and cases that begin now run under it.
    """

    kind: Kind
    label: str
    title: str
    digest: str
    published_by: str
    published_at: datetime | None
    is_in_force: bool


@dataclass(frozen=True, slots=True)
class ChangeLine:
    """A proposal to put a procedure in force, and what became of it; people by their handles."""

    id: UUID
    kind: Kind
    label: str
    digest: str
    state: ChangeState
    begins_at: datetime
    proposed_by: str
    proposed_at: datetime
    reason: str
    settled_by: str | None
    settled_at: datetime | None
    settled_because: str | None


@dataclass(frozen=True, slots=True)
class ProcedureDetail:
    """A version, what it says, and its very bytes."""

    line: ProcedureLine
    document: ApprovalProcedure | TakedownProcedure
    written: bytes


def in_force(session: Session, kind: Kind, now: datetime) -> str:
    """The digest of the procedure that what begins at this time runs under: `sha256:<hex>`.

    The one that comes with the program, until people put another in force.
    """
    statement = (
        select(Procedure.sha256)
        .join(ProcedureChange, col(ProcedureChange.procedure_id) == col(Procedure.id))
        .where(
            Procedure.kind == kind,
            ProcedureChange.state == ChangeState.CONFIRMED,
            col(ProcedureChange.begins_at) <= now,
        )
        .order_by(col(ProcedureChange.begins_at).desc(), col(ProcedureChange.settled_at).desc())
    )
    found = session.exec(statement).first()
    return procedures.digest(SHIPPED[kind]) if found is None else f"sha256:{found}"


def of_plan(plan: Mapping[str, Any]) -> str:
    """The digest of the procedure that a release was planned under; there was one only, before plans said so."""
    found: str = plan.get("procedure", procedures.digest(SHIPPED[Kind.RELEASE_APPROVAL]))
    return found


def approval(blobs: BlobStore, digest: str) -> ApprovalProcedure:
    """The procedure by which releases are approved that has this digest."""
    return procedures.opened(_written(blobs, digest), ApprovalProcedure)


def takedowns(blobs: BlobStore, digest: str) -> TakedownProcedure:
    """The procedure by which cases run that has this digest."""
    return procedures.opened(_written(blobs, digest), TakedownProcedure)


def _written(blobs: BlobStore, digest: str) -> bytes:
    name = procedures.shipped_by_digest().get(digest)
    return blobs.read(digest.removeprefix("sha256:")) if name is None else procedures.written(name)


def label_of(session: Session, digest: str) -> str:
    """`NAME@VERSION` of the procedure with this digest, published or not."""
    found = session.exec(select(Procedure).where(Procedure.sha256 == digest.removeprefix("sha256:"))).first()
    if found is not None:
        return f"{found.name}@{found.version}"
    return procedure_forms.read(procedures.written(procedures.shipped_by_digest()[digest])).label


def list_procedures(session: Session, now: datetime) -> list[ProcedureLine]:
    """Every version of either kind: by kind, those that come with the program first, then as they were published."""
    digests = frozenset(in_force(session, kind, now) for kind in Kind)
    statement = sa.select(Procedure, col(Person.handle)).join(Person, col(Person.id) == col(Procedure.published_by))
    published = [
        _line(found, handle, digests) for found, handle in session.execute(statement.order_by(col(Procedure.id)))
    ]
    known = {line.digest for line in published}
    shipped = [line for line in (_shipped_line(name, digests) for name in NAMES) if line.digest not in known]
    return sorted([*shipped, *published], key=lambda line: line.kind)


def _line(found: Procedure, handle: str, in_force: frozenset[str]) -> ProcedureLine:
    label, digest = f"{found.name}@{found.version}", f"sha256:{found.sha256}"
    return ProcedureLine(found.kind, label, found.title, digest, handle, found.published_at, digest in in_force)


def _shipped_line(name: str, in_force: frozenset[str]) -> ProcedureLine:
    found = procedure_forms.read(procedures.written(name))
    title = found.document.title
    return ProcedureLine(found.kind, found.label, title, found.digest, PROGRAM, None, found.digest in in_force)


def read_procedure(session: Session, blobs: BlobStore, name: str, now: datetime) -> ProcedureDetail:
    """The procedure `NAME@VERSION`, or the newest version of `NAME`; one of the program's by its name, too.

    Raises:
        NotFoundError: nothing was published under that name, and nothing comes with the program.
        NotVerifiedError: the stored bytes are no longer those that were published.
    """
    lines = [line for line in list_procedures(session, now) if name in (line.label, line.label.partition("@")[0])]
    if not lines:
        raise NotFoundError(f"There is no procedure {name[:NAME_SHOWN]!a}.")
    written = _written(blobs, lines[-1].digest)
    return ProcedureDetail(lines[-1], procedure_forms.read(written).document, written)


def list_changes(session: Session) -> list[ChangeLine]:
    """Every proposal: those that wait first, then the newest."""
    proposer, settler = aliased(Person), aliased(Person)
    statement = (
        sa.select(ProcedureChange, Procedure, col(proposer.handle), col(settler.handle))
        .join(Procedure, col(Procedure.id) == col(ProcedureChange.procedure_id))
        .join(proposer, col(proposer.id) == col(ProcedureChange.proposed_by))
        .join(settler, col(settler.id) == col(ProcedureChange.settled_by), isouter=True)
        .order_by(col(ProcedureChange.state) != ChangeState.PROPOSED, col(ProcedureChange.id).desc())
    )
    return [_change_line(*row) for row in session.execute(statement)]


def _change_line(change: ProcedureChange, found: Procedure, proposer: str, settler: str | None) -> ChangeLine:
    return ChangeLine(
        id=change.id,
        kind=found.kind,
        label=f"{found.name}@{found.version}",
        digest=f"sha256:{found.sha256}",
        state=change.state,
        begins_at=change.begins_at,
        proposed_by=proposer,
        proposed_at=change.proposed_at,
        reason=change.reason,
        settled_by=settler,
        settled_at=change.settled_at,
        settled_because=change.settled_because,
    )


def difference(blobs: BlobStore, before: str, after: str) -> list[str]:
    """What one procedure says otherwise than another, as the lines of a unified diff; none where they are the same."""
    old, new = (_written(blobs, digest).decode().splitlines() for digest in (before, after))
    return list(difflib.unified_diff(old, new, lineterm="", n=1))[HEADER_LINES:]


def count_planned_under(session: Session, digest: str) -> int:
    """How many releases were planned under this procedure, are on their way, and stay under it."""
    plans = session.exec(select(Release.plan).where(col(Release.state).not_in(ENDED)))
    return sum(of_plan(plan) == digest for plan in plans)
