"""Image reviews: a person answers for an image that a rule of a policy had sent to review.

The answer is about the bytes, and about the reasons that the rules gave: a later build of every variant that holds them
obeys, wherever a rule asks for one of these reasons. Nothing is taken back: a newer answer counts instead.
"""

from collections.abc import Sequence

from policies.verdicts import AWAITING_REVIEW, RESERVED_REASONS, REVIEWED, Action
from registry import audit, ids
from registry.access import Permission, require
from registry.acts import Act
from registry.audit import Event
from registry.blobs import BlobStore
from registry.catalogue.entries import ReleaseEntry
from registry.errors import ForbiddenError, InvalidInputError, WrongStateError
from registry.models.image_reviews import ImageReview
from registry.queries import names, pictures
from registry.services import reasons, verdicts

IMAGES_AT_MOST = 1000


def decide(act: Act, blobs: BlobStore, label: str, paths: Sequence[str], decided: Action, reason: str) -> None:
    """The answer is on record for each of these images of a built release.

    Raises:
        ForbiddenError: the actor may not review images, or one is taken down.
        NotFoundError: there is no such release, or no such image in it.
        WrongStateError: the release is not built yet, or no rule has sent one of the images to review.
        InvalidInputError: no reason, no image, or too many at once.
    """
    require(act.actor, Permission.IMAGE_REVIEW)
    reasons.expect(reason, "A decision")
    if not 0 < len(paths) <= IMAGES_AT_MOST:
        raise InvalidInputError(f"Name at least one image, and at most {IMAGES_AT_MOST} at once.")
    release = names.release(act.session, label)
    taken_down = verdicts.taken_down(act.session)
    for entry in pictures.read_pictures(act.session, blobs, label, paths):
        asked, sha256, path = asked_for(entry), entry.source.sha256, entry.source.path
        if sha256 is None or not asked:
            raise WrongStateError(f"No rule has sent {path} to review.")
        if sha256 in taken_down:
            raise ForbiddenError(f"{path} is taken down; nothing about it is decided any more.")
        for each in asked:
            act.session.add(
                ImageReview(
                    id=ids.new_id(),
                    image_sha256=sha256,
                    asked=each,
                    decided=decided,
                    release_id=release.id,
                    path=path,
                    reason=reason.strip(),
                    decided_by=act.actor.person(),
                    decided_at=act.now,
                )
            )
        answer = {"asked": ", ".join(asked), "decided": decided.value}
        audit.record(act, Event.IMAGE_REVIEWED, "image", f"sha256:{sha256}", release=label, path=path, **answer)


def asked_for(entry: ReleaseEntry) -> tuple[str, ...]:
    """The reasons for which rules sent an image to review, whether or not somebody has answered since."""
    if not {AWAITING_REVIEW, REVIEWED} & set(entry.reasons):
        return ()
    return tuple(reason for reason in entry.reasons if reason not in RESERVED_REASONS)
