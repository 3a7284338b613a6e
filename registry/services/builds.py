"""Builds: a planned release becomes a built one, shard by shard, and can be interrupted anywhere.

What the worker does with pixels is not here; here is what it reads before and what it may record after.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Session, col, select

from registry import audit
from registry.access import Permission, require
from registry.acts import Act, Promise
from registry.audit import Event
from registry.errors import AccessionError, AccountNotClosedError, WrongStateError
from registry.jobs import Job
from registry.models.imports import Import
from registry.models.layers import Layer
from registry.models.releases import Release, ReleasePreviews, ReleaseShard, ReleaseState
from registry.proof import canonical
from registry.queries import faces, names
from registry.services import imports, known_faces

APPROVAL_FORMAT = "accession/approval/1"
FAILURE_LENGTH = 1000
# What a build counts of faces over the images that it hands out.
FACE_COUNTS = (
    "images_looked_at",
    "faces_blurred",
    "faces_known",
    "images_looked_at_again",
    "found_again",
    "images_found_again",
    "doubtful",
    "images_doubtful",
)


def ask(act: Act, label: str, *, is_afresh: bool = False) -> Release:
    """The release will be built; asking again for one that is being built continues it.

    Args:
        act: the act of whoever asks.
        label: of the release.
        is_afresh: every image is looked at, whatever an earlier release or an interrupted build has seen.

    Raises:
        ForbiddenError: the actor may not build releases.
        WrongStateError: the release is built already, or its images have no pixels; or it is being built, and is to be
            begun afresh.
    """
    require(act.actor, Permission.RELEASE_BUILD)
    release = names.release(act.session, label)
    imports.expect_pixels(act.session.get_one(Import, release.import_id))
    match release.state:
        case ReleaseState.PLANNED | ReleaseState.FAILED:
            release.state = ReleaseState.BUILDING
            release.failure = release.failure_code = None
            if is_afresh:
                _begin_afresh(act, release.id)
            audit.record(act, Event.RELEASE_BUILD_ASKED, "release", label, is_afresh=is_afresh)
        case ReleaseState.BUILDING:
            if is_afresh:
                raise WrongStateError(f"{label} is being built; it cannot begin afresh now.")
        case (
            ReleaseState.BUILT
            | ReleaseState.SIGNING
            | ReleaseState.SIGNED
            | ReleaseState.PUBLISHED
            | ReleaseState.ABANDONED
        ):
            raise WrongStateError(f"{label} is {release.state}; it is not built again.")
    promised = promise_of(release)
    act.promise(promised.job, promised.key)
    return release


def _begin_afresh(act: Act, release_id: UUID) -> None:
    known_faces.look_afresh(act, release_id)
    act.session.exec(sa.delete(ReleaseShard).where(col(ReleaseShard.release_id) == release_id))


def promise_of(release: Release) -> Promise:
    """The job that builds this release."""
    return Promise(Job.BUILD_RELEASE, str(release.id))


def being_built(act: Act, release_id: UUID) -> Release | None:
    """The release, while it is to be built; None when that is over."""
    release = act.session.get_one(Release, release_id)
    return release if release.state is ReleaseState.BUILDING else None


def shards_done(act: Act, release_id: UUID) -> dict[int, str]:
    """The SHA-256 of the results of every shard that is done, by its number."""
    rows = act.session.exec(select(ReleaseShard).where(ReleaseShard.release_id == release_id))
    return {row.number: row.results_sha256 for row in rows}


@dataclass(frozen=True, slots=True)
class ShardDone:
    """A shard that is done.

    Attributes:
        number: of the shard.
        image_count: how many images it is about.
        taken_over: of how many of them an earlier release had seen what was asked.
        results_sha256: of the results in the blob store.
        remarks: what was remarked about it.
    """

    number: int
    image_count: int
    taken_over: int
    results_sha256: str
    remarks: tuple[str, ...] = ()


def record_shards(act: Act, release_id: UUID, shards: Sequence[ShardDone]) -> None:
    """The shards are done, and what was remarked is on record; recording one twice is recording it once."""
    label = names.release_label(act.session, act.session.get_one(Release, release_id))
    for shard in shards:
        if act.session.get(ReleaseShard, (release_id, shard.number)) is not None:
            continue
        act.session.add(
            ReleaseShard(
                release_id=release_id,
                number=shard.number,
                image_count=shard.image_count,
                taken_over=shard.taken_over,
                results_sha256=shard.results_sha256,
                done_at=act.now,
            )
        )
        for remark in shard.remarks:
            audit.record(act, Event.RELEASE_REMARKED, "release", label, remark=remark)


@dataclass(frozen=True, slots=True)
class TakenOver:
    """How much of a build an earlier release had seen.

    Attributes:
        label: of the earlier release.
        image_count: how many results were taken over.
        total: how many results there are.
    """

    label: str
    image_count: int
    total: int


def taken_over(session: Session, release_id: UUID) -> TakenOver | None:
    """How much of a build an earlier release had seen; None where there was none to ask."""
    known = faces.known_of(session, release_id)
    if known is None or known.earlier_id is None:
        return None
    sums = sa.func.sum(ReleaseShard.taken_over), sa.func.sum(ReleaseShard.image_count)
    taken, total = session.exec(select(*sums).where(ReleaseShard.release_id == release_id)).one()
    label = names.release_label(session, session.get_one(Release, known.earlier_id))
    return TakenOver(label, taken or 0, total or 0)


@dataclass(frozen=True, slots=True)
class Built:
    """What a build made.

    Attributes:
        manifest_sha256: of the release manifest (Parquet) in the blob store.
        lines_sha256: of the same rows as canonical lines, which nobody keeps.
        facts_sha256: of the facts that each row was decided by, a line each.
        previews_sha256: of the index of the small pictures, see `registry.catalogue.previews`; nobody approves them.
        root: Merkle root over the lines.
        parent_root: Merkle root over the parent's fields of the lines.
        counts: `{"verdicts": {...}, "reasons": {verdict: {...}}, "labels": {...}, "faces": {...}, "bytes": n}`.
    """

    manifest_sha256: str
    lines_sha256: str
    facts_sha256: str
    previews_sha256: str
    root: str
    parent_root: str
    counts: dict[str, Any]


def finish(act: Act, release_id: UUID, built: Built) -> None:
    """The release is built and can be approved.

    Raises:
        AccountNotClosedError: the verdicts do not add up to the parent.
    """
    release = act.session.get_one(Release, release_id)
    if release.state is not ReleaseState.BUILDING:
        return
    label = names.release_label(act.session, release)
    parent = act.session.get_one(Import, release.import_id)
    total = sum(built.counts["verdicts"].values())
    if total != parent.row_count or built.parent_root != parent.root:
        raise AccountNotClosedError(f"{label} accounts for {total} of {parent.row_count} images of its parent.")
    release.manifest_sha256 = built.manifest_sha256
    release.lines_sha256 = built.lines_sha256
    release.facts_sha256 = built.facts_sha256
    act.session.add(ReleasePreviews(release_id=release.id, index_sha256=built.previews_sha256))
    release.root = built.root
    release.counts = built.counts
    release.approval_digest = approval_digest(act.session, release)
    release.built_at = act.now
    release.state = ReleaseState.BUILT
    audit.record(act, Event.RELEASE_BUILT, "release", label, root=built.root, **built.counts["verdicts"])


def approval_digest(session: Session, release: Release) -> str:
    """The digest that an approval is bound to: it changes when anything changes that somebody approves."""
    if release.counts is None:
        raise WrongStateError("A release that is not built has nothing that could be approved.")
    approved = {
        "format": APPROVAL_FORMAT,
        "release": names.release_label(session, release),
        "import": str(release.import_id),
        "parent_root": session.get_one(Import, release.import_id).root,
        "policy": str(release.policy_id),
        "recipe_sha256": release.recipe_sha256,
        "root": release.root,
        "manifest_sha256": release.manifest_sha256,
        "lines_sha256": release.lines_sha256,
        "counts": release.counts["verdicts"],
    }
    if release.facts_sha256 is not None:  # releases that were built before facts were recorded have none
        approved["facts_sha256"] = release.facts_sha256
    if "procedure" in release.plan:  # plans from before registries had procedures of their own have none
        approved["procedure"] = release.plan["procedure"]
    if "faces" in release.counts:
        approved["faces"] = release.counts["faces"]
    if "detector" in release.counts:
        approved["detector"] = release.counts["detector"]
    known = faces.known_of(session, release.id)
    if known is not None:  # a release that was built before anything was known has none
        approved["known_faces"] = {
            "layer": None if known.layer_id is None else session.get_one(Layer, known.layer_id).digest,
            "is_detected": known.is_detected,
            "decisions_sha256": known.decisions_sha256,
        }
    return canonical.digest(canonical.canonical_bytes(approved))


def expect_as_built(session: Session, release: Release) -> None:
    """Nothing, when the record of a built release still is what its approvers were shown the digest of.

    Raises:
        AccountNotClosedError: it is not; somebody has changed the record without building.
    """
    if approval_digest(session, release) != release.approval_digest:
        raise AccountNotClosedError("The record of this release is not what was built and shown to its approvers.")


def fail(act: Act, release_id: UUID, error: AccessionError) -> None:
    """The build has failed and says why; asking again continues from the shards that are done."""
    release = act.session.get_one(Release, release_id)
    if release.state is not ReleaseState.BUILDING:
        return
    release.failure = error.sentence[:FAILURE_LENGTH]
    release.failure_code = error.code
    release.state = ReleaseState.FAILED
    audit.record(act, Event.RELEASE_FAILED, "release", names.release_label(act.session, release))
