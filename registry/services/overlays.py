"""Overlays: a group lays its own stricter policy on a release, and gets a release of its own with its own datasheet.

Its variant holds what the base handed out and nothing else, so nothing that the base excluded can come back, and what
it blurred stays blurred. That is proved byte by byte before a signature; whatever came from elsewhere refuses it.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from registry import audit
from registry.access import Permission, require
from registry.acts import Act
from registry.audit import Event
from registry.blobs import BlobStore
from registry.catalogue import manifests
from registry.errors import InvalidInputError, WrongStateError
from registry.models.overlays import Overlay
from registry.models.policies import Policy
from registry.models.releases import Release, ReleaseState
from registry.proof import bundle
from registry.queries import names

NAMED_AT_MOST = 5
PINS_AT_MOST = 16
_DIGEST = re.compile(r"sha256:[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class OverlayLine:
    """What an overlay stands on: the base's label and datasheet, and the policies that may decide."""

    variant: str
    base: str
    datasheet: str
    pins: tuple[str, ...]
    made_at: datetime


def make(act: Act, variant_name: str, base_label: str, pins: Sequence[str]) -> Overlay:
    """The variant stands on the base from now on.

    Raises:
        ForbiddenError: the actor may not plan releases.
        NotFoundError: there is no such variant or release.
        InvalidInputError: a pin is no digest.
        WrongStateError: the base is not published, its policy is not pinned, or the variant is an overlay already.
    """
    require(act.actor, Permission.RELEASE_PLAN)
    variant, base = names.variant(act.session, variant_name), names.release(act.session, base_label)
    if strange := [pin for pin in pins if not _DIGEST.fullmatch(pin)]:
        raise InvalidInputError(f"A pin is sha256: and 64 small hexadecimal digits, not {strange[0][:80]!a}.")
    if len(set(pins)) > PINS_AT_MOST:
        raise InvalidInputError(f"An overlay pins at most {PINS_AT_MOST} policies.")
    if base.state is not ReleaseState.PUBLISHED or base.files is None:
        raise WrongStateError(f"{base_label} is {base.state}; an overlay stands on a published release.")
    if base.variant_id == variant.id:
        raise WrongStateError(f"{variant_name} cannot stand on a release of its own.")
    if act.session.get(Overlay, variant.id) is not None:
        raise WrongStateError(f"{variant_name} stands on a release already; another base needs another variant.")
    policy = act.session.get_one(Policy, base.policy_id)
    if f"sha256:{policy.sha256}" not in pins:
        raise WrongStateError(f"{base_label} was decided by {policy.name}@{policy.version}, which is not pinned.")
    made = Overlay(
        variant_id=variant.id,
        base_id=base.id,
        datasheet_sha256=base.files[bundle.DATASHEET],
        pins=sorted(set(pins)),
        made_by=act.actor.person(),
        made_at=act.now,
    )
    act.session.add(made)
    audit.record(act, Event.OVERLAY_MADE, "variant", variant_name, base=base_label, pins=len(made.pins))
    return made


def read(session: Session, variant_name: str) -> OverlayLine | None:
    """What the variant stands on; None where it is no overlay.

    Raises:
        NotFoundError: there is no such variant.
    """
    found = session.get(Overlay, names.variant(session, variant_name).id)
    if found is None:
        return None
    base = names.release_label(session, session.get_one(Release, found.base_id))
    return OverlayLine(variant_name, base, f"sha256:{found.datasheet_sha256}", tuple(found.pins), found.made_at)


def expect_pinned(session: Session, variant_name: str, policy: Policy) -> None:
    """Nothing, where the variant is no overlay, or the policy is one of its pinned ones.

    Raises:
        WrongStateError: it is not.
    """
    found = read(session, variant_name)
    if found is not None and f"sha256:{policy.sha256}" not in found.pins:
        raise WrongStateError(f"{variant_name} pins its policies, and {policy.name}@{policy.version} is none of them.")


def expect_not_looser(session: Session, blobs: BlobStore, release: Release) -> None:
    """Nothing, when each image that the release hands out came from its base, byte by byte.

    Raises:
        WrongStateError: some did not; the first few are named.
    """
    found = session.get(Overlay, release.variant_id)
    base = session.get_one(Release, found.base_id) if found is not None else None
    if base is None or base.manifest_sha256 is None or release.manifest_sha256 is None:
        return
    with (
        manifests.opened(blobs, base.manifest_sha256) as below,
        manifests.opened(blobs, release.manifest_sha256) as above,
    ):
        strange = manifests.not_from(above, below, NAMED_AT_MOST + 1)
    if strange:
        named = ", ".join(strange[:NAMED_AT_MOST]) + (" and more" if len(strange) > NAMED_AT_MOST else "")
        label = names.release_label(session, base)
        raise WrongStateError(f"This overlay hands out what {label} did not: {named}.", paths=strange[:NAMED_AT_MOST])
