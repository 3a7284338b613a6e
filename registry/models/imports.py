"""Imports: one reading of one source into one parent manifest."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from registry.models.columns import DIGEST_LENGTH, SHA256_LENGTH, enum_type, instant


class ImportState(StrEnum):
    """How far an import is."""

    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


class Import(SQLModel, table=True):
    """One reading of a source. Done means: the manifest is in the blob store and its totals stand here.

    `counts` holds the totals by format, defect and label as `{"formats": {...}, "defects": {...}, "labels": {...}}`,
    and what `registry.catalogue.reports` says of what came in and was refused. `asked` are the files that were given to
    explain the source, and what else was asked for, as far as it was: `{"truth": ..., "classes": ..., "pdq": "yes",
    "rights": "yes"}`. `layout` is `auto` until it is known.
    """

    __tablename__ = "import"
    __table_args__ = (
        sa.CheckConstraint(
            "state <> 'done' OR (manifest_sha256 IS NOT NULL AND root IS NOT NULL"
            " AND row_count IS NOT NULL AND finished_at IS NOT NULL)",
            name="done_has_manifest",
        ),
        sa.CheckConstraint("state <> 'failed' OR failure IS NOT NULL", name="failed_has_failure"),
        sa.Index(
            "uq_import_running",
            "variant_id",
            "source",
            unique=True,
            sqlite_where=sa.text("state = 'running'"),
            postgresql_where=sa.text("state = 'running'"),
        ),
    )

    id: UUID = Field(primary_key=True)
    variant_id: UUID = Field(foreign_key="variant.id", index=True)
    source: str = Field(max_length=4096)
    layout: str = Field(max_length=64)
    state: ImportState = Field(sa_column=sa.Column(enum_type(ImportState, "state"), nullable=False))
    started_by: UUID = Field(foreign_key="person.id")
    started_at: datetime = Field(sa_column=instant())
    finished_at: datetime | None = Field(default=None, sa_column=instant(nullable=True))
    manifest_sha256: str | None = Field(default=None, max_length=SHA256_LENGTH)
    root: str | None = Field(default=None, max_length=DIGEST_LENGTH)
    row_count: int | None = None
    total_bytes: int | None = Field(default=None, sa_column=sa.Column(sa.BigInteger(), nullable=True))
    counts: dict[str, Any] | None = Field(default=None, sa_column=sa.Column(sa.JSON(none_as_null=True), nullable=True))
    failure: str | None = Field(default=None, max_length=1000)
    failure_code: str | None = Field(default=None, max_length=64)
    asked: dict[str, Any] | None = Field(default=None, sa_column=sa.Column(sa.JSON(none_as_null=True), nullable=True))
