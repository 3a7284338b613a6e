"""One person proposes a procedure, another puts it in force; what began before stays under its own."""

from datetime import datetime, timedelta

import pytest

from policies.procedures import Kind
from policies.takedowns import CaseState, Ground, Outcome
from registry import ids
from registry.access import PUBLIC
from registry.acts import begin
from registry.errors import AccountNotClosedError, ForbiddenError, InvalidInputError, NotFoundError, WrongStateError
from registry.home import Home
from registry.models.people import Role
from registry.models.procedures import ChangeState, Procedure, ProcedureChange
from registry.models.releases import ReleaseState
from registry.models.takedowns import SubjectKind
from registry.queries import cases as case_queries
from registry.queries import names, transparency
from registry.queries import procedures as queries
from registry.services import people, planning, procedures, releases, takedowns
from registry.services.takedowns import Request
from registry.worker.handlers import takedowns as matching
from registry.worker.station import Station
from tests.factories import homes
from tests.factories import procedures as made
from tests.factories.homes import FIRST, NOW, VARIANT, WAVES
from tests.factories.policies import digest_of
from tests.factories.procedures import APPROVAL, HOUR, QUICK, SHIPPED_APPROVAL, SHIPPED_TAKEDOWNS, THREE


def in_force(home: Home, kind: Kind = Kind.RELEASE_APPROVAL, now: datetime = NOW) -> str:
    with home.reading() as session:
        return queries.in_force(session, kind, now)


def test_what_comes_with_the_program_is_in_force_until_people_say_otherwise(bare_home: Home) -> None:
    assert (in_force(bare_home), in_force(bare_home, Kind.TAKEDOWNS)) == (SHIPPED_APPROVAL, SHIPPED_TAKEDOWNS)


def test_a_procedure_is_published_once_and_is_not_in_force_by_that(bare_home: Home) -> None:
    assert made.publish(bare_home, THREE) == made.publish(bare_home, THREE) == "ours@1"
    assert homes.count(bare_home, Procedure) == 1
    assert in_force(bare_home) == SHIPPED_APPROVAL
    event = homes.events(bare_home)[-1]
    assert (event.event, event.subject_id, f"sha256:{event.facts['sha256']}") == (
        "procedure.published",
        "ours@1",
        digest_of(THREE),
    )
    with bare_home.reading() as session:
        [leaf] = transparency.list_leaves(session).items
    assert (leaf.kind, leaf.label, leaf.subject, leaf.reasons) == ("policy", "ours@1", digest_of(THREE), ("procedure",))


def test_a_published_procedure_never_changes_and_the_programs_own_is_taken(bare_home: Home) -> None:
    made.publish(bare_home, THREE)
    for data in (THREE + b"# more\n", APPROVAL + b"# more\n"):
        with pytest.raises(WrongStateError, match="a change needs a new version"):
            made.publish(bare_home, data)
    assert made.publish(bare_home, made.own(THREE, "ours", version="1")) == "ours@1"
    assert made.publish(bare_home, APPROVAL) == "release-approval@1"


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (THREE.replace(b"otherwise:", b"otherwise: &a"), "Anchors"),
        (THREE.replace(b"reviewer: 1}\n", b"administrator: 1}\n"), "approves no release"),
        (APPROVAL.replace(b"approver: 2}", b"approver: 1}"), "two different people"),
        (QUICK.replace(b"hours: 48", b"hours: 0"), "greater than or equal to 1"),
        (QUICK.replace(b"hours: 48", b"hours: 72"), "within 48 hours"),
        (b"format: accession-policy/1\n", "begins with `format:"),
    ],
)
def test_what_promises_too_little_or_cannot_be_followed_is_not_published(
    bare_home: Home, data: bytes, says: str
) -> None:
    with pytest.raises(InvalidInputError, match=f"(?i){says}"):
        made.publish(bare_home, data)
    assert homes.count(bare_home, Procedure) == 0


def test_two_people_put_a_procedure_in_force_from_a_moment_on(bare_home: Home) -> None:
    tomorrow = NOW + timedelta(days=1)
    change = made.propose(bare_home, THREE, tomorrow)
    assert in_force(bare_home, now=tomorrow) == SHIPPED_APPROVAL
    with homes.act(bare_home, "ana", NOW + HOUR) as act:
        procedures.confirm(act, bare_home.blobs, change, "Yes.")
    assert in_force(bare_home, now=tomorrow - timedelta(seconds=1)) == SHIPPED_APPROVAL
    assert in_force(bare_home, now=tomorrow) == digest_of(THREE)
    with bare_home.reading() as session:
        [line] = queries.list_changes(session)
        leaf = transparency.list_leaves(session).items[0]
    assert (line.state, line.proposed_by, line.reason) == ("confirmed", "mara", "We want to be more careful.")
    assert (line.settled_by, line.settled_at, line.settled_because) == ("ana", NOW + HOUR, "Yes.")
    assert leaf.reasons == ("in-force", "procedure")
    assert [event.event for event in homes.events(bare_home)][-2:] == ["procedure.proposed", "procedure.confirmed"]


def test_nothing_is_in_force_before_it_was_confirmed(bare_home: Home) -> None:
    change = made.propose(bare_home, THREE, NOW)
    with homes.act(bare_home, "ana", NOW + HOUR) as act:
        assert procedures.confirm(act, bare_home.blobs, change, "Yes.").begins_at == NOW + HOUR
    assert in_force(bare_home, now=NOW) == SHIPPED_APPROVAL


def test_the_newest_of_two_is_in_force_and_one_can_go_back(bare_home: Home) -> None:
    made.put_in_force(bare_home, THREE)
    made.put_in_force(bare_home, QUICK)
    assert (in_force(bare_home), in_force(bare_home, Kind.TAKEDOWNS)) == (digest_of(THREE), digest_of(QUICK))
    made.put_in_force(bare_home, APPROVAL, NOW + HOUR)
    assert (in_force(bare_home), in_force(bare_home, now=NOW + HOUR)) == (digest_of(THREE), SHIPPED_APPROVAL)


def test_nobody_puts_in_force_what_they_proposed_whatever_roles_they_have(bare_home: Home) -> None:
    with homes.act(bare_home, "ada") as act:
        people.set_roles(act, "mara", frozenset(Role) - {Role.ADMINISTRATOR})
    change = made.propose(bare_home, THREE)
    with homes.act(bare_home, "mara") as act, pytest.raises(ForbiddenError, match="a second person does"):
        procedures.confirm(act, bare_home.blobs, change, "I agree with myself.")
    for handle in ("mo", "rita", "otto", "ada", "operator"):
        with homes.act(bare_home, handle) as act, pytest.raises(ForbiddenError):
            procedures.confirm(act, bare_home.blobs, change, "I would.")
    assert in_force(bare_home) == SHIPPED_APPROVAL


def test_a_proposal_is_refused_by_a_second_person_or_taken_back_by_the_first(bare_home: Home) -> None:
    for handle in ("ben", "mara"):
        change = made.propose(bare_home, THREE)
        with homes.act(bare_home, "mo") as act, pytest.raises(ForbiddenError):
            procedures.refuse(act, change, "Not mine.")
        with homes.act(bare_home, handle) as act:
            procedures.refuse(act, change, "Too strict.")
        with homes.act(bare_home, "ana") as act, pytest.raises(WrongStateError, match="is refused already"):
            procedures.confirm(act, bare_home.blobs, change, "Late.")
    with bare_home.reading() as session:
        assert {line.state for line in queries.list_changes(session)} == {ChangeState.REFUSED}
    assert in_force(bare_home) == SHIPPED_APPROVAL
    with homes.act(bare_home, "ana") as act, pytest.raises(NotFoundError):
        procedures.confirm(act, bare_home.blobs, ids.new_id(), "What?")


@pytest.mark.parametrize(
    ("name", "hours", "reason", "error"),
    [
        ("ours", 0, " ", InvalidInputError),
        ("ours", 0, "x" * 2001, InvalidInputError),
        ("ours", -1, "Yesterday.", InvalidInputError),
        ("nobodys", 0, "Why not.", NotFoundError),
        ("ours@9", 0, "Why not.", NotFoundError),
        ("release-approval", 0, "It was not published here.", NotFoundError),
        ("ours\0", 0, "Why not.", NotFoundError),
    ],
)
def test_a_proposal_needs_a_procedure_a_reason_and_a_time_to_come(
    bare_home: Home, name: str, hours: int, reason: str, error: type[Exception]
) -> None:
    made.publish(bare_home, THREE)
    with homes.act(bare_home, "mara") as act, pytest.raises(error):
        procedures.propose(act, bare_home.blobs, name, NOW + hours * HOUR, reason)
    assert homes.count(bare_home, ProcedureChange) == 0


def test_the_same_procedure_is_proposed_once_at_a_time(bare_home: Home) -> None:
    made.propose(bare_home, THREE)
    with pytest.raises(WrongStateError, match="waits for a second person"):
        made.propose(bare_home, THREE)


def test_a_procedure_that_nobody_here_could_follow_is_not_put_in_force(bare_home: Home) -> None:
    many = made.own(APPROVAL, "many", (b"{approver: 3}", b"{approver: 9}"))
    with pytest.raises(WrongStateError, match=r"Nobody could ever approve .* 9 of the role approver"):
        made.propose(bare_home, many)
    change = made.propose(bare_home, THREE)
    with homes.act(bare_home, "ada") as act:
        for handle in ("rita", "ruth"):
            people.deactivate(act, handle)
    with homes.act(bare_home, "ana") as act, pytest.raises(WrongStateError, match="1 of the role reviewer"):
        procedures.confirm(act, bare_home.blobs, change, "Nobody is left.")


def test_a_plan_stays_under_the_procedure_that_it_was_shown_with(furnished_home: Home) -> None:
    homes.build(furnished_home, homes.plan(furnished_home))
    made.put_in_force(furnished_home, THREE)
    second = homes.plan(furnished_home)
    homes.build(furnished_home, second)
    for label, digest, count in ((FIRST, SHIPPED_APPROVAL, 2), (second, digest_of(THREE), 3)):
        release = homes.release(furnished_home, label)
        assert release.plan["procedure"] == digest
        with furnished_home.reading() as session:
            assert releases.requirement(session, furnished_home.blobs, release).count == count
            assert queries.count_planned_under(session, digest) == 1
        homes.approve(furnished_home, label)
    assert homes.sign_release(furnished_home, FIRST).state is ReleaseState.SIGNED
    with (
        homes.act(furnished_home, "mo") as act,
        pytest.raises(WrongStateError, match=r"A reviewer looks, too\. 2 of 3"),
    ):
        releases.ask_signature(act, furnished_home.blobs, second)
    homes.approve(furnished_home, second, ("rita",))
    assert homes.sign_release(furnished_home, second).state is ReleaseState.SIGNED


def test_an_approval_is_bound_to_the_procedure(furnished_home: Home) -> None:
    homes.build(furnished_home, homes.plan(furnished_home))
    homes.approve(furnished_home, FIRST)
    made.publish(furnished_home, THREE)
    with furnished_home.sessions() as session:
        release = names.release(session, FIRST)
        release.plan = release.plan | {"procedure": digest_of(THREE)}
        session.commit()
    with (
        homes.act(furnished_home, "mo") as act,
        pytest.raises(AccountNotClosedError, match="not what was built and shown"),
    ):
        releases.ask_signature(act, furnished_home.blobs, FIRST)


def test_a_plan_that_was_shown_before_another_procedure_came_has_to_be_looked_at_again(furnished_home: Home) -> None:
    with furnished_home.reading() as session:
        shown = planning.preview(session, furnished_home.blobs, VARIANT, homes.PERSON_FILTERED, NOW)
    made.put_in_force(furnished_home, THREE)
    recipe = homes.quick_recipe(furnished_home)
    with homes.act(furnished_home, "mara") as act, pytest.raises(WrongStateError, match="another procedure"):
        planning.plan(act, shown, recipe)


def test_a_release_that_was_planned_before_plans_said_so_is_under_the_programs_own(built_home: Home) -> None:
    made.put_in_force(built_home, THREE)
    with built_home.sessions() as session:
        release = names.release(session, FIRST)
        release.plan = {name: said for name, said in release.plan.items() if name != "procedure"}
        session.flush()
        assert releases.requirement(session, built_home.blobs, release).count == 2


def asked(home: Home, ground: Ground) -> str:
    """The number of a case about one image, which is held."""
    with begin(home.sessions, PUBLIC, NOW) as act:
        number = takedowns.submit(act, Request(SubjectKind.PATH, WAVES, ground)).number
    with home.reading() as session:
        key = str(names.case(session, number).id)
    matching.match(Station(home), key)
    with homes.act(home, "rita") as act:
        takedowns.hold(act, number, "It is in there.")
    return number


def test_a_case_keeps_the_clock_and_the_care_that_it_began_with(furnished_home: Home) -> None:
    before = [asked(furnished_home, ground) for ground in (Ground.PRIVACY, Ground.COPYRIGHT)]
    made.put_in_force(furnished_home, QUICK)
    after = [asked(furnished_home, ground) for ground in (Ground.PRIVACY, Ground.COPYRIGHT)]
    with furnished_home.reading() as session:
        lines = [case_queries.read_case(session, furnished_home.blobs, number) for number in before + after]
    assert [(it.line.due_at - NOW).days for it in lines[::2]] == [30, 10]
    assert [it.procedure for it in lines[1::2]] == ["takedowns-dmca-gdpr-dsa@1", "our-clocks@1"]
    assert [it.line.procedure for it in lines[1::2]] == [SHIPPED_TAKEDOWNS, digest_of(QUICK)]
    with homes.act(furnished_home, "rita") as act:
        states = [
            takedowns.decide(act, furnished_home.blobs, number, Outcome.UPHOLD, "It is theirs.")
            for number in (before[1], after[1])
        ]
    assert states == [CaseState.UPHELD, CaseState.UPHELD_PENDING_CONFIRMATION]


def test_a_case_where_images_were_found_is_not_rejected_by_one_person_who_leaves_out_the_hold(
    furnished_home: Home,
) -> None:
    with begin(furnished_home.sessions, PUBLIC, NOW) as act:
        number = takedowns.submit(act, Request(SubjectKind.PATH, WAVES, Ground.PRIVACY)).number
    with furnished_home.reading() as session:
        key = str(names.case(session, number).id)
    matching.match(Station(furnished_home), key)
    with homes.act(furnished_home, "rita") as act:
        state = takedowns.decide(act, furnished_home.blobs, number, Outcome.REJECT, "I do not care.")
    assert state is CaseState.REJECTED_PENDING_CONFIRMATION
