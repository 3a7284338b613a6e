"""Revocations: once an upheld image is in no newest release any more, the world is told, signed; then the case is over.

What is due follows from the record alone; the signer asks here what to sign and brings back the envelope.
"""

from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Session, col, select

from policies.takedowns import CaseState, Fulfilled
from registry import ids
from registry.acts import Act, Promise
from registry.blobs import BlobStore
from registry.catalogue import manifests
from registry.jobs import Job
from registry.models.releases import Release, ReleaseState
from registry.models.takedowns import Revocation, TakedownCase, TakedownImage
from registry.proof import revocation
from registry.queries import images, names
from registry.services import takedowns, transparency


def promises(session: Session) -> list[Promise]:
    """The jobs that look whether an upheld case can be fulfilled now; given after whatever may have made it so."""
    upheld = select(TakedownCase).where(TakedownCase.state == CaseState.UPHELD).order_by(col(TakedownCase.id))
    return [Promise(Job.REVOKE, str(case.id)) for case in session.exec(upheld)]


def due(act: Act, blobs: BlobStore, case_id: UUID) -> revocation.Revocation | None:
    """What is to be signed for the case; None while a variant still hands its images out, or when it is over."""
    case = act.session.get_one(TakedownCase, case_id)
    if case.state is not CaseState.UPHELD:
        return None
    digests = sorted(act.session.exec(select(TakedownImage.image_sha256).where(TakedownImage.case_id == case_id)))
    withdrawn, without, outputs = set(), set(), set()
    for variant_id in images.variants_holding(act.session, blobs, digests):
        for position, release in enumerate(_published(act.session, variant_id)):
            handed_out = _handed_out(blobs, release, digests)
            label = names.release_label(act.session, release)
            if handed_out and position == 0:
                return None
            if position == 0:
                without.add(label)
            if handed_out:
                withdrawn.add(label)
                outputs |= handed_out
    if not without:
        return None
    return revocation.Revocation(
        number=_next_number(act.session),
        issued_at=act.now,
        reason="takedown",
        images=tuple(sorted(f"sha256:{digest}" for digest in {*digests, *outputs})),
        withdrawn_from=tuple(sorted(withdrawn)),
        released_without=tuple(sorted(without)),
    )


def record(act: Act, case_id: UUID, document: revocation.Revocation, envelope_sha256: str) -> None:
    """The revocation is public, and the case is fulfilled."""
    case = act.session.get_one(TakedownCase, case_id)
    if not takedowns.fulfil(act, case, Fulfilled(is_released_without=True, is_revoked=True)):
        return
    act.session.add(
        Revocation(
            id=ids.new_id(),
            case_id=case_id,
            number=document.number,
            envelope_sha256=envelope_sha256,
            image_count=len(document.images),
            issued_at=document.issued_at,
        )
    )
    transparency.publish_revocation(act, document)


def _published(session: Session, variant_id: UUID) -> list[Release]:
    """The published releases of a variant, the newest first."""
    statement = select(Release).where(Release.variant_id == variant_id, Release.state == ReleaseState.PUBLISHED)
    return list(session.exec(statement.order_by(col(Release.published_at).desc(), col(Release.id).desc())))


def _handed_out(blobs: BlobStore, release: Release, digests: list[str]) -> set[str]:
    """The digests under which a release hands these images out; empty where it does not."""
    if release.manifest_sha256 is None:
        return set()
    with manifests.opened(blobs, release.manifest_sha256) as file:
        entries = manifests.released_among(file, digests)
    return {entry.output_sha256 for entry in entries if entry.output_sha256 is not None}


def _next_number(session: Session) -> int:
    return (session.exec(select(sa.func.max(Revocation.number))).one() or 0) + 1
