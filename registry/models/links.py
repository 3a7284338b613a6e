"""Link checks: one walk over the links of a variant, and the shards of it that are done."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from registry.models.columns import SHA256_LENGTH, enum_type, instant


class CheckState(StrEnum):
    """How far a link check is."""

    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


class LinkCheck(SQLModel, table=True):
    """One look at every link of a variant. Done means: what was found is in the blob store, and is counted here.

    The links are those of the layer, else of the import; `previous_id` is the check whose bytes are compared with.
    `counts` holds the number of links by state.
    """

    __tablename__ = "link_check"
    __table_args__ = (
        sa.CheckConstraint("import_id IS NOT NULL OR layer_id IS NOT NULL", name="has_links"),
        sa.CheckConstraint(
            "state <> 'done' OR (found_sha256 IS NOT NULL AND counts IS NOT NULL AND finished_at IS NOT NULL)",
            name="done_has_found",
        ),
        sa.CheckConstraint("state <> 'failed' OR failure IS NOT NULL", name="failed_has_failure"),
        sa.Index(
            "uq_link_check_unfinished",
            "variant_id",
            unique=True,
            sqlite_where=sa.text("state <> 'done'"),
            postgresql_where=sa.text("state <> 'done'"),
        ),
    )

    id: UUID = Field(primary_key=True)
    variant_id: UUID = Field(foreign_key="variant.id", index=True)
    import_id: UUID | None = Field(default=None, foreign_key="import.id")
    layer_id: UUID | None = Field(default=None, foreign_key="layer.id")
    previous_id: UUID | None = Field(default=None, foreign_key="link_check.id")
    state: CheckState = Field(sa_column=sa.Column(enum_type(CheckState, "state"), nullable=False))
    started_by: UUID = Field(foreign_key="person.id")
    started_at: datetime = Field(sa_column=instant())
    finished_at: datetime | None = Field(default=None, sa_column=instant(nullable=True))
    found_sha256: str | None = Field(default=None, max_length=SHA256_LENGTH)
    counts: dict[str, Any] | None = Field(default=None, sa_column=sa.Column(sa.JSON(none_as_null=True), nullable=True))
    failure: str | None = Field(default=None, max_length=1000)
    failure_code: str | None = Field(default=None, max_length=64)


class LinkCheckShard(SQLModel, table=True):
    """A shard of a check that is done: what was found lies in the blob store. Recorded after the bytes are safe."""

    __tablename__ = "link_check_shard"

    check_id: UUID = Field(primary_key=True, foreign_key="link_check.id", ondelete="CASCADE")
    number: int = Field(primary_key=True)
    link_count: int
    found_sha256: str = Field(max_length=SHA256_LENGTH)
    done_at: datetime = Field(sa_column=instant())
