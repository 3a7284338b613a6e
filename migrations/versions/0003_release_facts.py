"""Which facts was each image of a release decided by? Their lines lie in the blob store."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("release", sa.Column("facts_sha256", sa.String(length=64), nullable=True))


def downgrade() -> None:
    op.drop_column("release", "facts_sha256")
