from datetime import timedelta

import pytest

from policies.takedowns import CaseState
from registry.acts import Promise
from registry.errors import (
    AccountNotClosedError,
    ForbiddenError,
    InvalidInputError,
    NotFoundError,
    UnavailableError,
    WrongStateError,
)
from registry.home import Home
from registry.jobs import Job
from registry.models.people import Role
from registry.models.releases import Approval, ReleaseState
from registry.queries import names
from registry.services import builds, people, releases
from tests.factories import cases, homes, manifests
from tests.factories.homes import FIRST, NOW, PERSON, TWINS, WAVES


@pytest.fixture
def home(furnished_home: Home) -> Home:
    """A home with a release that was planned by mara and built without looking at pixels."""
    manifests.build(furnished_home, {PERSON: "person-class"})
    return furnished_home


def digest(home: Home) -> str:
    """What there is to be approved."""
    return homes.release(home, FIRST).approval_digest or ""


def approve(home: Home, handle: str, shown: str | None = None, reason: str = "because") -> None:
    """Somebody approves what they were shown."""
    with homes.act(home, handle) as act:
        releases.approve(act, FIRST, digest(home) if shown is None else shown, reason)


def ask_signature(home: Home, handle: str) -> None:
    """Somebody asks for the signature."""
    with homes.act(home, handle) as act:
        releases.ask_signature(act, home.blobs, FIRST)


def give(home: Home, handle: str, *roles: Role) -> None:
    """Somebody has these roles now."""
    with homes.act(home, "ada") as act:
        people.set_roles(act, handle, frozenset(roles))


def test_an_approval_is_kept_with_what_was_seen_and_why(home: Home) -> None:
    approve(home, "ana", reason="  The counts are right. ")
    with homes.act(home, "operator") as act:
        [kept] = releases.approvals(act.session, homes.release(home, FIRST).id)
    assert (kept.approval_digest, kept.reason, kept.approved_at) == (digest(home), "The counts are right.", NOW)
    event = homes.events(home)[-1]
    assert (event.event, event.actor_name, event.facts) == ("release.approved", "ana", {"digest": digest(home)})


@pytest.mark.parametrize("reason", ["", "  \n", "x" * 2001])
def test_an_approval_has_a_reason(home: Home, reason: str) -> None:
    with pytest.raises(InvalidInputError, match="needs a reason"):
        approve(home, "ana", reason=reason)


def test_who_planned_a_release_does_not_approve_it_in_whatever_role(home: Home) -> None:
    give(home, "mara", Role.MAINTAINER, Role.APPROVER)
    with pytest.raises(ForbiddenError, match="Who planned a release does not approve it"):
        approve(home, "mara")
    assert homes.count(home, Approval) == 0


def test_nobody_approves_what_they_were_not_shown(home: Home) -> None:
    for shown in ("", "sha256:" + "0" * 64, digest(home).upper()):
        with pytest.raises(WrongStateError, match="is not what was shown to you"):
            approve(home, "ana", shown)


def test_a_person_approves_once(home: Home) -> None:
    approve(home, "ana")
    with pytest.raises(WrongStateError, match="already"):
        approve(home, "ana")


@pytest.mark.parametrize("state", [ReleaseState.PLANNED, ReleaseState.BUILDING])
def test_only_a_built_release_can_be_approved(furnished_home: Home, state: ReleaseState) -> None:
    homes.plan(furnished_home)
    if state is ReleaseState.BUILDING:
        homes.ask_build(furnished_home, FIRST)
    with pytest.raises(WrongStateError, match=f"{FIRST} is {state}; this needs a release that is built"):
        approve(furnished_home, "ana", "sha256:")


def test_a_signature_needs_two_approvals(home: Home) -> None:
    with pytest.raises(WrongStateError, match=r"Two people approve a release\. 0 of 2 have"):
        ask_signature(home, "mo")
    approve(home, "ana")
    with pytest.raises(WrongStateError, match="1 of 2 have"):
        ask_signature(home, "mo")
    approve(home, "ben")
    ask_signature(home, "mo")
    assert homes.release(home, FIRST).state is ReleaseState.SIGNING


def test_planner_approvers_and_signer_are_different_people(home: Home) -> None:
    give(home, "ana", Role.APPROVER, Role.MAINTAINER)
    homes.approve(home, FIRST, ("ana", "ben", "cleo"))
    for handle, sentence in (("mara", "Who planned"), ("ana", "Who approved")):
        with pytest.raises(WrongStateError, match=f"{sentence} a release does not sign it"):
            ask_signature(home, handle)
    ask_signature(home, "mo")


def test_who_lost_the_role_or_the_account_since_does_not_count(home: Home) -> None:
    homes.approve(home, FIRST)
    give(home, "ana", Role.AUDITOR)
    with pytest.raises(WrongStateError, match="1 of 2 have"):
        ask_signature(home, "mo")
    with pytest.raises(ForbiddenError):
        approve(home, "ana")
    approve(home, "cleo")
    with homes.act(home, "ada") as act:
        people.deactivate(act, "ben")
    with pytest.raises(WrongStateError, match="1 of 2 have"):
        ask_signature(home, "mo")
    approve(home, "rita")
    with pytest.raises(WrongStateError, match=r"1 of 2 have .*only people with the role approver are counted"):
        ask_signature(home, "mo")


def test_an_approval_is_void_when_what_was_approved_has_changed(home: Home) -> None:
    homes.approve(home, FIRST)
    with home.sessions() as session:
        release = names.release(session, FIRST)
        release.recipe_sha256 = "0" * 64
        release.approval_digest = builds.approval_digest(session, release)
        session.commit()
    with pytest.raises(WrongStateError, match=r"0 of 2 have \(an approval of another plan is void"):
        ask_signature(home, "mo")
    approve(home, "ana")
    approve(home, "ben")
    ask_signature(home, "mo")


def test_a_record_that_was_changed_without_building_is_not_signed(home: Home) -> None:
    homes.approve(home, FIRST)
    with home.sessions() as session:
        names.release(session, FIRST).counts = {"verdicts": {"keep": 7, "blur": 0, "exclude": 0}}
        session.commit()
    with pytest.raises(AccountNotClosedError, match="not what was built and shown"):
        ask_signature(home, "mo")


def test_lifting_an_exclusion_needs_a_third_person(home: Home) -> None:
    homes.released(home, FIRST)
    second = manifests.label_of(home, manifests.build(home, {}, NOW + timedelta(days=1)))
    homes.approve(home, second, ("ana", "ben"))
    with home.reading() as session:
        assert releases.requirement(session, home.blobs, homes.release(home, second)).count == 3
    with pytest.raises(WrongStateError, match=r"lifts exclusions\. 2 of 3 have"):
        homes.sign_release(home, second)
    homes.approve(home, second, ("cleo",))
    assert homes.sign_release(home, second).state is ReleaseState.SIGNED


def test_asking_for_the_signature_twice_promises_it_once(home: Home) -> None:
    homes.approve(home, FIRST)
    with homes.act(home, "mo") as act:
        asked = releases.ask_signature(act, home.blobs, FIRST)
    assert act.promises == [Promise(Job.SIGN_RELEASE, str(asked.id))] == [releases.signature_promise_of(asked)]
    with homes.act(home, "ada") as act:
        releases.ask_signature(act, home.blobs, FIRST)
    assert act.promises == [releases.signature_promise_of(asked)]
    release = homes.release(home, FIRST)
    with home.reading() as session:
        assert release.signed_by == names.person(session, "mo").id
    assert [event.event for event in homes.events(home)].count("release.signing-asked") == 1


@pytest.mark.parametrize("state", [CaseState.HELD, CaseState.UPHELD])
def test_what_is_held_or_taken_down_after_the_build_is_neither_signed_nor_published(
    home: Home, state: CaseState
) -> None:
    homes.approve(home, FIRST)
    case = cases.stop(home, TWINS[1], state)
    with pytest.raises(WrongStateError, match="held or taken down") as refused:
        ask_signature(home, "mo")
    assert refused.value.facts == {"paths": list(TWINS)}
    cases.release(home, case)
    homes.sign_release(home, FIRST)
    cases.stop(home, TWINS[1], state)
    with pytest.raises(WrongStateError, match="held or taken down"):
        homes.publish(home, FIRST)
    assert homes.release(home, FIRST).state is ReleaseState.SIGNED


def test_what_the_release_excludes_anyway_stops_nothing(home: Home) -> None:
    cases.stop(home, PERSON, CaseState.UPHELD)
    assert homes.released(home, FIRST).state is ReleaseState.PUBLISHED


def test_many_stopped_images_are_named_in_part(home: Home) -> None:
    homes.approve(home, FIRST)
    for path in (*homes.PATHS[:3], *TWINS, PERSON):
        cases.stop(home, path, CaseState.HELD)
    with pytest.raises(WrongStateError, match=f"{homes.ASTRONAUT}, {homes.GPS}, {WAVES}"):
        ask_signature(home, "mo")


def test_a_signature_that_does_not_come_about_leaves_the_release_as_it_was(home: Home) -> None:
    homes.approve(home, FIRST)
    ask_signature(home, "mo")
    release_id = homes.release(home, FIRST).id
    with homes.act(home, "operator") as act:
        releases.fail_signing(act, release_id, NotFoundError("There is no key." + "!" * 2000))
    release = homes.release(home, FIRST)
    assert (release.state, release.signed_by, release.failure_code) == (ReleaseState.BUILT, None, "not-found")
    assert (release.failure or "").startswith("There is no key.")
    ask_signature(home, "mo")
    assert (homes.release(home, FIRST).failure, homes.release(home, FIRST).failure_code) == (None, None)


def test_a_release_is_signed_once(home: Home) -> None:
    homes.approve(home, FIRST)
    signed = homes.sign_release(home, FIRST)
    with homes.act(home, "operator") as act:
        assert releases.being_signed(act, signed.id) is None
        releases.finish_signing(act, signed.id, {})
        releases.fail_signing(act, signed.id, UnavailableError("Too late."))
        builds.fail(act, signed.id, UnavailableError("Too late."))
    assert homes.release(home, FIRST).model_dump() == signed.model_dump()
    with pytest.raises(WrongStateError, match="is signed; this needs a release that is built"):
        ask_signature(home, "mo")


def test_only_a_signed_release_is_published_and_only_once(home: Home) -> None:
    with pytest.raises(WrongStateError, match="is built; this needs a release that is signed"):
        homes.publish(home, FIRST)
    published = homes.released(home, FIRST)
    assert (published.state, published.published_at) == (ReleaseState.PUBLISHED, NOW)
    with pytest.raises(WrongStateError, match="is published"):
        homes.publish(home, FIRST)
    assert [event.event for event in homes.events(home)][-2:] == ["release.signed", "release.published"]
