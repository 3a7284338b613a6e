r"""Which moves can a takedown case make, and who may make them? A pure state machine; nothing here is recorded.

    received -> matched | no-match -> held -> upheld -> fulfilled
                                        \-> rejected
A risky ground puts `...-pending-confirmation` before `upheld` and `rejected`: a second person has to agree. Until the
decision stands the requester may withdraw. Which ground is risky, and when a case is due, says the procedure that the
case began under (`policies.lanes`). It refuses every move that is not drawn here, with a sentence.
"""

from dataclasses import dataclass, replace
from enum import StrEnum

from policies.errors import MoveError


class Ground(StrEnum):
    """Why somebody asks for an image to be taken down."""

    PRIVACY = "privacy"
    COPYRIGHT = "copyright"
    SAFETY = "safety"
    COURT_ORDER = "court-order"
    OTHER = "other"


class CaseState(StrEnum):
    """Where a case stands."""

    RECEIVED = "received"
    MATCHED = "matched"
    NO_MATCH = "no-match"
    HELD = "held"
    UPHELD_PENDING_CONFIRMATION = "upheld-pending-confirmation"
    REJECTED_PENDING_CONFIRMATION = "rejected-pending-confirmation"
    UPHELD = "upheld"
    REJECTED = "rejected"
    FULFILLED = "fulfilled"
    WITHDRAWN = "withdrawn"

    @property
    def is_holding(self) -> bool:
        """True while the case keeps its images out of new releases although nothing has been decided for good."""
        return self in {
            CaseState.HELD,
            CaseState.UPHELD_PENDING_CONFIRMATION,
            CaseState.REJECTED_PENDING_CONFIRMATION,
        }

    @property
    def is_taken_down(self) -> bool:
        """True once the images of the case may be in no new release, ever."""
        return self in {CaseState.UPHELD, CaseState.FULFILLED}

    @property
    def is_final(self) -> bool:
        """True where no further move exists."""
        return self in {CaseState.REJECTED, CaseState.FULFILLED, CaseState.WITHDRAWN}


class Outcome(StrEnum):
    """What a decision says about the request."""

    UPHOLD = "uphold"
    REJECT = "reject"


@dataclass(frozen=True, slots=True)
class CaseStanding:
    """What the machine has to know of a case.

    Attributes:
        state: where it stands.
        decider: who decided, by any stable identifier; None before a decision.
    """

    state: CaseState = CaseState.RECEIVED
    decider: str | None = None


@dataclass(frozen=True, slots=True)
class Searched:
    """The registry looked for what the request names and found this many images."""

    image_count: int


@dataclass(frozen=True, slots=True)
class HoldPlaced:
    """A reviewer stopped the images until the case is decided."""


@dataclass(frozen=True, slots=True)
class Decided:
    """Somebody decided, and said why.

    Attributes:
        needs_second_person: whether the case's procedure lets it stand only once a second person has confirmed it.
    """

    person: str
    outcome: Outcome
    reason: str
    needs_second_person: bool


@dataclass(frozen=True, slots=True)
class Confirmed:
    """A second person agrees with the decision."""

    person: str


@dataclass(frozen=True, slots=True)
class ConfirmationRefused:
    """A second person disagrees, and says why: the case is open again and the images stay held."""

    person: str
    reason: str


@dataclass(frozen=True, slots=True)
class Withdrawn:
    """The requester takes the request back."""


@dataclass(frozen=True, slots=True)
class Fulfilled:
    """Somebody says that it is done.

    Attributes:
        is_released_without: a release without the images is published, for every variant that held them.
        is_revoked: the revocation of the images is signed.
    """

    is_released_without: bool
    is_revoked: bool


Event = Searched | HoldPlaced | Decided | Confirmed | ConfirmationRefused | Withdrawn | Fulfilled

_PENDING = {
    CaseState.UPHELD_PENDING_CONFIRMATION: CaseState.UPHELD,
    CaseState.REJECTED_PENDING_CONFIRMATION: CaseState.REJECTED,
}
_UNDECIDED = {CaseState.RECEIVED, CaseState.MATCHED, CaseState.NO_MATCH, CaseState.HELD}


def move(case: CaseStanding, event: Event) -> CaseStanding:  # noqa: PLR0911 - one return for each event
    """The case after the event.

    Raises:
        MoveError: the case cannot make this move, or this person may not make it.
    """
    match event:
        case Searched():
            return _searched(case, event)
        case HoldPlaced():
            _expect(case, {CaseState.MATCHED}, "A hold can be placed only where images were found")
            return replace(case, state=CaseState.HELD)
        case Decided():
            return _decided(case, event)
        case Confirmed():
            _expect_second_person(case, event.person)
            return replace(case, state=_PENDING[case.state])
        case ConfirmationRefused():
            _expect_second_person(case, event.person)
            _expect_reason(event.reason)
            return replace(case, state=CaseState.HELD, decider=None)
        case Withdrawn():
            _expect(case, _UNDECIDED | set(_PENDING), "A request can be withdrawn until it is decided")
            return replace(case, state=CaseState.WITHDRAWN)
        case Fulfilled():
            return _fulfilled(case, event)


def _searched(case: CaseStanding, event: Searched) -> CaseStanding:
    _expect(case, {CaseState.RECEIVED, CaseState.NO_MATCH}, "Images are looked for once, until some are found")
    return replace(case, state=CaseState.MATCHED if event.image_count > 0 else CaseState.NO_MATCH)


def _decided(case: CaseStanding, event: Decided) -> CaseStanding:
    _expect_reason(event.reason)
    if event.outcome is Outcome.UPHOLD:
        _expect(case, {CaseState.HELD}, "A request is upheld only while its images are held")
    else:
        _expect(case, _UNDECIDED - {CaseState.RECEIVED}, "A request is rejected only after it was looked into")
    return replace(case, state=_state_after(case, event), decider=event.person)


def _state_after(case: CaseStanding, event: Decided) -> CaseState:
    # Where nothing was found there is nothing that a second person could protect.
    needs_second = event.needs_second_person and case.state is not CaseState.NO_MATCH
    match event.outcome:
        case Outcome.UPHOLD:
            return CaseState.UPHELD_PENDING_CONFIRMATION if needs_second else CaseState.UPHELD
        case Outcome.REJECT:
            return CaseState.REJECTED_PENDING_CONFIRMATION if needs_second else CaseState.REJECTED


def _fulfilled(case: CaseStanding, event: Fulfilled) -> CaseStanding:
    _expect(case, {CaseState.UPHELD}, "Only an upheld request can be fulfilled")
    if not event.is_released_without:
        raise MoveError("The request is not fulfilled: no release without the images is published yet.")
    if not event.is_revoked:
        raise MoveError("The request is not fulfilled: the revocation of the images is not signed yet.")
    return replace(case, state=CaseState.FULFILLED)


def _expect(case: CaseStanding, states: set[CaseState], rule: str) -> None:
    if case.state not in states:
        raise MoveError(f"{rule}; this case is {case.state}.")


def _expect_second_person(case: CaseStanding, person: str) -> None:
    _expect(case, set(_PENDING), "Only a decision that waits for a second person can be confirmed or refused")
    if person == case.decider:
        raise MoveError("A decision is confirmed by somebody other than the person who made it.")


def _expect_reason(reason: str) -> None:
    if not reason.strip():
        raise MoveError("A decision needs a reason.")
