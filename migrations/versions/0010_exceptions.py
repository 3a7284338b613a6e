"""Exceptions for single images, with an owner and an end.

Revision ID: 0010
Revises: 0009
"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)
GRANTS = ("keep", "blur", "hold")


def upgrade() -> None:
    op.create_table(
        "image_exception",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column(
            "grants",
            sa.Enum(*GRANTS, name="grants", native_enum=False, create_constraint=True, length=32),
            nullable=False,
        ),
        sa.Column("image_sha256", sa.String(length=64), nullable=False),
        sa.Column("variant_id", sa.Uuid(), nullable=False),
        sa.Column("path", sa.String(length=4096), nullable=False),
        sa.Column("reason", sa.String(length=2000), nullable=False),
        sa.Column("owner_id", sa.Uuid(), nullable=False),
        sa.Column("granted_by", sa.Uuid(), nullable=False),
        sa.Column("granted_at", INSTANT, nullable=False),
        sa.Column("until", INSTANT, nullable=False),
        sa.Column("ended_by", sa.Uuid(), nullable=True),
        sa.Column("ended_at", INSTANT, nullable=True),
        sa.Column("ended_because", sa.String(length=2000), nullable=True),
        sa.CheckConstraint("until > granted_at", name=op.f("ck_image_exception_ends_after_it_begins")),
        sa.CheckConstraint(
            "(ended_at IS NULL AND ended_by IS NULL AND ended_because IS NULL)"
            " OR (ended_at IS NOT NULL AND ended_by IS NOT NULL AND ended_because IS NOT NULL)",
            name=op.f("ck_image_exception_ended_has_reason"),
        ),
        sa.ForeignKeyConstraint(["variant_id"], ["variant.id"], name=op.f("fk_image_exception_variant_id")),
        sa.ForeignKeyConstraint(["owner_id"], ["person.id"], name=op.f("fk_image_exception_owner_id")),
        sa.ForeignKeyConstraint(["granted_by"], ["person.id"], name=op.f("fk_image_exception_granted_by")),
        sa.ForeignKeyConstraint(["ended_by"], ["person.id"], name=op.f("fk_image_exception_ended_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_image_exception")),
    )
    op.create_index(op.f("ix_image_exception_image_sha256"), "image_exception", ["image_sha256"], unique=False)


def downgrade() -> None:
    op.drop_index(op.f("ix_image_exception_image_sha256"), table_name="image_exception")
    op.drop_table("image_exception")
