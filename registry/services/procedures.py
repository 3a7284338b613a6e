"""Procedures of a registry's own: published once, proposed by one person, put in force by another.

From then on new plans and cases run under them. What began before keeps the procedure that it began under: a plan says
which by digest, its approvals are bound to that digest, and a case keeps its clock and its care. Nothing is put in
force for a time that is over, and nothing that the people who are there could not follow.
"""

from datetime import datetime
from uuid import UUID

from sqlmodel import select

from policies import procedure_forms, procedures
from policies.errors import PolicyError
from policies.procedure_forms import Read
from policies.releases import PLANNER, SIGNER, ApprovalProcedure, why_impossible
from registry import audit, ids
from registry.access import Actor, Permission, require
from registry.acts import Act
from registry.audit import Event
from registry.blobs import BlobStore
from registry.errors import ForbiddenError, InvalidInputError, NotFoundError, WrongStateError
from registry.models.people import Person
from registry.models.procedures import ChangeState, Procedure, ProcedureChange
from registry.queries import names
from registry.services import people, reasons, transparency


def parse(data: bytes) -> Read:
    """The procedure that the bytes say.

    Raises:
        InvalidInputError: they say none that can be followed, or promise too little; the sentence names lines.
    """
    try:
        return procedure_forms.read(data)
    except PolicyError as error:
        raise InvalidInputError(str(error)) from error


def publish(act: Act, blobs: BlobStore, data: bytes) -> Procedure:
    """The procedure with these bytes is published; publishing the same bytes again gives the same procedure.

    It is not in force by that: `propose` and `confirm` put it there.

    Raises:
        ForbiddenError: the actor may not publish procedures.
        InvalidInputError: as `parse`.
        WrongStateError: other bytes are published under this name and version, or come with the program.
    """
    require(act.actor, Permission.PROCEDURE_PUBLISH)
    parsed = parse(data)
    sha256 = parsed.digest.removeprefix("sha256:")
    same_bytes = act.session.exec(select(Procedure).where(Procedure.sha256 == sha256)).first()
    if same_bytes is not None:
        return same_bytes
    words = parsed.document
    taken = select(Procedure).where(Procedure.name == words.name, Procedure.version == words.version)
    is_shipped = parsed.digest in procedures.shipped_by_digest()
    if act.session.exec(taken).first() is not None or (not is_shipped and parsed.label in _shipped_labels()):
        raise WrongStateError(f"{parsed.label} is published with other words; a change needs a new version.")
    blobs.put(data)
    procedure = Procedure(
        id=ids.new_id(),
        kind=parsed.kind,
        name=words.name,
        version=words.version,
        title=words.title,
        sha256=sha256,
        published_by=act.actor.person(),
        published_at=act.now,
    )
    act.session.add(procedure)
    audit.record(act, Event.PROCEDURE_PUBLISHED, "procedure", parsed.label, sha256=sha256)
    transparency.publish_procedure(act, procedure)
    return procedure


def propose(act: Act, blobs: BlobStore, name: str, begins_at: datetime, reason: str) -> ProcedureChange:
    """A published procedure waits to be put in force from a time on, by a second person.

    Raises:
        ForbiddenError: the actor may not publish procedures.
        NotFoundError: nothing was published under that name.
        InvalidInputError: no reason is given, or the time is over.
        WrongStateError: it is proposed already, or nobody here could follow it.
    """
    require(act.actor, Permission.PROCEDURE_PUBLISH)
    reasons.expect(reason, "A decision")
    if begins_at < act.now:
        raise InvalidInputError("A procedure is put in force from now on, or from a day to come; this time is over.")
    procedure = names.procedure(act.session, name)
    waiting = select(ProcedureChange).where(
        ProcedureChange.procedure_id == procedure.id, ProcedureChange.state == ChangeState.PROPOSED
    )
    if act.session.exec(waiting).first() is not None:
        raise WrongStateError(f"{_label(procedure)} is proposed already, and waits for a second person.")
    _expect_possible(act, blobs, procedure)
    change = ProcedureChange(
        id=ids.new_id(),
        procedure_id=procedure.id,
        state=ChangeState.PROPOSED,
        begins_at=begins_at,
        proposed_by=act.actor.person(),
        proposed_at=act.now,
        reason=reason.strip(),
    )
    act.session.add(change)
    facts = {"sha256": procedure.sha256, "begins_at": begins_at.isoformat()}
    audit.record(act, Event.PROCEDURE_PROPOSED, "procedure", _label(procedure), **facts)
    return change


def confirm(act: Act, blobs: BlobStore, change_id: UUID, reason: str) -> ProcedureChange:
    """The proposed procedure is in force from the time that was proposed, or from now on if that is over.

    Raises:
        ForbiddenError: the actor may not confirm procedures, or proposed this one.
        NotFoundError: there is no such proposal.
        InvalidInputError: no reason is given.
        WrongStateError: it is settled already, or nobody here could follow it.
    """
    require(act.actor, Permission.PROCEDURE_CONFIRM)
    change, procedure = _waiting(act, change_id)
    reasons.expect(reason, "A decision")
    if change.proposed_by == act.actor.person():
        raise ForbiddenError("Who proposed a procedure does not put it in force; a second person does.")
    _expect_possible(act, blobs, procedure)
    change.begins_at = max(change.begins_at, act.now)
    _settle(act, change, ChangeState.CONFIRMED, reason)
    facts = {"sha256": procedure.sha256, "begins_at": change.begins_at.isoformat()}
    audit.record(act, Event.PROCEDURE_CONFIRMED, "procedure", _label(procedure), **facts)
    transparency.put_procedure_in_force(act, procedure)
    return change


def refuse(act: Act, change_id: UUID, reason: str) -> None:
    """The proposal is over; who proposed it may take it back, too.

    Raises:
        ForbiddenError: the actor may not confirm procedures, and did not propose this one.
        NotFoundError: there is no such proposal.
        InvalidInputError: no reason is given.
        WrongStateError: it is settled already.
    """
    found = act.session.get(ProcedureChange, change_id)
    if found is None or found.proposed_by != act.actor.person_id:
        require(act.actor, Permission.PROCEDURE_CONFIRM)
    change, procedure = _waiting(act, change_id)
    reasons.expect(reason, "A decision")
    _settle(act, change, ChangeState.REFUSED, reason)
    audit.record(act, Event.PROCEDURE_REFUSED, "procedure", _label(procedure), sha256=procedure.sha256)


def _waiting(act: Act, change_id: UUID) -> tuple[ProcedureChange, Procedure]:
    change = act.session.get(ProcedureChange, change_id)
    if change is None:
        raise NotFoundError(f"There is no proposal {change_id}.")
    procedure = act.session.get_one(Procedure, change.procedure_id)
    if change.state is not ChangeState.PROPOSED:
        raise WrongStateError(f"This proposal is {change.state} already.")
    return change, procedure


def _settle(act: Act, change: ProcedureChange, state: ChangeState, reason: str) -> None:
    change.state = state
    change.settled_by, change.settled_at, change.settled_because = act.actor.person(), act.now, reason.strip()


def _expect_possible(act: Act, blobs: BlobStore, procedure: Procedure) -> None:
    document = parse(blobs.read(procedure.sha256)).document
    if not isinstance(document, ApprovalProcedure):
        return
    active = act.session.exec(select(Person).where(Person.is_active))
    places = {person.handle: _places(people.actor(act.session, person)) for person in active}
    why = why_impossible(document, places)
    if why is not None:
        raise WrongStateError(why)


def _places(actor: Actor) -> frozenset[str]:
    """The roles in which somebody approves, and whether they may plan and sign."""
    may = {PLANNER: Permission.RELEASE_PLAN, SIGNER: Permission.RELEASE_SIGN}
    places = {place for place, permission in may.items() if actor.may(permission)}
    return frozenset(places | {role.value for role in actor.roles})


def _shipped_labels() -> set[str]:
    return {procedure_forms.read(procedures.written(name)).label for name in procedures.NAMES}


def _label(procedure: Procedure) -> str:
    return f"{procedure.name}@{procedure.version}"
