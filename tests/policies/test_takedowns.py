"""The table of transitions of a takedown case, and what holds in every history."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.errors import MoveError
from policies.lanes import RiskClass
from policies.takedowns import (
    CaseStanding,
    CaseState,
    ConfirmationRefused,
    Confirmed,
    Decided,
    Event,
    Fulfilled,
    Ground,
    HoldPlaced,
    Outcome,
    Searched,
    Withdrawn,
    move,
)

S = CaseState
FOUND, NOTHING, HOLD = Searched(3), Searched(0), HoldPlaced()
UPHOLD = Decided("ann", Outcome.UPHOLD, "The person is recognisable.")
REJECT = Decided("ann", Outcome.REJECT, "It shows somebody else.")
CONFIRM, REFUSE = Confirmed("bob"), ConfirmationRefused("bob", "The evidence is thin.")
WITHDRAW, FULFIL = Withdrawn(), Fulfilled(is_released_without=True, is_revoked=True)
EVENTS: dict[str, Event] = {
    "found": FOUND, "nothing": NOTHING, "hold": HOLD, "uphold": UPHOLD, "reject": REJECT,
    "confirm": CONFIRM, "refuse": REFUSE, "withdraw": WITHDRAW, "fulfil": FULFIL,
}  # fmt: skip

# Every move of a case that needs a second person; what is not in the table is refused.
RISKY = {
    (S.RECEIVED, "found"): S.MATCHED,
    (S.RECEIVED, "nothing"): S.NO_MATCH,
    (S.RECEIVED, "withdraw"): S.WITHDRAWN,
    (S.NO_MATCH, "found"): S.MATCHED,
    (S.NO_MATCH, "nothing"): S.NO_MATCH,
    (S.NO_MATCH, "reject"): S.REJECTED,
    (S.NO_MATCH, "withdraw"): S.WITHDRAWN,
    (S.MATCHED, "hold"): S.HELD,
    (S.MATCHED, "reject"): S.REJECTED,
    (S.MATCHED, "withdraw"): S.WITHDRAWN,
    (S.HELD, "uphold"): S.UPHELD_PENDING_CONFIRMATION,
    (S.HELD, "reject"): S.REJECTED_PENDING_CONFIRMATION,
    (S.HELD, "withdraw"): S.WITHDRAWN,
    (S.UPHELD_PENDING_CONFIRMATION, "confirm"): S.UPHELD,
    (S.UPHELD_PENDING_CONFIRMATION, "refuse"): S.HELD,
    (S.UPHELD_PENDING_CONFIRMATION, "withdraw"): S.WITHDRAWN,
    (S.REJECTED_PENDING_CONFIRMATION, "confirm"): S.REJECTED,
    (S.REJECTED_PENDING_CONFIRMATION, "refuse"): S.HELD,
    (S.REJECTED_PENDING_CONFIRMATION, "withdraw"): S.WITHDRAWN,
    (S.UPHELD, "fulfil"): S.FULFILLED,
}
STANDARD = RISKY | {(S.HELD, "uphold"): S.UPHELD, (S.HELD, "reject"): S.REJECTED}


@pytest.mark.parametrize("ground", Ground)
@pytest.mark.parametrize("state", CaseState)
@pytest.mark.parametrize("event", EVENTS)
def test_the_table_of_transitions(ground: Ground, state: CaseState, event: str) -> None:
    case = CaseStanding(ground, state, decider="ann" if "pending" in state else None)
    table = RISKY if ground.risk.needs_second_person else STANDARD
    expected = table.get((state, event))
    if expected is None:
        with pytest.raises(MoveError, match=f"this case is {state}"):
            move(case, EVENTS[event])
    else:
        assert move(case, EVENTS[event]).state is expected


def test_the_risk_of_each_ground() -> None:
    assert {ground: ground.risk for ground in Ground} == {
        Ground.PRIVACY: RiskClass.HIGH,
        Ground.COURT_ORDER: RiskClass.HIGH,
        Ground.SAFETY: RiskClass.CRITICAL,
        Ground.COPYRIGHT: RiskClass.STANDARD,
        Ground.OTHER: RiskClass.STANDARD,
    }


def test_who_decided_is_remembered_and_forgotten_when_the_decision_is_refused() -> None:
    decided = move(CaseStanding(Ground.PRIVACY, S.HELD), UPHOLD)
    assert decided.decider == "ann"
    assert move(decided, REFUSE) == CaseStanding(Ground.PRIVACY, S.HELD)
    assert move(decided, CONFIRM).decider == "ann"


@pytest.mark.parametrize("event", [Confirmed("ann"), ConfirmationRefused("ann", "A reason.")])
def test_nobody_confirms_or_refuses_their_own_decision(event: Event) -> None:
    case = CaseStanding(Ground.PRIVACY, S.UPHELD_PENDING_CONFIRMATION, decider="ann")
    with pytest.raises(MoveError, match="somebody other than the person who made it"):
        move(case, event)


@pytest.mark.parametrize("event", [Decided("ann", Outcome.UPHOLD, " \n"), Decided("ann", Outcome.REJECT, "")])
def test_a_decision_needs_a_reason(event: Event) -> None:
    with pytest.raises(MoveError, match="needs a reason"):
        move(CaseStanding(Ground.PRIVACY, S.HELD), event)


def test_refusing_a_decision_needs_a_reason() -> None:
    case = CaseStanding(Ground.PRIVACY, S.UPHELD_PENDING_CONFIRMATION, decider="ann")
    with pytest.raises(MoveError, match="needs a reason"):
        move(case, ConfirmationRefused("bob", ""))


@pytest.mark.parametrize(
    ("event", "lacks"),
    [
        (Fulfilled(is_released_without=False, is_revoked=True), "no release without the images"),
        (Fulfilled(is_released_without=True, is_revoked=False), "the revocation of the images is not signed"),
    ],
)
def test_a_request_is_fulfilled_only_when_both_facts_exist(event: Event, lacks: str) -> None:
    with pytest.raises(MoveError, match=lacks):
        move(CaseStanding(Ground.PRIVACY, S.UPHELD), event)


def test_which_states_stop_images_and_which_take_them_down() -> None:
    assert {state for state in S if state.is_holding} == {
        S.HELD, S.UPHELD_PENDING_CONFIRMATION, S.REJECTED_PENDING_CONFIRMATION,
    }  # fmt: skip
    assert {state for state in S if state.is_taken_down} == {S.UPHELD, S.FULFILLED}
    assert {state for state in S if state.is_final} == {S.REJECTED, S.FULFILLED, S.WITHDRAWN}


people = st.sampled_from(["ann", "bob"])
events = st.one_of(
    st.builds(Searched, st.integers(0, 2)),
    st.just(HOLD),
    st.builds(Decided, people, st.sampled_from(Outcome), st.just("A reason.")),
    st.builds(Confirmed, people),
    st.builds(ConfirmationRefused, people, st.just("A reason.")),
    st.just(WITHDRAW),
    st.builds(Fulfilled, st.booleans(), st.booleans()),
)


@given(st.sampled_from(Ground), st.lists(events, max_size=12))
def test_in_every_history_what_is_final_stays_and_risky_cases_had_two_people(
    ground: Ground, history: list[Event]
) -> None:
    case, hands = CaseStanding(ground), set[str]()
    for event in history:
        try:
            after = move(case, event)
        except MoveError:
            continue
        assert not case.state.is_final
        if isinstance(event, Decided | Confirmed):
            hands = (set() if isinstance(event, Decided) else hands) | {event.person}
        case = after
    if case.state.is_taken_down and ground.risk.needs_second_person:
        assert hands == {"ann", "bob"}
