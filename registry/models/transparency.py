"""The public log: its leaves, the tree heads that were signed, and the salts that can be forgotten.

A leaf is written in the transaction of the fact that it tells of, holds digests, labels and reason codes only, and is
never changed. What ties a leaf to an image or a case is its salt, which stands in a table of its own and may be erased.
"""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from registry.models.columns import DIGEST_LENGTH, SHA256_LENGTH, instant


class LogLeaf(SQLModel, table=True):
    """One entry of the log. Insert-only; the database refuses a number that is not the next one, from 0.

    `entry` is the canonical JSON that is hashed into the tree (docs/formats/log.md); `kind`, `subject` and
    `label` repeat it, to be found by.
    """

    __tablename__ = "log_leaf"
    __table_args__ = (sa.CheckConstraint("number >= 0", name="counts_from_nothing"),)

    number: int = Field(sa_column=sa.Column(sa.BigInteger(), primary_key=True, autoincrement=False))
    kind: str = Field(max_length=32)
    subject: str = Field(max_length=DIGEST_LENGTH, index=True)
    label: str = Field(max_length=200, index=True)
    entry: bytes = Field(sa_column=sa.Column(sa.LargeBinary(), nullable=False))
    appended_at: datetime = Field(sa_column=instant())


class LogCheckpoint(SQLModel, table=True):
    """A tree head that was signed and published, as a signed note with its cosignatures. Insert-only."""

    __tablename__ = "log_checkpoint"
    __table_args__ = (sa.CheckConstraint("size > 0", name="is_of_something"),)

    size: int = Field(sa_column=sa.Column(sa.BigInteger(), primary_key=True, autoincrement=False))
    root_sha256: str = Field(max_length=SHA256_LENGTH)
    note: bytes = Field(sa_column=sa.Column(sa.LargeBinary(), nullable=False))
    signed_at: datetime = Field(sa_column=instant())


class LogSalt(SQLModel, table=True):
    """What opens the commitment of one leaf. Erasing it forgets what the leaf is about, and every proof still holds.

    `image_sha256` is null where the leaf commits to the case itself.
    """

    __tablename__ = "log_salt"

    number: int = Field(
        sa_column=sa.Column(sa.BigInteger(), sa.ForeignKey("log_leaf.number"), primary_key=True, autoincrement=False)
    )
    case_id: UUID = Field(foreign_key="takedown_case.id", index=True)
    image_sha256: str | None = Field(default=None, max_length=SHA256_LENGTH)
    salt: bytes = Field(sa_column=sa.Column(sa.LargeBinary(), nullable=False))
