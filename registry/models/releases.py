"""Releases: from a plan over a parent manifest to something signed and published."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from registry.models.columns import DIGEST_LENGTH, SHA256_LENGTH, enum_type, instant


class ReleaseState(StrEnum):
    """How far a release is. `building` and `signing` promise a job; see `registry.jobs`."""

    PLANNED = "planned"
    BUILDING = "building"
    FAILED = "failed"
    BUILT = "built"
    SIGNING = "signing"
    SIGNED = "signed"
    PUBLISHED = "published"
    ABANDONED = "abandoned"


class Release(SQLModel, table=True):
    """One version of a variant. What a state needs stands in the row, or the database refuses the state.

    `approval_digest` covers parent, policy, recipe, manifest and counts: what approvers approve, and what is signed.
    `files` maps names of signed documents to the SHA-256 of their bytes in the blob store.
    """

    __tablename__ = "release"
    __table_args__ = (
        sa.UniqueConstraint("variant_id", "number"),
        sa.CheckConstraint(
            "state NOT IN ('built', 'signing', 'signed', 'published')"
            " OR (manifest_sha256 IS NOT NULL AND lines_sha256 IS NOT NULL AND root IS NOT NULL"
            " AND counts IS NOT NULL AND approval_digest IS NOT NULL AND built_at IS NOT NULL)",
            name="built_has_manifest",
        ),
        sa.CheckConstraint(
            "state NOT IN ('signing', 'signed', 'published') OR signed_by IS NOT NULL",
            name="signing_has_signer",
        ),
        sa.CheckConstraint(
            "state NOT IN ('signed', 'published') OR (signed_at IS NOT NULL AND files IS NOT NULL)",
            name="signed_has_files",
        ),
        sa.CheckConstraint(
            "state <> 'published' OR (published_at IS NOT NULL AND published_by IS NOT NULL)",
            name="published_has_publisher",
        ),
        sa.CheckConstraint("state <> 'failed' OR failure IS NOT NULL", name="failed_has_failure"),
        sa.CheckConstraint(
            "state <> 'abandoned' OR (abandoned_by IS NOT NULL AND abandoned_at IS NOT NULL"
            " AND abandoned_because IS NOT NULL)",
            name="abandoned_has_reason",
        ),
    )

    id: UUID = Field(primary_key=True)
    variant_id: UUID = Field(foreign_key="variant.id", index=True)
    number: str = Field(max_length=16)
    state: ReleaseState = Field(sa_column=sa.Column(enum_type(ReleaseState, "state"), nullable=False, index=True))
    import_id: UUID = Field(foreign_key="import.id")
    policy_id: UUID = Field(foreign_key="policy.id")
    recipe_name: str = Field(max_length=64)
    recipe_sha256: str = Field(max_length=SHA256_LENGTH)
    plan: dict[str, Any] = Field(sa_column=sa.Column(sa.JSON(), nullable=False))
    planned_by: UUID = Field(foreign_key="person.id")
    planned_at: datetime = Field(sa_column=instant())
    manifest_sha256: str | None = Field(default=None, max_length=SHA256_LENGTH)
    lines_sha256: str | None = Field(default=None, max_length=SHA256_LENGTH)
    root: str | None = Field(default=None, max_length=DIGEST_LENGTH)
    counts: dict[str, Any] | None = Field(default=None, sa_column=sa.Column(sa.JSON(none_as_null=True), nullable=True))
    approval_digest: str | None = Field(default=None, max_length=DIGEST_LENGTH)
    built_at: datetime | None = Field(default=None, sa_column=instant(nullable=True))
    failure: str | None = Field(default=None, max_length=1000)
    failure_code: str | None = Field(default=None, max_length=64)
    signed_by: UUID | None = Field(default=None, foreign_key="person.id")
    signed_at: datetime | None = Field(default=None, sa_column=instant(nullable=True))
    files: dict[str, str] | None = Field(default=None, sa_column=sa.Column(sa.JSON(none_as_null=True), nullable=True))
    published_by: UUID | None = Field(default=None, foreign_key="person.id")
    published_at: datetime | None = Field(default=None, sa_column=instant(nullable=True))
    facts_sha256: str | None = Field(default=None, max_length=SHA256_LENGTH)
    abandoned_by: UUID | None = Field(default=None, foreign_key="person.id")
    abandoned_at: datetime | None = Field(default=None, sa_column=instant(nullable=True))
    abandoned_because: str | None = Field(default=None, max_length=2000)


class ReleaseShard(SQLModel, table=True):
    """A shard of a build that is done: its results lie in the blob store. Recorded after the bytes are safe.

    `taken_over` of its images an earlier release had seen, asked the very same.
    """

    __tablename__ = "release_shard"

    release_id: UUID = Field(primary_key=True, foreign_key="release.id", ondelete="CASCADE")
    number: int = Field(primary_key=True)
    image_count: int
    results_sha256: str = Field(max_length=SHA256_LENGTH)
    done_at: datetime = Field(sa_column=instant())
    taken_over: int = 0


class ReleasePreviews(SQLModel, table=True):
    """The index of the small pictures of a built release; one that was built before there was any has no row."""

    __tablename__ = "release_preview_index"

    release_id: UUID = Field(primary_key=True, foreign_key="release.id", ondelete="CASCADE")
    index_sha256: str = Field(max_length=SHA256_LENGTH)


class Approval(SQLModel, table=True):
    """One person's signature under what a release was when they looked. Insert-only."""

    __tablename__ = "approval"
    __table_args__ = (sa.UniqueConstraint("release_id", "person_id", "approval_digest"),)

    id: UUID = Field(primary_key=True)
    release_id: UUID = Field(foreign_key="release.id", index=True)
    person_id: UUID = Field(foreign_key="person.id")
    approval_digest: str = Field(max_length=DIGEST_LENGTH)
    reason: str = Field(max_length=2000)
    approved_at: datetime = Field(sa_column=instant())
