"""Which takedown cases wait for whom, and what stands in one?

Two readers, two models: people who work on cases, and the requester, who meets nothing but how far the case is.
Refuses to let the requester's words out with anything but the one case that a reviewer has opened.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Session, col, select

from policies.lanes import Lane, RiskClass
from policies.takedowns import CaseState, Ground, Outcome
from registry.blobs import BlobStore
from registry.catalogue import manifests
from registry.models.people import Person
from registry.models.takedowns import (
    Revocation,
    StepKind,
    SubjectKind,
    TakedownCase,
    TakedownImage,
    TakedownRequester,
    TakedownStep,
)
from registry.queries import images, names, paging, procedures, releases
from registry.queries.paging import Page


@dataclass(frozen=True, slots=True)
class CaseLine:
    """A case in the queue.

    Attributes:
        lane: in which it runs, by the procedure that it began under.
        needs_second_person: whether a decision stands only once a second person has confirmed it.
        procedure: digest of that procedure.
    """

    number: str
    ground: Ground
    state: CaseState
    image_count: int
    received_at: datetime
    lane: Lane
    needs_second_person: bool
    procedure: str

    @property
    def risk(self) -> RiskClass:
        """How careful the decision has to be."""
        return self.lane.risk

    @property
    def due_at(self) -> datetime:
        """Until when it is to be decided, by the clock of its lane."""
        return self.lane.clock.ends(self.received_at)


@dataclass(frozen=True, slots=True)
class CaseImage:
    """An image that a case is about: its bytes, and where they were first found."""

    sha256: str
    variant: str
    path: str


@dataclass(frozen=True, slots=True)
class CaseStep:
    """One step; the person's handle is None for the requester and the worker."""

    kind: StepKind
    person: str | None
    outcome: Outcome | None
    reason: str
    state_after: CaseState
    taken_at: datetime


@dataclass(frozen=True, slots=True)
class Requester:
    """What the requester told us; personal data."""

    subject_kind: SubjectKind
    subject: str
    statement: str
    contact: str


@dataclass(frozen=True, slots=True)
class CaseDetail:
    """A case as the people who work on it see it; `requester` is None once it was erased.

    `procedure` is `NAME@VERSION` of the one that it began under.
    """

    line: CaseLine
    decided_by: str | None
    images: tuple[CaseImage, ...]
    steps: tuple[CaseStep, ...]
    requester: Requester | None
    procedure: str


@dataclass(frozen=True, slots=True)
class Effect:
    """What became of a case's images in the newest published release of one variant.

    Attributes:
        release: its number; None where nothing of the variant is published.
        is_gone: no image of the case is in that release.
    """

    variant: str
    release: str | None
    is_gone: bool


@dataclass(frozen=True, slots=True)
class CaseStatus:
    """A case as its requester sees it: how far it is, never who works on it.

    Attributes:
        decision_reason: the decider's words, once the decision stands.
        effects: for every variant that holds an image of the case, once it was upheld.
        revocation: the number of the public statement that the images were withdrawn; None before it is signed.
    """

    number: str
    state: CaseState
    received_at: datetime
    image_count: int
    steps: tuple[CaseStep, ...]
    decision_reason: str | None
    can_be_withdrawn: bool
    effects: tuple[Effect, ...]
    revocation: int | None


def list_cases(
    session: Session, blobs: BlobStore, *, is_open: bool, after: str | None = None, limit: int = 50
) -> Page[CaseLine]:
    """Open cases, the oldest first; or closed ones, the newest first."""
    order = col(TakedownCase.id).asc() if is_open else col(TakedownCase.id).desc()
    states = [state for state in CaseState if is_open is not (state.is_final or state is CaseState.UPHELD)]
    statement = _lines().where(col(TakedownCase.state).in_(states)).order_by(order)
    if after is not None:
        cursor = paging.id_after(after)
        statement = statement.where(col(TakedownCase.id) > cursor if is_open else col(TakedownCase.id) < cursor)
    found = session.execute(statement.limit(paging.bounded(limit) + 1)).all()
    keys = {case.number: str(case.id) for case, _ in found}
    return paging.cut([_line(blobs, *row) for row in found], limit, lambda line: keys[line.number])


def read_case(session: Session, blobs: BlobStore, number: str) -> CaseDetail:
    """The case with everything that a decision needs.

    Raises:
        NotFoundError: there is none.
    """
    case = names.case(session, number)
    found = _images(session, case.id)
    return CaseDetail(
        line=_line(blobs, case, len(found)),
        decided_by=session.exec(select(Person.handle).where(Person.id == case.decided_by)).first(),
        images=found,
        steps=_steps(session, case.id),
        requester=_requester(session, case.id),
        procedure=procedures.label_of(session, f"sha256:{case.procedure_sha256}"),
    )


def read_status(session: Session, blobs: BlobStore, case: TakedownCase) -> CaseStatus:
    """What the requester may know of their case; whoever asks has shown its code words."""
    found = _images(session, case.id)
    steps = tuple(replace(step, person=None, reason="") for step in _steps(session, case.id))
    return CaseStatus(
        number=case.number,
        state=case.state,
        received_at=case.received_at,
        image_count=len(found),
        steps=steps,
        decision_reason=_decision_reason(session, case),
        can_be_withdrawn=not (case.state.is_final or case.state.is_taken_down),
        effects=_effects(session, blobs, found) if case.state.is_taken_down else (),
        revocation=session.exec(select(Revocation.number).where(Revocation.case_id == case.id)).first(),
    )


def _decision_reason(session: Session, case: TakedownCase) -> str | None:
    if case.state not in {CaseState.UPHELD, CaseState.FULFILLED, CaseState.REJECTED}:
        return None
    decided = [step for step in _steps(session, case.id) if step.kind is StepKind.DECIDED]
    return decided[-1].reason


def _effects(session: Session, blobs: BlobStore, found: tuple[CaseImage, ...]) -> tuple[Effect, ...]:
    digests = sorted({image.sha256 for image in found})
    holding = images.variants_holding(session, blobs, digests)
    effects = []
    for variant in sorted(names.variant_name(session, variant_id) for variant_id in holding):
        newest = releases.newest_published(session, variant)
        if newest is None or newest.manifest_sha256 is None:
            effects.append(Effect(variant, None, is_gone=False))
            continue
        with manifests.opened(blobs, newest.manifest_sha256) as file:
            is_gone = not manifests.released_among(file, digests)
        effects.append(Effect(variant, newest.number, is_gone=is_gone))
    return tuple(effects)


def _lines() -> sa.Select[TakedownCase, int]:
    image_count = (
        sa.select(sa.func.count())
        .where(col(TakedownImage.case_id) == col(TakedownCase.id))
        .correlate(TakedownCase)
        .scalar_subquery()
    )
    return sa.select(TakedownCase, image_count)


def _line(blobs: BlobStore, case: TakedownCase, image_count: int) -> CaseLine:
    digest = f"sha256:{case.procedure_sha256}"
    procedure = procedures.takedowns(blobs, digest)
    return CaseLine(
        number=case.number,
        ground=case.ground,
        state=case.state,
        image_count=image_count,
        received_at=case.received_at,
        lane=procedure.lane_of(case.ground),
        needs_second_person=procedure.care_of(case.ground).needs_second_person,
        procedure=digest,
    )


def _images(session: Session, case_id: UUID) -> tuple[CaseImage, ...]:
    statement = (
        select(TakedownImage)
        .where(TakedownImage.case_id == case_id)
        .order_by(col(TakedownImage.path), col(TakedownImage.image_sha256))
    )
    return tuple(
        CaseImage(image.image_sha256, names.variant_name(session, image.variant_id), image.path)
        for image in session.exec(statement)
    )


def _steps(session: Session, case_id: UUID) -> tuple[CaseStep, ...]:
    statement = (
        sa.select(TakedownStep, col(Person.handle))
        .join(Person, col(Person.id) == col(TakedownStep.person_id), isouter=True)
        .where(col(TakedownStep.case_id) == case_id)
        .order_by(col(TakedownStep.id))
    )
    return tuple(
        CaseStep(step.kind, handle, step.outcome, step.reason, step.state_after, step.taken_at)
        for step, handle in session.execute(statement)
    )


def _requester(session: Session, case_id: UUID) -> Requester | None:
    told = session.get(TakedownRequester, case_id)
    if told is None:
        return None
    return Requester(told.subject_kind, told.subject, told.statement, told.contact)
