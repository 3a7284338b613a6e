import pytest
from sqlmodel import col, select

from policies.takedowns import CaseState, Ground, Outcome
from registry.access import PUBLIC
from registry.acts import Promise, begin
from registry.errors import InvalidInputError, NotFoundError, WrongStateError
from registry.home import Home
from registry.jobs import Job
from registry.models.people import Role
from registry.models.takedowns import (
    SubjectKind,
    TakedownCase,
    TakedownImage,
    TakedownRequester,
    TakedownStep,
)
from registry.queries import names
from registry.services import people, takedowns
from registry.services.takedowns import Found, Request
from tests.factories import cases, homes
from tests.factories.homes import NOW, TWINS, VARIANT, WAVES

RISKY = Ground.PRIVACY
PLAIN = Ground.COPYRIGHT


def held(home: Home, ground: Ground = PLAIN, subject: str = WAVES) -> str:
    """The number of a case whose images are held."""
    number = cases.submit(home, subject, ground=ground).number
    cases.search(home, number)
    with homes.act(home, "rita") as act:
        takedowns.hold(act, number, "Looks like what they say.")
    return number


def decide(home: Home, number: str, outcome: Outcome = Outcome.UPHOLD, handle: str = "rita") -> None:
    """Somebody decides."""
    with homes.act(home, handle) as act:
        takedowns.decide(act, home.blobs, number, outcome, "They are right.")


def image_paths(home: Home) -> list[str]:
    """Where the images that cases are about were found."""
    with home.reading() as session:
        return sorted(session.exec(select(TakedownImage.path)))


def steps(home: Home) -> list[tuple[str, CaseState]]:
    """What was done, and where it led."""
    with home.reading() as session:
        found = session.exec(select(TakedownStep).order_by(col(TakedownStep.id)))
        return [(step.kind.value, step.state_after) for step in found]


def test_a_request_becomes_a_case_that_is_searched_for(bare_home: Home) -> None:
    request = Request(SubjectKind.URL, " https://a.example/n1/x.jpg ", RISKY, " It is me. ", " me@a.example ")
    with begin(bare_home.sessions, PUBLIC, NOW) as act:
        receipt = takedowns.submit(act, request)
    with bare_home.reading() as session:
        case = names.case(session, receipt.number)
        said = session.exec(select(TakedownRequester)).one()
    assert act.promises == [Promise(Job.MATCH_TAKEDOWN, str(case.id))] == [takedowns.promise_of(case)]
    assert (case.state, case.ground, case.received_at) == (CaseState.RECEIVED, RISKY, NOW)
    assert (said.subject, said.statement, said.contact) == (
        "https://a.example/n1/x.jpg",
        "It is me.",
        "me@a.example",
    )
    assert steps(bare_home) == [("received", CaseState.RECEIVED)]


@pytest.mark.slow
def test_code_words_are_kept_as_argon2id_at_its_full_price(bare_home: Home) -> None:
    receipt = cases.submit(bare_home, "a/b")
    with bare_home.reading() as session:
        kept = names.case(session, receipt.number).code_words_hash
    assert kept.startswith("$argon2id$v=19$m=65536,t=3,p=4$")


def test_what_the_requester_said_stands_in_one_table_only(bare_home: Home) -> None:
    request = Request(SubjectKind.PATH, "secret-subject", RISKY, "secret-statement", "secret@contact.example")
    with begin(bare_home.sessions, PUBLIC, NOW) as act:
        receipt = takedowns.submit(act, request)
    elsewhere = [event.model_dump() for event in homes.events(bare_home)]
    with bare_home.reading() as session:
        elsewhere += [row.model_dump() for row in session.exec(select(TakedownCase))]
        elsewhere += [row.model_dump() for row in session.exec(select(TakedownStep))]
    assert "secret" not in str(elsewhere)
    assert "secret" not in repr(request)
    assert receipt.code_words not in str(elsewhere)
    assert receipt.code_words not in repr(receipt)


@pytest.mark.parametrize(
    ("kind", "subject", "kept"),
    [
        (SubjectKind.SHA256, "sha256:" + "A" * 64, "a" * 64),
        (SubjectKind.SHA256, "a" * 64, "a" * 64),
        (SubjectKind.PATH, "./a/b.jpg", "a/b.jpg"),
        (SubjectKind.PATH, "/a/b.jpg", "a/b.jpg"),
        (SubjectKind.URL, "HTTPS://a.example/b", "HTTPS://a.example/b"),
    ],
)
def test_an_image_can_be_named_in_several_ways(bare_home: Home, kind: SubjectKind, subject: str, kept: str) -> None:
    cases.submit(bare_home, subject, kind)
    with bare_home.reading() as session:
        assert session.exec(select(TakedownRequester)).one().subject == kept


@pytest.mark.parametrize(
    ("kind", "subject"),
    [
        (SubjectKind.SHA256, "a" * 63),
        (SubjectKind.SHA256, "md5:" + "a" * 32),
        (SubjectKind.SHA256, "g" * 64),
        (SubjectKind.URL, "a.example/b"),
        (SubjectKind.URL, "ftp://a.example/b"),
        (SubjectKind.URL, "https://"),
        (SubjectKind.URL, "https://["),
        (SubjectKind.URL, "javascript:alert(1)"),
        (SubjectKind.PATH, ""),
        (SubjectKind.PATH, "   "),
        (SubjectKind.PATH, "/"),
        (SubjectKind.PATH, "./"),
        (SubjectKind.PATH, "x" * 4097),
    ],
)
def test_what_names_no_image_is_refused(bare_home: Home, kind: SubjectKind, subject: str) -> None:
    with pytest.raises(InvalidInputError):
        cases.submit(bare_home, subject, kind)
    assert homes.count(bare_home, TakedownCase) == 0


@pytest.mark.parametrize(
    ("statement", "contact"),
    [("x" * 4001, ""), ("", "no address"), ("", "@"), ("", "a@b"), ("", "a@b.c\nBcc: d@e.f"), ("", "a" * 251 + "@b.c")],
)
def test_what_is_said_has_bounds(bare_home: Home, statement: str, contact: str) -> None:
    request = Request(SubjectKind.PATH, "a/b", PLAIN, statement, contact)
    with pytest.raises(InvalidInputError), begin(bare_home.sessions, PUBLIC, NOW) as act:
        takedowns.submit(act, request)


def test_a_search_is_recorded_once(furnished_home: Home) -> None:
    number = cases.submit(furnished_home, TWINS[0]).number
    cases.search(furnished_home, number)
    cases.search(furnished_home, number)
    assert cases.state(furnished_home, number) is CaseState.MATCHED
    assert image_paths(furnished_home) == [TWINS[0]]
    assert steps(furnished_home)[1:] == [("searched", CaseState.MATCHED)]


def test_a_search_for_bytes_finds_them_under_every_name_and_keeps_them_once(furnished_home: Home) -> None:
    number = cases.submit(furnished_home, cases.sha256_of(furnished_home, TWINS[1]), SubjectKind.SHA256).number
    cases.search(furnished_home, number)
    assert homes.count(furnished_home, TakedownImage) == 1


def test_what_was_not_found_can_be_added_by_a_person(furnished_home: Home) -> None:
    number = cases.submit(furnished_home, "n9/none.jpg").number
    cases.search(furnished_home, number)
    assert cases.state(furnished_home, number) is CaseState.NO_MATCH
    found = [found_at(furnished_home, WAVES)]
    with pytest.raises(NotFoundError), homes.act(furnished_home, "rita") as act:
        takedowns.add_images(act, number, [], "Nothing.")
    with homes.act(furnished_home, "rita") as act:
        takedowns.add_images(act, number, found * 2, "It is this one.")
        takedowns.add_images(act, number, found, "Again.")
    assert cases.state(furnished_home, number) is CaseState.MATCHED
    assert image_paths(furnished_home) == [WAVES]


def found_at(home: Home, path: str) -> Found:
    """An image of `VARIANT`, as somebody found it."""
    with home.reading() as session:
        return Found(cases.sha256_of(home, path), names.variant(session, VARIANT).id, path)


def test_a_decided_case_gets_no_more_images(furnished_home: Home) -> None:
    number = held(furnished_home)
    with homes.act(furnished_home, "rita") as act:
        takedowns.add_images(act, number, [found_at(furnished_home, TWINS[0])], "This too.")
    decide(furnished_home, number)
    with pytest.raises(WrongStateError, match="until a case is decided"), homes.act(furnished_home, "rita") as act:
        takedowns.add_images(act, number, [found_at(furnished_home, homes.GPS)], "And this.")


@pytest.mark.parametrize("ground", Ground)
def test_a_risky_ground_needs_a_second_person_and_others_do_not(furnished_home: Home, ground: Ground) -> None:
    number = held(furnished_home, ground)
    decide(furnished_home, number)
    needs = ground not in (Ground.COPYRIGHT, Ground.OTHER)
    wanted = CaseState.UPHELD_PENDING_CONFIRMATION if needs else CaseState.UPHELD
    assert cases.state(furnished_home, number) is wanted


def test_a_decision_is_confirmed_by_somebody_else(furnished_home: Home) -> None:
    with homes.act(furnished_home, "ada") as act:
        people.set_roles(act, "rita", frozenset({Role.REVIEWER, Role.APPROVER}))
    number = held(furnished_home, RISKY)
    decide(furnished_home, number)
    with pytest.raises(WrongStateError, match="somebody other"), homes.act(furnished_home, "rita") as act:
        takedowns.confirm(act, number, "I agree with myself.")
    with homes.act(furnished_home, "ana") as act:
        takedowns.confirm(act, number, "I agree.")
    assert cases.state(furnished_home, number) is CaseState.UPHELD
    assert [kind for kind, _ in steps(furnished_home)] == [
        "received",
        "searched",
        "hold-placed",
        "decided",
        "confirmed",
    ]


def test_a_decision_that_is_refused_is_open_again_and_its_images_stay_held(furnished_home: Home) -> None:
    number = held(furnished_home, RISKY)
    decide(furnished_home, number, Outcome.REJECT)
    with homes.act(furnished_home, "ana") as act:
        takedowns.refuse(act, number, "Look again.")
    assert cases.state(furnished_home, number) is CaseState.HELD
    decide(furnished_home, number, handle="ruth")
    with homes.act(furnished_home, "ana") as act:
        takedowns.confirm(act, number, "Now I agree.")
    assert cases.state(furnished_home, number) is CaseState.UPHELD


@pytest.mark.parametrize("reason", ["", " \n ", "x" * 2001])
def test_nothing_is_done_to_a_case_without_a_reason(furnished_home: Home, reason: str) -> None:
    number = held(furnished_home, RISKY)
    found = [found_at(furnished_home, WAVES)]
    with homes.act(furnished_home, "rita") as act:
        for attempt in (
            lambda: takedowns.hold(act, number, reason),
            lambda: takedowns.decide(act, furnished_home.blobs, number, Outcome.UPHOLD, reason),
            lambda: takedowns.add_images(act, number, found, reason),
        ):
            with pytest.raises(InvalidInputError, match="needs a reason"):
                attempt()
    decide(furnished_home, number)
    with homes.act(furnished_home, "ana") as act:
        for answer in (takedowns.confirm, takedowns.refuse):
            with pytest.raises(InvalidInputError, match="needs a reason"):
                answer(act, number, reason)


def test_moves_that_the_case_cannot_make_are_refused_and_leave_no_step(furnished_home: Home) -> None:
    number = cases.submit(furnished_home, WAVES).number
    with homes.act(furnished_home, "rita") as act, pytest.raises(WrongStateError, match="only where images were found"):
        takedowns.hold(act, number, "Too early.")
    cases.search(furnished_home, number)
    with homes.act(furnished_home, "rita") as act, pytest.raises(WrongStateError, match="while its images are held"):
        takedowns.decide(act, furnished_home.blobs, number, Outcome.UPHOLD, "Too early.")
    with homes.act(furnished_home, "ana") as act, pytest.raises(WrongStateError, match="waits for a second person"):
        takedowns.confirm(act, number, "Nothing there.")
    assert len(steps(furnished_home)) == 2


def test_a_case_is_shown_to_whoever_knows_its_words_and_to_nobody_else(bare_home: Home) -> None:
    receipt, other = cases.submit(bare_home, "a/b"), cases.submit(bare_home, "a/c")
    with bare_home.reading() as session:
        careless = f"  {receipt.code_words.upper().replace(' ', '   ')}\n"
        assert takedowns.case_of(session, receipt.number.lower(), careless).number == receipt.number
        sentences = set()
        for number, words in (
            (receipt.number, other.code_words),
            (receipt.number, ""),
            (receipt.number, "\ud800"),
            ("TD-2222-2222", receipt.code_words),
            ("\x00", receipt.code_words),
        ):
            with pytest.raises(NotFoundError) as refused:
                takedowns.case_of(session, number, words)
            sentences.add(refused.value.sentence)
    assert len(sentences) == 1


def test_a_request_can_be_taken_back_until_it_is_decided(furnished_home: Home) -> None:
    receipt = cases.submit(furnished_home, WAVES, ground=RISKY)
    cases.search(furnished_home, receipt.number)
    with homes.act(furnished_home, "rita") as act:
        takedowns.hold(act, receipt.number, "Let us see.")
    decide(furnished_home, receipt.number)
    with pytest.raises(NotFoundError), begin(furnished_home.sessions, PUBLIC, NOW) as act:
        takedowns.withdraw(act, receipt.number, "not their words")
    with begin(furnished_home.sessions, PUBLIC, NOW) as act:
        takedowns.withdraw(act, receipt.number, receipt.code_words)
    with furnished_home.reading() as session:
        case = names.case(session, receipt.number)
    assert (case.state, case.decided_by) == (CaseState.WITHDRAWN, None)
    with pytest.raises(WrongStateError), begin(furnished_home.sessions, PUBLIC, NOW) as act:
        takedowns.withdraw(act, receipt.number, receipt.code_words)


def test_an_upheld_request_cannot_be_taken_back(furnished_home: Home) -> None:
    receipt = cases.submit(furnished_home, WAVES)
    cases.search(furnished_home, receipt.number)
    with homes.act(furnished_home, "rita") as act:
        takedowns.hold(act, receipt.number, "Let us see.")
    decide(furnished_home, receipt.number)
    with (
        pytest.raises(WrongStateError, match="until it is decided"),
        begin(furnished_home.sessions, PUBLIC, NOW) as act,
    ):
        takedowns.withdraw(act, receipt.number, receipt.code_words)


def test_every_step_is_an_event_of_the_same_act(furnished_home: Home) -> None:
    number = held(furnished_home, RISKY)
    decide(furnished_home, number)
    said = [event for event in homes.events(furnished_home) if event.subject_kind == "takedown"]
    assert [(event.event, event.actor_name, event.facts["state"]) for event in said] == [
        ("takedown.received", "public", "received"),
        ("takedown.matched", "worker", "matched"),
        ("takedown.held", "rita", "held"),
        ("takedown.decided", "rita", "upheld-pending-confirmation"),
    ]
    assert {event.subject_id for event in said} == {number}


def test_a_case_that_does_not_exist_is_not_found(bare_home: Home) -> None:
    with pytest.raises(NotFoundError), homes.act(bare_home, "rita") as act:
        takedowns.hold(act, "TD-2222-2222", "because")


def test_a_search_is_finished_once(bare_home: Home) -> None:
    number = cases.submit(bare_home, "a/b").number
    with homes.act(bare_home, "operator") as act:
        case_id = names.case(act.session, number).id
        assert takedowns.to_be_searched(act, case_id) is not None
        takedowns.finish_search(act, case_id, [])
        assert takedowns.to_be_searched(act, case_id) is None
        takedowns.finish_search(act, case_id, [])
    assert [kind for kind, _ in steps(bare_home)] == ["received", "searched"]
