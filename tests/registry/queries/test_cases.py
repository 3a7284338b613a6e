import pytest

from policies.lanes import RiskClass
from policies.takedowns import CaseState, Ground, Outcome
from registry.access import PUBLIC
from registry.errors import InvalidInputError, NotFoundError
from registry.home import Home
from registry.models.takedowns import StepKind, SubjectKind, TakedownRequester
from registry.queries import cases, names
from registry.queries.cases import CaseStatus, Effect
from registry.services import takedowns
from registry.services.takedowns import Receipt, Request
from registry.worker.handlers import takedowns as matching
from registry.worker.station import Station
from tests.factories import homes, rows

STATEMENT = "That is me."


def ask(home: Home, path: str = homes.ASTRONAUT, ground: Ground = Ground.PRIVACY) -> Receipt:
    """A case whose images were looked for."""
    with home.act(PUBLIC) as act:
        receipt = takedowns.submit(act, Request(SubjectKind.PATH, path, ground, STATEMENT, "me@example.org"))
    with home.reading() as session:
        case = names.case(session, receipt.number)
    matching.match(Station(home), str(case.id))
    return receipt


def uphold(home: Home, receipt: Receipt) -> None:
    """Held, decided and confirmed by two people."""
    with homes.act(home, "rita") as act:
        takedowns.hold(act, receipt.number, "Somebody is shown.")
        takedowns.decide(act, home.blobs, receipt.number, Outcome.UPHOLD, "Never agreed.")
    with homes.act(home, "ben") as act:
        takedowns.confirm(act, receipt.number, "I agree.")


def status(home: Home, receipt: Receipt) -> CaseStatus:
    """What the requester sees."""
    with home.reading() as session:
        return cases.read_status(session, home.blobs, names.case(session, receipt.number))


def test_open_cases_are_listed_oldest_first_and_closed_ones_newest_first_page_by_page(bare_home: Home) -> None:
    with bare_home.reading() as session:
        opened = [rows.case(session, state=state).number for state in (CaseState.RECEIVED, CaseState.HELD)]
        closed = [rows.case(session, state=CaseState.WITHDRAWN).number for _ in range(2)]
        for is_open, numbers in ((True, opened), (False, closed[::-1])):
            first = cases.list_cases(session, bare_home.blobs, is_open=is_open, limit=1)
            rest = cases.list_cases(session, bare_home.blobs, is_open=is_open, limit=1, after=first.next)
            assert [first.items[0].number, rest.items[0].number] == numbers
            assert rest.next is None


def test_every_state_is_in_exactly_one_of_the_two_lists(bare_home: Home) -> None:
    with bare_home.reading() as session:
        for state in CaseState:
            rows.case(session, state=state, decided_by=rows.mara(session))
        opened = [line.state for line in cases.list_cases(session, bare_home.blobs, is_open=True).items]
        closed = [line.state for line in cases.list_cases(session, bare_home.blobs, is_open=False).items]
    assert sorted(opened + closed) == sorted(CaseState)
    assert set(closed) == {CaseState.UPHELD, CaseState.REJECTED, CaseState.FULFILLED, CaseState.WITHDRAWN}


def test_a_cursor_that_is_none_is_refused(bare_home: Home) -> None:
    with bare_home.reading() as session, pytest.raises(InvalidInputError):
        cases.list_cases(session, bare_home.blobs, is_open=True, after="first")


def test_a_line_of_the_queue_says_how_careful_one_has_to_be_and_nothing_personal(furnished_home: Home) -> None:
    receipt = ask(furnished_home)
    with furnished_home.reading() as session:
        [line] = cases.list_cases(session, furnished_home.blobs, is_open=True).items
    assert (line.number, line.image_count, line.risk) == (receipt.number, 1, RiskClass.HIGH)
    assert STATEMENT not in repr(line)


def test_a_case_is_read_with_request_images_and_steps(furnished_home: Home) -> None:
    receipt = ask(furnished_home, homes.TWINS[0])
    with homes.act(furnished_home, "rita") as act:
        takedowns.hold(act, receipt.number, "Somebody is shown.")
    with furnished_home.reading() as session:
        detail = cases.read_case(session, furnished_home.blobs, receipt.number)
    assert detail.line.state is CaseState.HELD
    assert [(image.variant, image.path) for image in detail.images] == [(homes.VARIANT, homes.TWINS[0])]
    assert [(step.kind, step.person) for step in detail.steps] == [
        (StepKind.RECEIVED, None),
        (StepKind.SEARCHED, None),
        (StepKind.HOLD_PLACED, "rita"),
    ]
    assert detail.requester is not None
    assert (detail.requester.subject, detail.requester.statement) == (homes.TWINS[0], STATEMENT)
    assert detail.decided_by is None


def test_a_case_whose_requester_was_erased_is_still_a_case(furnished_home: Home) -> None:
    receipt = ask(furnished_home)
    with furnished_home.reading() as session:
        session.delete(session.get_one(TakedownRequester, names.case(session, receipt.number).id))
        session.flush()
        assert cases.read_case(session, furnished_home.blobs, receipt.number).requester is None


def test_a_case_that_does_not_exist_is_not_found(bare_home: Home) -> None:
    with bare_home.reading() as session, pytest.raises(NotFoundError):
        cases.read_case(session, bare_home.blobs, "TD-2222-2222")


def test_the_requester_sees_steps_but_neither_people_nor_reasons_before_it_is_decided(furnished_home: Home) -> None:
    receipt = ask(furnished_home)
    with homes.act(furnished_home, "rita") as act:
        takedowns.hold(act, receipt.number, "Somebody is shown.")
        takedowns.decide(act, furnished_home.blobs, receipt.number, Outcome.UPHOLD, "Never agreed.")
    seen = status(furnished_home, receipt)
    assert seen.state is CaseState.UPHELD_PENDING_CONFIRMATION
    assert seen.decision_reason is None
    assert {(step.person, step.reason) for step in seen.steps} == {(None, "")}
    assert seen.can_be_withdrawn
    assert seen.effects == ()
    assert seen.revocation is None


def test_a_decision_that_stands_is_explained_to_the_requester(furnished_home: Home) -> None:
    receipt = ask(furnished_home)
    uphold(furnished_home, receipt)
    seen = status(furnished_home, receipt)
    assert seen.decision_reason == "Never agreed."
    assert not seen.can_be_withdrawn
    assert seen.effects == (Effect(homes.VARIANT, None, is_gone=False),)


def test_a_rejection_is_explained_too(furnished_home: Home) -> None:
    receipt = ask(furnished_home, ground=Ground.OTHER)
    with homes.act(furnished_home, "rita") as act:
        takedowns.decide(act, furnished_home.blobs, receipt.number, Outcome.REJECT, "It is a painting.")
    seen = status(furnished_home, receipt)
    assert (seen.state, seen.decision_reason) == (CaseState.REJECTED, "It is a painting.")
    assert seen.effects == ()


def test_the_requester_sees_when_the_image_is_gone(built_home: Home) -> None:
    homes.released(built_home, homes.FIRST)
    receipt = ask(built_home)
    uphold(built_home, receipt)
    assert status(built_home, receipt).effects == (Effect(homes.VARIANT, "2026.1", is_gone=False),)
    label = homes.plan(built_home)
    homes.build(built_home, label)
    homes.released(built_home, label)
    assert status(built_home, receipt).effects == (Effect(homes.VARIANT, "2026.2", is_gone=True),)
