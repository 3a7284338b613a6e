"""Where the small pictures of a release are.

Revision ID: 0015
Revises: 0014
"""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "release_preview_file",
        sa.Column("release_id", sa.Uuid(), nullable=False),
        sa.Column("previews_sha256", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["release_id"], ["release.id"], name=op.f("fk_release_preview_file_release_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("release_id", name=op.f("pk_release_preview_file")),
    )


def downgrade() -> None:
    op.drop_table("release_preview_file")
