"""Exceptions: one image stays, or stops, in spite of every policy, until a day; somebody answers for it.

An upheld takedown is stronger than any exception, and an exception that is over releases nothing: a release that
rests on it is not signed.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from registry import audit, ids
from registry.access import Permission, require
from registry.acts import Act
from registry.audit import Event
from registry.blobs import BlobStore
from registry.catalogue import manifests
from registry.errors import InvalidInputError, NotFoundError, WrongStateError
from registry.models.exceptions import Grant, ImageException
from registry.queries import names
from registry.services import planning, reasons, verdicts


@dataclass(frozen=True, slots=True)
class Wish:
    """What is to be granted: for which image of which variant, why, until when, and who will answer for it."""

    grants: Grant
    variant: str
    path: str
    reason: str
    owner: str
    until: datetime


def grant(act: Act, blobs: BlobStore, wish: Wish) -> ImageException:
    """The exception is in force.

    Raises:
        ForbiddenError: the actor may not grant exceptions, or not place holds.
        NotFoundError: there is no such variant, image or person.
        InvalidInputError: no reason is given, or the end lies in the past.
        WrongStateError: an upheld takedown names the image, or its owner has no account any more.
    """
    require(act.actor, Permission.TAKEDOWN_HOLD if wish.grants is Grant.HOLD else Permission.EXCEPTION_GRANT)
    reasons.expect(wish.reason, "An exception")
    if wish.until <= act.now:
        raise InvalidInputError("An exception ends in the future; this day is over.")
    variant = names.variant(act.session, wish.variant)
    owner = names.person(act.session, wish.owner)
    if not owner.is_active:
        raise WrongStateError(f"{wish.owner} has no account any more, and can answer for nothing.")
    sha256 = _sha256(act, blobs, variant.id, wish)
    if sha256 in verdicts.taken_down(act.session):
        raise WrongStateError(f"{wish.path} is taken down; no exception lifts that.")
    made = ImageException(
        id=ids.new_id(),
        grants=wish.grants,
        image_sha256=sha256,
        variant_id=variant.id,
        path=wish.path,
        reason=wish.reason.strip(),
        owner_id=owner.id,
        granted_by=act.actor.person(),
        granted_at=act.now,
        until=wish.until,
    )
    act.session.add(made)
    facts = {"grants": wish.grants.value, "sha256": sha256, "owner": wish.owner, "until": wish.until.date().isoformat()}
    audit.record(act, Event.EXCEPTION_GRANTED, "exception", made.id, **facts)
    return made


def end(act: Act, exception_id: UUID, reason: str) -> None:
    """The exception is over, before its time.

    Raises:
        ForbiddenError: the actor may not end it.
        NotFoundError: there is none of that id.
        InvalidInputError: no reason is given.
        WrongStateError: it is over already.
    """
    found = act.session.get(ImageException, exception_id)
    hold = found is not None and found.grants is Grant.HOLD
    require(act.actor, Permission.TAKEDOWN_HOLD if hold else Permission.EXCEPTION_GRANT)
    if found is None:
        raise NotFoundError(f"There is no exception {exception_id}.")
    reasons.expect(reason, "An exception")
    if found.ended_at is not None or found.until <= act.now:
        raise WrongStateError("This exception is over already.")
    found.ended_by, found.ended_at, found.ended_because = act.actor.person(), act.now, reason.strip()
    audit.record(act, Event.EXCEPTION_ENDED, "exception", found.id)


def _sha256(act: Act, blobs: BlobStore, variant_id: UUID, wish: Wish) -> str:
    newest = planning.newest_import(act.session, variant_id, wish.variant)
    with manifests.opened(blobs, planning.manifest_of(newest)) as file:
        found = manifests.find_source(file, path=wish.path)
    if not found or found[0].sha256 is None:
        raise NotFoundError(f"{wish.variant} has no image {wish.path}.")
    return found[0].sha256
