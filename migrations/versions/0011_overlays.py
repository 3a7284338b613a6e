"""Overlays: variants that stand on a release of another one, under pinned policies.

Revision ID: 0011
Revises: 0010
"""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "overlay",
        sa.Column("variant_id", sa.Uuid(), nullable=False),
        sa.Column("base_id", sa.Uuid(), nullable=False),
        sa.Column("datasheet_sha256", sa.String(length=64), nullable=False),
        sa.Column("pins", sa.JSON(), nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["base_id"], ["release.id"], name=op.f("fk_overlay_base_id")),
        sa.ForeignKeyConstraint(["made_by"], ["person.id"], name=op.f("fk_overlay_made_by")),
        sa.ForeignKeyConstraint(["variant_id"], ["variant.id"], name=op.f("fk_overlay_variant_id")),
        sa.PrimaryKeyConstraint("variant_id", name=op.f("pk_overlay")),
    )


def downgrade() -> None:
    op.drop_table("overlay")
