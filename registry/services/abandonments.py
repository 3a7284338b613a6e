"""Abandonments: a release that is not wanted any more ends, with a reason, and its record stays.

What is published is never taken back here; the next release and a revocation do that.
"""

from registry import audit
from registry.access import Permission, require
from registry.acts import Act
from registry.audit import Event
from registry.errors import WrongStateError
from registry.models.releases import Release, ReleaseState
from registry.queries import names
from registry.services import reasons

ENDS = frozenset({ReleaseState.PLANNED, ReleaseState.FAILED, ReleaseState.BUILT, ReleaseState.SIGNED})
"""States from which a release may be abandoned: no job is at it, and nobody was told that it exists."""


def abandon(act: Act, label: str, reason: str) -> Release:
    """The release will never be signed, published or exported again.

    Args:
        act: the act of a maintainer, or of an approver who will not approve it.
        label: of the release.
        reason: in their own words.

    Raises:
        ForbiddenError: the actor may not abandon releases.
        InvalidInputError: no reason is given.
        WrongStateError: a job is at it, it is published, or it is abandoned already.
    """
    require(act.actor, Permission.RELEASE_ABANDON)
    release = names.release(act.session, label)
    reasons.expect(reason, "Abandoning a release")
    if release.state not in ENDS:
        raise WrongStateError(f"{label} is {release.state}; only what is planned, failed, built or signed is given up.")
    before = release.state
    release.state = ReleaseState.ABANDONED
    release.abandoned_by = act.actor.person()
    release.abandoned_at = act.now
    release.abandoned_because = reason.strip()
    audit.record(act, Event.RELEASE_ABANDONED, "release", label, before=before.value)
    return release
