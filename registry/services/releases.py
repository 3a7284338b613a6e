"""Releases: approved by people, signed once, published. What they are built from is in `builds` and `planning`.

Nobody bypasses: planner, approvers and signer are different people, and an approval holds only for the digest that the
approver saw. Whatever is held or taken down when a release is signed or published may not be in it.
"""

from collections.abc import Iterator
from uuid import UUID

from sqlmodel import Session, col, select

from policies import releases as rules
from policies.verdicts import EXCEPTION, REVIEWED
from registry import audit, ids
from registry.access import Permission, require
from registry.acts import Act, Promise
from registry.audit import Event
from registry.blobs import BlobStore
from registry.catalogue import manifests
from registry.errors import AccessionError, ForbiddenError, WrongStateError
from registry.jobs import Job
from registry.models.people import Person
from registry.models.releases import Approval, Release, ReleaseState
from registry.queries import image_reviews, names, procedures
from registry.services import (
    builds,
    overlays,
    people,
    readmissions,
    reasons,
    reviews,
    revocations,
    transparency,
    verdicts,
)

NAMED_AT_MOST = 5
FAILURE_LENGTH = 1000


def approve(act: Act, label: str, digest: str, reason: str) -> None:
    """The acting person has approved what they saw.

    Args:
        act: the act of the approver.
        label: of the release.
        digest: the release's `approval_digest` as it was shown to them.
        reason: in their own words.

    Raises:
        ForbiddenError: the actor may not approve, or planned the release.
        InvalidInputError: no reason is given.
        WrongStateError: the release cannot be approved now, has changed since it was shown, or is approved already.
    """
    require(act.actor, Permission.RELEASE_APPROVE)
    release = names.release(act.session, label)
    _expect_state(release, label, ReleaseState.BUILT)
    reasons.expect(reason, "An approval")
    if act.actor.person() == release.planned_by:
        raise ForbiddenError("Who planned a release does not approve it.")
    if digest != release.approval_digest:
        raise WrongStateError(f"{label} is not what was shown to you; look at it again.")
    given = approvals(act.session, release.id)
    if any(a.person_id == act.actor.person_id and a.approval_digest == digest for a in given):
        raise WrongStateError(f"You have approved {label} already.")
    act.session.add(
        Approval(
            id=ids.new_id(),
            release_id=release.id,
            person_id=act.actor.person(),
            approval_digest=digest,
            reason=reason.strip(),
            approved_at=act.now,
        )
    )
    audit.record(act, Event.RELEASE_APPROVED, "release", label, digest=digest)


def approvals(session: Session, release_id: UUID) -> list[Approval]:
    """Every approval on record, oldest first."""
    statement = select(Approval).where(Approval.release_id == release_id).order_by(col(Approval.approved_at))
    return list(session.exec(statement))


def requirement(session: Session, blobs: BlobStore, release: Release) -> rules.Requirement:
    """How many people have to approve this release by the procedure that it was planned under, and why so many."""
    counts, plan = release.counts or {}, release.plan
    facts = rules.ReleaseFacts(
        exclusions_lifted=readmissions.count(session, blobs, release),
        images_with_people=counts.get("verdicts", {}).get("blur", 0),
        conflicts_released=plan.get("conflicts_released", 0),
        exceptions_used=sum(found.get(EXCEPTION, 0) for found in counts.get("reasons", {}).values()),
    )
    return rules.required_approvals(facts, procedures.approval(blobs, procedures.of_plan(plan)))


def unapproved(
    session: Session, blobs: BlobStore, release: Release, *, signer: str | None = None
) -> tuple[rules.ApprovalProblem, ...]:
    """What stands between a release and its signature, of the approvals on record and as people's roles are now.

    Args:
        session: sees the release.
        blobs: hold its manifest and procedure.
        release: a built one.
        signer: who is about to sign; None while approvals are still being gathered.
    """
    given = tuple(
        rules.Approval(str(approval.person_id), _roles(session, approval.person_id), approval.approval_digest)
        for approval in approvals(session, release.id)
    )
    return rules.check(
        requirement(session, blobs, release),
        planner=str(release.planned_by),
        approvals=given,
        signer=signer,
        digest=release.approval_digest or "",
    )


def ask_signature(act: Act, blobs: BlobStore, label: str) -> Release:
    """The release will be signed on behalf of the acting person.

    Raises:
        ForbiddenError: the actor may not sign this release.
        WrongStateError: it is not built, approvals are missing, more pictures wait for a review of their faces than the
            policy allows, or an image in it has been held or taken down since.
        AccountNotClosedError: the record is not what was built.
    """
    require(act.actor, Permission.RELEASE_SIGN)
    release = names.release(act.session, label)
    if release.state is not ReleaseState.SIGNING:
        _expect_state(release, label, ReleaseState.BUILT)
        builds.expect_as_built(act.session, release)
        _expect_approvals(act, blobs, release)
        reviews.expect_reviewed(act.session, blobs, release)
        expect_nothing_stopped(act, blobs, release, label)
        overlays.expect_not_looser(act.session, blobs, release)
        release.state = ReleaseState.SIGNING
        release.signed_by = act.actor.person()
        release.failure = release.failure_code = None
        audit.record(act, Event.RELEASE_SIGNING_ASKED, "release", label)
    promised = signature_promise_of(release)
    act.promise(promised.job, promised.key)
    return release


def signature_promise_of(release: Release) -> Promise:
    """The job that signs this release."""
    return Promise(Job.SIGN_RELEASE, str(release.id))


def being_signed(act: Act, release_id: UUID) -> Release | None:
    """The release, while it waits for its signature; None when that is over."""
    release = act.session.get_one(Release, release_id)
    return release if release.state is ReleaseState.SIGNING else None


def finish_signing(act: Act, release_id: UUID, files: dict[str, str]) -> None:
    """The release is signed, and these are its documents: names and the SHA-256 of their bytes in the blob store."""
    release = act.session.get_one(Release, release_id)
    if release.state is not ReleaseState.SIGNING:
        return
    release.files = files
    release.signed_at = act.now
    release.state = ReleaseState.SIGNED
    audit.record(act, Event.RELEASE_SIGNED, "release", names.release_label(act.session, release))


def fail_signing(act: Act, release_id: UUID, error: AccessionError) -> None:
    """The signature did not come about; the release is as it was before it was asked for, and says why."""
    release = act.session.get_one(Release, release_id)
    if release.state is not ReleaseState.SIGNING:
        return
    release.failure = error.sentence[:FAILURE_LENGTH]
    release.failure_code = error.code
    release.signed_by = None
    release.state = ReleaseState.BUILT
    audit.record(act, Event.RELEASE_FAILED, "release", names.release_label(act.session, release))


def publish(act: Act, blobs: BlobStore, label: str) -> Release:
    """The release is public from now on.

    Raises:
        ForbiddenError: the actor may not publish.
        WrongStateError: it is not signed, or an image in it has been held or taken down since.
    """
    require(act.actor, Permission.RELEASE_PUBLISH)
    release = names.release(act.session, label)
    _expect_state(release, label, ReleaseState.SIGNED)
    expect_nothing_stopped(act, blobs, release, label)
    release.published_at = act.now
    release.published_by = act.actor.person()
    release.state = ReleaseState.PUBLISHED
    audit.record(act, Event.RELEASE_PUBLISHED, "release", label)
    transparency.publish_release(act, blobs, release, label)
    act.promises += revocations.promises(act.session)
    return release


def _expect_state(release: Release, label: str, state: ReleaseState) -> None:
    if release.state is not state:
        raise WrongStateError(f"{label} is {release.state}; this needs a release that is {state}.")


def _expect_approvals(act: Act, blobs: BlobStore, release: Release) -> None:
    problems = unapproved(act.session, blobs, release, signer=str(act.actor.person()))
    if problems:
        raise WrongStateError(" ".join(problem.sentence for problem in problems))


def _roles(session: Session, person_id: UUID) -> frozenset[str]:
    """The roles that the person has now: who lost one, or their account, does not count in it any more."""
    if not session.get_one(Person, person_id).is_active:
        return frozenset()
    return frozenset(role.value for role in people.roles_of(session, person_id))


def expect_nothing_stopped(act: Act, blobs: BlobStore, release: Release, label: str) -> None:
    """Nothing, when nothing in the release is held or taken down at this moment.

    Raises:
        WrongStateError: something is; the first few are named.
    """
    stopped = list(_stopped_paths(act, blobs, release))
    if stopped:
        named = ", ".join(stopped[:NAMED_AT_MOST]) + (" and more" if len(stopped) > NAMED_AT_MOST else "")
        raise WrongStateError(
            f"{label} would release what is held or taken down, whose exception is over, or about which somebody "
            f"has decided otherwise since: {named}. "
            "Plan and build a new release.",
            paths=stopped[:NAMED_AT_MOST],
        )


def _stopped_paths(act: Act, blobs: BlobStore, release: Release) -> Iterator[str]:
    """Paths of images that are in the release and may not be, as things stand now."""
    stopped = verdicts.stops(act.session, act.now)
    both = stopped.held | stopped.taken_down
    planned = verdicts.as_planned(release.plan)
    over = {digest for digest, action in planned.excepted.items() if stopped.excepted.get(digest) is not action}
    now = image_reviews.decided(act.session, planned.reviewed.keys())
    otherwise = {digest for digest, said in planned.reviewed.items() if not set(said) <= set(now.get(digest, ()))}
    if not both | over | otherwise or release.manifest_sha256 is None:
        return
    with manifests.opened(blobs, release.manifest_sha256) as file:
        for entry in manifests.released_among(file, sorted(both | over | otherwise)):
            sha256, reasons = entry.source.sha256, set(entry.reasons)
            lapsed = {EXCEPTION} if sha256 in over else set()
            lapsed |= {REVIEWED} if sha256 in otherwise else set()
            if sha256 in both or lapsed & reasons:
                yield entry.source.path
