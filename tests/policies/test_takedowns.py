"""The table of transitions of a takedown case, and what holds in every history."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.errors import MoveError
from policies.takedowns import (
    CaseStanding,
    CaseState,
    ConfirmationRefused,
    Confirmed,
    Decided,
    Event,
    Fulfilled,
    HoldPlaced,
    Outcome,
    Searched,
    Withdrawn,
    move,
)

S = CaseState
FOUND, NOTHING, HOLD = Searched(3), Searched(0), HoldPlaced()
UPHOLD = Decided("ann", Outcome.UPHOLD, "The person is recognisable.", needs_second_person=True)
REJECT = Decided("ann", Outcome.REJECT, "It shows somebody else.", needs_second_person=True)
ALONE = {"uphold": replace(UPHOLD, needs_second_person=False), "reject": replace(REJECT, needs_second_person=False)}
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
    (S.MATCHED, "reject"): S.REJECTED_PENDING_CONFIRMATION,
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
STANDARD = RISKY | {
    (S.HELD, "uphold"): S.UPHELD, (S.HELD, "reject"): S.REJECTED, (S.MATCHED, "reject"): S.REJECTED,
}  # fmt: skip


@pytest.mark.parametrize("needs_second_person", [False, True])
@pytest.mark.parametrize("state", CaseState)
@pytest.mark.parametrize("event", EVENTS)
def test_the_table_of_transitions(*, needs_second_person: bool, state: CaseState, event: str) -> None:
    case = CaseStanding(state, decider="ann" if "pending" in state else None)
    table, events = (RISKY, EVENTS) if needs_second_person else (STANDARD, EVENTS | ALONE)
    expected = table.get((state, event))
    if expected is None:
        with pytest.raises(MoveError, match=f"this case is {state}"):
            move(case, events[event])
    else:
        assert move(case, events[event]).state is expected


def test_who_decided_is_remembered_and_forgotten_when_the_decision_is_refused() -> None:
    decided = move(CaseStanding(S.HELD), UPHOLD)
    assert decided.decider == "ann"
    assert move(decided, REFUSE) == CaseStanding(S.HELD)
    assert move(decided, CONFIRM).decider == "ann"


@pytest.mark.parametrize("event", [Confirmed("ann"), ConfirmationRefused("ann", "A reason.")])
def test_nobody_confirms_or_refuses_their_own_decision(event: Event) -> None:
    case = CaseStanding(S.UPHELD_PENDING_CONFIRMATION, decider="ann")
    with pytest.raises(MoveError, match="somebody other than the person who made it"):
        move(case, event)


@pytest.mark.parametrize("event", [replace(UPHOLD, reason=" \n"), replace(REJECT, reason="")])
def test_a_decision_needs_a_reason(event: Event) -> None:
    with pytest.raises(MoveError, match="needs a reason"):
        move(CaseStanding(S.HELD), event)


def test_refusing_a_decision_needs_a_reason() -> None:
    case = CaseStanding(S.UPHELD_PENDING_CONFIRMATION, decider="ann")
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
        move(CaseStanding(S.UPHELD), event)


def test_which_states_stop_images_and_which_take_them_down() -> None:
    assert {state for state in S if state.is_holding} == {
        S.HELD, S.UPHELD_PENDING_CONFIRMATION, S.REJECTED_PENDING_CONFIRMATION,
    }  # fmt: skip
    assert {state for state in S if state.is_taken_down} == {S.UPHELD, S.FULFILLED}
    assert {state for state in S if state.is_final} == {S.REJECTED, S.FULFILLED, S.WITHDRAWN}


people = st.sampled_from(["ann", "bob"])
events_of_anybody = st.one_of(
    st.builds(Searched, st.integers(0, 2)),
    st.just(HOLD),
    st.builds(Decided, people, st.sampled_from(Outcome), st.just("A reason."), st.booleans()),
    st.builds(Confirmed, people),
    st.builds(ConfirmationRefused, people, st.just("A reason.")),
    st.just(WITHDRAW),
    st.builds(Fulfilled, st.booleans(), st.booleans()),
)


@given(st.booleans(), st.lists(events_of_anybody, max_size=12))
def test_in_every_history_what_is_final_stays_and_risky_cases_had_two_people(
    needs_second_person: bool,  # noqa: FBT001 - Hypothesis gives it by its place
    history: list[Event],
) -> None:
    case, hands = CaseStanding(), set[str]()
    for said in history:
        event = replace(said, needs_second_person=needs_second_person) if isinstance(said, Decided) else said
        try:
            after = move(case, event)
        except MoveError:
            continue
        assert not case.state.is_final
        if isinstance(event, Decided | Confirmed):
            hands = (set() if isinstance(event, Decided) else hands) | {event.person}
        case = after
    if case.state.is_taken_down and needs_second_person:
        assert hands == {"ann", "bob"}
