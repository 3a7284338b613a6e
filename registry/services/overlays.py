"""Overlays: a group lays its own stricter policy on a release, and gets a release of its own with its own datasheet.

Its variant holds what the base handed out and nothing else, so nothing that the base excluded can come back, and what
it blurred stays blurred. That is proved byte by byte before a signature; whatever came from elsewhere refuses it.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from sqlmodel import Session

from registry import audit
from registry.access import Permission, require
from registry.acts import Act
from registry.audit import Event
from registry.blobs import BlobStore
from registry.catalogue import manifests
from registry.catalogue.manifests import Looser
from registry.errors import InvalidInputError, NotFoundError, WrongStateError
from registry.models.overlays import Overlay
from registry.models.policies import Policy
from registry.models.releases import Release, ReleaseState
from registry.proof import bundle
from registry.queries import names, overlays

NAMED_AT_MOST = 5
SHOWN_AT_MOST = 100
PINS_AT_MOST = 16
_DIGEST = re.compile(r"sha256:[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Proof:
    """Whether a release of an overlay hands out nothing but what its base did.

    Attributes:
        base: label of the release that it stands on.
        handed_out: images that it hands out.
        looser: how many of them came from elsewhere; 0 is the proof.
        first: paths of the first of these, each with why.
    """

    base: str
    handed_out: int
    looser: int
    first: tuple[tuple[str, Looser], ...]


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


def expect_pinned(session: Session, variant_name: str, policy: Policy) -> None:
    """Nothing, where the variant is no overlay, or the policy is one of its pinned ones.

    Raises:
        WrongStateError: it is not.
    """
    found = overlays.read(session, variant_name)
    if found is not None and f"sha256:{policy.sha256}" not in found.pins:
        raise WrongStateError(f"{variant_name} pins its policies, and {policy.name}@{policy.version} is none of them.")


def proof(session: Session, blobs: BlobStore, release: Release) -> Proof:
    """What the release hands out, held against its base.

    Raises:
        NotFoundError: its variant stands on no release.
        WrongStateError: it is not built yet.
    """
    label = names.release_label(session, release)
    if session.get(Overlay, release.variant_id) is None:
        raise NotFoundError(f"{label} stands on no other release.")
    found = _proof(session, blobs, release)
    if found is None:
        raise WrongStateError(f"{label} is {release.state}; what it hands out is known once it is built.")
    return found


def expect_not_looser(session: Session, blobs: BlobStore, release: Release) -> None:
    """Nothing, when a pinned policy decided the release and each image that it hands out came from its base.

    Raises:
        WrongStateError: the policy is not pinned, or some images did not; the first few are named.
    """
    variant_name = names.variant_name(session, release.variant_id)
    expect_pinned(session, variant_name, session.get_one(Policy, release.policy_id))
    found = _proof(session, blobs, release)
    if found is not None and found.looser:
        paths = [path for path, _ in found.first[:NAMED_AT_MOST]]
        named = ", ".join(paths) + (" and more" if found.looser > NAMED_AT_MOST else "")
        raise WrongStateError(f"This overlay hands out what {found.base} did not: {named}.", paths=paths)


def _proof(session: Session, blobs: BlobStore, release: Release) -> Proof | None:
    """None where the release stands on none, or is not built."""
    overlay = session.get(Overlay, release.variant_id)
    base = session.get_one(Release, overlay.base_id) if overlay is not None else None
    if base is None or base.manifest_sha256 is None or release.manifest_sha256 is None:
        return None
    with (
        manifests.opened(blobs, base.manifest_sha256) as below,
        manifests.opened(blobs, release.manifest_sha256) as above,
    ):
        found = manifests.looseness(above, below, SHOWN_AT_MOST)
    return Proof(names.release_label(session, base), found.handed_out, found.looser, found.first)
