"""Takedowns: a request becomes a case, images are found and held, people decide, and the next releases obey.

Whoever asks needs no account and gives no more than the image; case number and code words are all that they keep. What
they said stands in `takedown_requester` alone, and never in an audit event, a log or a URL.
"""

import re
from dataclasses import dataclass, field
from functools import cache
from urllib.parse import urlsplit
from uuid import UUID

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError
from sqlmodel import Session, select

from policies import takedowns as machine
from policies.errors import MoveError
from policies.procedures import Kind
from policies.takedowns import CaseStanding, CaseState, Ground, Outcome
from registry import audit, ids
from registry.access import Permission, require
from registry.acts import Act, Promise
from registry.audit import Event
from registry.blobs import BlobStore
from registry.errors import InvalidInputError, NotFoundError, WrongStateError
from registry.jobs import Job
from registry.models.takedowns import (
    STATEMENT_LENGTH,
    StepKind,
    SubjectKind,
    TakedownCase,
    TakedownImage,
    TakedownRequester,
    TakedownStep,
)
from registry.queries import names, procedures
from registry.services import reasons, transparency

SUBJECT_LENGTH = 4096
CONTACT_LENGTH = 254
_SHA256 = re.compile(r"(?:sha256:)?([0-9a-f]{64})")
_CONTACT = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")


@dataclass(frozen=True, slots=True)
class Request:
    """What somebody asks for.

    Attributes:
        subject_kind: how the image is named.
        subject: URL, path in a variant, or SHA-256 of the file.
        ground: why.
        statement: what they want to say about it; may be empty.
        contact: an e-mail address, for an answer; may be empty.
        form_id: of the form that was filled in; the same form makes no second case.
    """

    subject_kind: SubjectKind
    subject: str = field(repr=False)
    ground: Ground
    statement: str = field(default="", repr=False)
    contact: str = field(default="", repr=False)
    form_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Receipt:
    """What the requester keeps; the code words are shown once and stored as a hash."""

    number: str
    code_words: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Found:
    """An image that a request is about: its bytes, and where it was found first."""

    image_sha256: str
    variant_id: UUID
    path: str


def submit(act: Act, request: Request) -> Receipt:
    """A new case; what it is about will be looked for.

    Raises:
        InvalidInputError: the request does not name an image in the form that it says.
        WrongStateError: this form has made a case already.
    """
    checked = _checked(request)
    _expect_new(act.session, checked.form_id)
    receipt = Receipt(ids.new_case_number(), ids.new_code_words())
    case = TakedownCase(
        id=ids.new_id(),
        number=receipt.number,
        code_words_hash=PasswordHasher().hash(receipt.code_words),
        ground=checked.ground,
        state=CaseState.RECEIVED,
        received_at=act.now,
        procedure_sha256=procedures.in_force(act.session, Kind.TAKEDOWNS, act.now).removeprefix("sha256:"),
        form_id=checked.form_id,
    )
    act.session.add(case)
    act.session.flush()
    act.session.add(
        TakedownRequester(
            case_id=case.id,
            subject_kind=checked.subject_kind,
            subject=checked.subject,
            statement=checked.statement,
            contact=checked.contact,
        )
    )
    _record_step(act, case, StepKind.RECEIVED, Event.TAKEDOWN_RECEIVED)
    act.promise(Job.MATCH_TAKEDOWN, str(case.id))
    return receipt


def _expect_new(session: Session, form_id: UUID | None) -> None:
    """Nothing, unless the form has made a case before: a page that was loaded again, a button pressed twice."""
    made = select(TakedownCase.id).where(TakedownCase.form_id == form_id)
    if form_id is not None and session.exec(made).first() is not None:
        raise WrongStateError(
            "This request was received before, and its case number and code words were shown then. "
            "If you did not keep them, send it once more from here; that makes a new case."
        )


def _checked(request: Request) -> Request:
    subject = request.subject.strip()
    if not subject or len(subject) > SUBJECT_LENGTH:
        raise InvalidInputError(f"Name the image in 1 to {SUBJECT_LENGTH} characters.")
    if len(request.statement) > STATEMENT_LENGTH:
        raise InvalidInputError(f"What you want to say may have {STATEMENT_LENGTH} characters at most.")
    contact = request.contact.strip()
    if contact and (len(contact) > CONTACT_LENGTH or not _CONTACT.fullmatch(contact)):
        raise InvalidInputError(
            "The contact is no e-mail address; leave it empty if you do not want an answer by mail."
        )
    return Request(
        request.subject_kind,
        _subject(request.subject_kind, subject),
        request.ground,
        request.statement.strip(),
        contact,
        request.form_id,
    )


def _subject(kind: SubjectKind, subject: str) -> str:
    match kind:
        case SubjectKind.SHA256:
            digits = _SHA256.fullmatch(subject.lower())
            if digits is None:
                raise InvalidInputError("A SHA-256 has 64 hexadecimal digits.")
            return digits[1]
        case SubjectKind.URL:
            try:
                parts = urlsplit(subject)
            except ValueError as error:
                raise InvalidInputError("This is no URL; it begins with https:// or http://.") from error
            if parts.scheme not in {"http", "https"} or not parts.netloc:
                raise InvalidInputError("This is no URL; it begins with https:// or http://.")
            return subject
        case SubjectKind.PATH:
            path = subject.removeprefix("./").lstrip("/")
            if not path:
                raise InvalidInputError("Name the image itself: a path such as n02084071/n02084071_1.JPEG.")
            return path


def to_be_searched(act: Act, case_id: UUID) -> TakedownRequester | None:
    """What the case names, while nobody has looked for it; None when that is over."""
    case = act.session.get_one(TakedownCase, case_id)
    return act.session.get(TakedownRequester, case_id) if case.state is CaseState.RECEIVED else None


def promise_of(case: TakedownCase) -> Promise:
    """The job that looks for the images of this case."""
    return Promise(Job.MATCH_TAKEDOWN, str(case.id))


def finish_search(act: Act, case_id: UUID, found: list[Found]) -> None:
    """The registry has looked; these are the images that the case is about."""
    case = act.session.get_one(TakedownCase, case_id)
    if case.state is not CaseState.RECEIVED:
        return
    _add_images(act, case, found)
    _move(case, machine.Searched(len(found)))
    _record_step(act, case, StepKind.SEARCHED, Event.TAKEDOWN_MATCHED, images=len(found))


def add_images(act: Act, number: str, found: list[Found], reason: str) -> None:
    """A reviewer found what the search did not: the case is about these images too.

    Raises:
        ForbiddenError: the actor does not work on cases.
        InvalidInputError: no image or no reason is given.
        WrongStateError: the case is decided already.
    """
    require(act.actor, Permission.TAKEDOWN_HOLD)
    case = names.case(act.session, number)
    reasons.expect(reason, "A decision")
    if not found:
        raise NotFoundError("No variant holds such an image.")
    if case.state not in {CaseState.NO_MATCH, CaseState.MATCHED, CaseState.HELD}:
        raise WrongStateError(f"Images can be added until a case is decided; this one is {case.state}.")
    _add_images(act, case, found)
    if case.state is CaseState.NO_MATCH:
        _move(case, machine.Searched(len(found)))
    _record_step(act, case, StepKind.IMAGE_ADDED, Event.TAKEDOWN_MATCHED, reason=reason, images=len(found))


def hold(act: Act, number: str, reason: str) -> None:
    """The images of the case are in no new release until the case is decided.

    Raises:
        ForbiddenError: the actor may not place holds.
        InvalidInputError: no reason is given.
        WrongStateError: the case has no images, or is held or decided already.
    """
    require(act.actor, Permission.TAKEDOWN_HOLD)
    case = names.case(act.session, number)
    reasons.expect(reason, "A decision")
    _move(case, machine.HoldPlaced())
    _record_step(act, case, StepKind.HOLD_PLACED, Event.TAKEDOWN_HELD, reason=reason)


def decide(act: Act, blobs: BlobStore, number: str, outcome: Outcome, reason: str) -> CaseState:
    """The case is decided, or waits for a second person where its procedure asks for one; returns which.

    Raises:
        ForbiddenError: the actor may not decide.
        InvalidInputError: no reason is given.
        WrongStateError: the case is not in a state to be decided.
    """
    require(act.actor, Permission.TAKEDOWN_DECIDE)
    case = names.case(act.session, number)
    reasons.expect(reason, "A decision")
    care = procedures.takedowns(blobs, f"sha256:{case.procedure_sha256}").care_of(case.ground)
    person = str(act.actor.person())
    _move(case, machine.Decided(person, outcome, reason, needs_second_person=care.needs_second_person))
    case.decided_by = act.actor.person()
    _record_step(act, case, StepKind.DECIDED, Event.TAKEDOWN_DECIDED, reason=reason, outcome=outcome)
    _publish_decision(act, case)
    return case.state


def confirm(act: Act, number: str, reason: str) -> CaseState:
    """A second person has confirmed the decision; it stands, and the state that it led to is returned.

    Raises:
        ForbiddenError: the actor may not confirm.
        InvalidInputError: no reason is given.
        WrongStateError: nothing waits for a second person, or the actor is the first.
    """
    require(act.actor, Permission.TAKEDOWN_CONFIRM)
    case = names.case(act.session, number)
    reasons.expect(reason, "A decision")
    _move(case, machine.Confirmed(str(act.actor.person())))
    _record_step(act, case, StepKind.CONFIRMED, Event.TAKEDOWN_CONFIRMED, reason=reason)
    _publish_decision(act, case)
    return case.state


def refuse(act: Act, number: str, reason: str) -> None:
    """A second person disagrees with the decision; the case is open again and its images stay held.

    Raises:
        ForbiddenError: the actor may not confirm.
        InvalidInputError: no reason is given.
        WrongStateError: nothing waits for a second person, or the actor is the first.
    """
    require(act.actor, Permission.TAKEDOWN_CONFIRM)
    case = names.case(act.session, number)
    reasons.expect(reason, "A decision")
    _move(case, machine.ConfirmationRefused(str(act.actor.person()), reason))
    case.decided_by = None
    _record_step(act, case, StepKind.CONFIRMATION_REFUSED, Event.TAKEDOWN_REFUSED, reason=reason)


def withdraw(act: Act, number: str, code_words: str) -> None:
    """The requester has taken the request back.

    Raises:
        NotFoundError: there is no such case, or the code words are not its own; the two are not told apart.
        WrongStateError: the case is decided already.
    """
    case = case_of(act.session, number, code_words)
    _move(case, machine.Withdrawn())
    case.decided_by = None
    _record_step(act, case, StepKind.WITHDRAWN, Event.TAKEDOWN_WITHDRAWN)


def fulfil(act: Act, case: TakedownCase, facts: machine.Fulfilled) -> bool:
    """Whether the case is fulfilled now: every variant has a release without its images, and they are revoked."""
    if case.state is not CaseState.UPHELD or not (facts.is_released_without and facts.is_revoked):
        return False
    _move(case, facts)
    _record_step(act, case, StepKind.FULFILLED, Event.TAKEDOWN_FULFILLED)
    return True


def case_of(session: Session, number: str, code_words: str) -> TakedownCase:
    """The case, for whoever knows its code words.

    Raises:
        NotFoundError: there is no such case, or the code words are not its own; the two are not told apart.
    """
    try:
        case = names.case(session, number)
    except NotFoundError:
        case = None
    words = " ".join(code_words.lower().split()).encode(errors="surrogatepass")
    try:
        # Asking for no case costs what asking for a case costs, so that time does not tell which numbers there are.
        PasswordHasher().verify(case.code_words_hash if case else _nobodys_hash(), words)
    except (VerifyMismatchError, InvalidHashError):
        case = None
    if case is None:
        raise NotFoundError("There is no case with this number and these code words.")
    return case


@cache
def _nobodys_hash() -> str:
    return PasswordHasher().hash(ids.new_code_words())


def _add_images(act: Act, case: TakedownCase, found: list[Found]) -> None:
    known = set(act.session.exec(select(TakedownImage.image_sha256).where(TakedownImage.case_id == case.id)))
    for image in found:
        if image.image_sha256 in known:
            continue
        known.add(image.image_sha256)
        act.session.add(
            TakedownImage(
                case_id=case.id,
                image_sha256=image.image_sha256,
                variant_id=image.variant_id,
                path=image.path,
                added_at=act.now,
            )
        )


def _move(case: TakedownCase, event: machine.Event) -> None:
    decider = str(case.decided_by) if case.decided_by is not None else None
    try:
        case.state = machine.move(CaseStanding(case.state, decider), event).state
    except MoveError as error:
        raise WrongStateError(str(error)) from error


def _record_step(
    act: Act,
    case: TakedownCase,
    kind: StepKind,
    event: Event,
    *,
    reason: str = "",
    outcome: Outcome | None = None,
    images: int | None = None,
) -> None:
    """State, step and audit event change together, here and nowhere else."""
    act.session.add(
        TakedownStep(
            id=ids.new_id(),
            case_id=case.id,
            kind=kind,
            person_id=act.actor.person_id,
            outcome=outcome,
            reason=reason.strip(),
            state_after=case.state,
            taken_at=act.now,
        )
    )
    facts = {"state": case.state.value} if images is None else {"state": case.state.value, "images": images}
    audit.record(act, event, "takedown", case.number, **facts)


def _publish_decision(act: Act, case: TakedownCase) -> None:
    """A decision that stands is in the public log, as a commitment; one that waits for a second person is not.

    An upheld case may be obeyed by the newest releases already, because its images were held when they were made.
    """
    if case.state not in {CaseState.UPHELD, CaseState.REJECTED}:
        return
    images = act.session.exec(select(TakedownImage).where(TakedownImage.case_id == case.id))
    gone = sorted((image.image_sha256, names.variant_name(act.session, image.variant_id)) for image in images)
    transparency.publish_decision(act, case, gone if case.state is CaseState.UPHELD else [])
    if case.state is CaseState.UPHELD:
        act.promise(Job.REVOKE, str(case.id))
