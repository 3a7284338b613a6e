"""Which releases does a variant have, what stands in one, and what does it wait for?

Whoever is not signed in sees what is published. Refuses to look at images: `registry.queries.pictures` does.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import BinaryIO, Final
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Session, col, select

from registry.blobs import BlobStore
from registry.catalogue import manifests
from registry.errors import NotFoundError
from registry.models.audit import AuditEvent
from registry.models.imports import Import
from registry.models.people import Person
from registry.models.policies import Policy
from registry.models.releases import Approval, Release, ReleaseState
from registry.queries import accounts, names, paging, procedures
from registry.queries.accounts import Account
from registry.queries.paging import Page

REMARKED: Final = "release.remarked"


@dataclass(frozen=True, slots=True)
class ReleaseLine:
    """A release in a list. The account is of the plan until it is built."""

    label: str
    number: str
    state: ReleaseState
    account: Account
    planned_at: datetime
    published_at: datetime | None


@dataclass(frozen=True, slots=True)
class ApprovalLine:
    """One person's approval; `is_current` when it is bound to what the release is now."""

    person: str
    reason: str
    approval_digest: str
    approved_at: datetime
    is_current: bool


@dataclass(frozen=True, slots=True)
class People:
    """Handles of those who moved a release on; None where nobody has yet."""

    planned_by: str
    signed_by: str | None
    published_by: str | None
    abandoned_by: str | None


@dataclass(frozen=True, slots=True)
class ReleaseDetail:
    """A release with everything that is said about it on one page.

    Attributes:
        account: of the plan until it is built, then of what was built.
        policy: `NAME@VERSION`.
        procedure: `NAME@VERSION` of the one by which it is approved.
        parent_root: Merkle root of the import that is the parent, `sha256:<hex>`.
        files: names of the signed documents and the SHA-256 of their bytes; empty until signed.
        detector: what is said of how faces were looked for; empty until built.
        remarks: what the build met, each sentence once, the first first.
    """

    id: UUID
    label: str
    variant: str
    number: str
    state: ReleaseState
    account: Account
    policy: str
    policy_sha256: str
    procedure: str
    procedure_digest: str
    recipe_name: str
    recipe_sha256: str
    import_id: UUID
    parent_root: str | None
    root: str | None
    manifest_sha256: str | None
    lines_sha256: str | None
    approval_digest: str | None
    approvals: tuple[ApprovalLine, ...]
    people: People
    planned_at: datetime
    built_at: datetime | None
    signed_at: datetime | None
    published_at: datetime | None
    failure: str | None
    abandoned_at: datetime | None
    abandoned_because: str | None
    files: Mapping[str, str]
    detector: Mapping[str, str]
    remarks: tuple[str, ...]


def open_lines(blobs: BlobStore, found: ReleaseDetail) -> BinaryIO:
    """The manifest lines of a release, for reading.

    Raises:
        DamagedError: the store has the manifest no more, or it has other lines than were built.
        NotFoundError: it is not built.
    """
    if found.manifest_sha256 is None or found.lines_sha256 is None:
        raise NotFoundError("This release has no such file, or none yet.")
    with manifests.lines_of(blobs, found.manifest_sha256, found.lines_sha256) as file:
        return file.open("rb")


def list_releases(
    session: Session, variant_name: str, *, is_insider: bool, after: str | None = None, limit: int = 50
) -> Page[ReleaseLine]:
    """The releases of a variant, newest first.

    Raises:
        NotFoundError: there is no such variant.
    """
    variant = names.variant(session, variant_name)
    statement = _with_parent().where(col(Release.variant_id) == variant.id)
    if not is_insider:
        statement = statement.where(col(Release.state) == ReleaseState.PUBLISHED)
    if after is not None:
        statement = statement.where(col(Release.id) < paging.id_after(after))
    statement = statement.order_by(col(Release.id).desc()).limit(paging.bounded(limit) + 1)
    found = session.execute(statement).all()
    keys = {f"{variant_name}/{release.number}": str(release.id) for release, _ in found}
    lines = [_line(variant_name, release, rows) for release, rows in found]
    return paging.cut(lines, limit, lambda line: keys[line.label])


def list_waiting(session: Session, state: ReleaseState, *, limit: int = 50) -> tuple[ReleaseLine, ...]:
    """The releases in one state over all variants, the longest waiting first."""
    statement = _with_parent().where(col(Release.state) == state).order_by(col(Release.id))
    found = session.execute(statement.limit(paging.bounded(limit))).all()
    return tuple(_line(names.variant_name(session, release.variant_id), release, rows) for release, rows in found)


def list_newest(session: Session, *, limit: int = 10) -> tuple[ReleaseLine, ...]:
    """The releases that were published last, over all variants, the newest first."""
    statement = (
        _with_parent()
        .where(col(Release.state) == ReleaseState.PUBLISHED)
        .order_by(col(Release.published_at).desc(), col(Release.id).desc())
    )
    found = session.execute(statement.limit(paging.bounded(limit))).all()
    return tuple(_line(names.variant_name(session, release.variant_id), release, rows) for release, rows in found)


def find(session: Session, label: str, *, is_insider: bool) -> Release:
    """The release's row, for other queries.

    Raises:
        NotFoundError: there is none, or it is not published and the reader is no insider.
    """
    release = names.release(session, label)
    if not is_insider and release.state is not ReleaseState.PUBLISHED:
        raise NotFoundError(f"There is no release {label}.")
    return release


def newest_published(session: Session, variant_name: str) -> Release | None:
    """The release of a variant that was published last; None where none was."""
    variant = names.variant(session, variant_name)
    statement = (
        select(Release)
        .where(Release.variant_id == variant.id, Release.state == ReleaseState.PUBLISHED)
        .order_by(col(Release.published_at).desc(), col(Release.id).desc())
    )
    return session.exec(statement).first()


def read_release(session: Session, label: str, *, is_insider: bool) -> ReleaseDetail:
    """The release called `DATASET/VARIANT/NUMBER`.

    Raises:
        NotFoundError: as `find`.
    """
    release = find(session, label, is_insider=is_insider)
    parent = session.get_one(Import, release.import_id)
    policy = session.get_one(Policy, release.policy_id)
    variant_name, digest = label.rpartition("/")[0], procedures.of_plan(release.plan)
    return ReleaseDetail(
        id=release.id,
        label=label,
        variant=variant_name,
        number=release.number,
        state=release.state,
        account=_account(release, parent.row_count),
        policy=f"{policy.name}@{policy.version}",
        policy_sha256=policy.sha256,
        procedure=procedures.label_of(session, digest),
        procedure_digest=digest,
        recipe_name=release.recipe_name,
        recipe_sha256=release.recipe_sha256,
        import_id=release.import_id,
        parent_root=parent.root,
        root=release.root,
        manifest_sha256=release.manifest_sha256,
        lines_sha256=release.lines_sha256,
        approval_digest=release.approval_digest,
        approvals=_approvals(session, release),
        people=_people(session, release),
        planned_at=release.planned_at,
        built_at=release.built_at,
        signed_at=release.signed_at,
        published_at=release.published_at,
        failure=release.failure,
        abandoned_at=release.abandoned_at,
        abandoned_because=release.abandoned_because,
        files=release.files or {},
        detector=(release.counts or {}).get("detector", {}),
        remarks=_remarks(session, label),
    )


def _remarks(session: Session, label: str) -> tuple[str, ...]:
    statement = (
        select(AuditEvent)
        .where(col(AuditEvent.subject_kind) == "release", col(AuditEvent.subject_id) == label)
        .where(col(AuditEvent.event) == REMARKED)
        .order_by(col(AuditEvent.id))
    )
    return tuple(dict.fromkeys(event.facts["remark"] for event in session.exec(statement)))


def _with_parent() -> sa.Select[Release, int | None]:
    return sa.select(Release, col(Import.row_count)).join(Import, col(Import.id) == col(Release.import_id))


def _line(variant_name: str, release: Release, row_count: int | None) -> ReleaseLine:
    return ReleaseLine(
        label=f"{variant_name}/{release.number}",
        number=release.number,
        state=release.state,
        account=_account(release, row_count),
        planned_at=release.planned_at,
        published_at=release.published_at,
    )


def _account(release: Release, row_count: int | None) -> Account:
    return accounts.read(release.counts or release.plan, row_count or 0)


def _approvals(session: Session, release: Release) -> tuple[ApprovalLine, ...]:
    statement = (
        sa.select(Approval, col(Person.handle))
        .join(Person, col(Person.id) == col(Approval.person_id))
        .where(col(Approval.release_id) == release.id)
        .order_by(col(Approval.id))
    )
    return tuple(
        ApprovalLine(
            person=handle,
            reason=approval.reason,
            approval_digest=approval.approval_digest,
            approved_at=approval.approved_at,
            is_current=approval.approval_digest == release.approval_digest,
        )
        for approval, handle in session.execute(statement)
    )


def _people(session: Session, release: Release) -> People:
    ids = {release.planned_by, release.signed_by, release.published_by, release.abandoned_by} - {None}
    rows = session.exec(select(Person).where(col(Person.id).in_(ids)))
    handles: dict[UUID | None, str] = {person.id: person.handle for person in rows}
    return People(
        planned_by=handles[release.planned_by],
        signed_by=handles.get(release.signed_by),
        published_by=handles.get(release.published_by),
        abandoned_by=handles.get(release.abandoned_by),
    )
