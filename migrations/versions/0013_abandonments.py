"""Releases may be given up, and a takedown form makes one case.

Revision ID: 0013
Revises: 0012
"""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

STATES = "'planned', 'building', 'failed', 'built', 'signing', 'signed', 'published'"


def upgrade() -> None:
    op.add_column("takedown_case", sa.Column("form_id", sa.Uuid(), nullable=True))
    op.create_index(op.f("ix_takedown_case_form_id"), "takedown_case", ["form_id"], unique=True)
    with op.batch_alter_table("release") as release:
        release.drop_constraint(op.f("ck_release_state"), type_="check")
        release.create_check_constraint(op.f("ck_release_state"), sa.text(f"state IN ({STATES}, 'abandoned')"))
        release.add_column(sa.Column("abandoned_by", sa.Uuid(), nullable=True))
        release.add_column(sa.Column("abandoned_at", sa.DateTime(timezone=True), nullable=True))
        release.add_column(sa.Column("abandoned_because", sa.String(length=2000), nullable=True))
        release.create_foreign_key(op.f("fk_release_abandoned_by"), "person", ["abandoned_by"], ["id"])
        release.create_check_constraint(
            op.f("ck_release_abandoned_has_reason"),
            sa.text(
                "state <> 'abandoned' OR (abandoned_by IS NOT NULL AND abandoned_at IS NOT NULL"
                " AND abandoned_because IS NOT NULL)"
            ),
        )


def downgrade() -> None:
    # The state of before that comes nearest: it is not signed or published, and says why.
    op.execute(
        "UPDATE release SET state = 'failed', failure = substr(abandoned_because, 1, 1000) WHERE state = 'abandoned'"
    )
    with op.batch_alter_table("release") as release:
        release.drop_constraint(op.f("ck_release_abandoned_has_reason"), type_="check")
        release.drop_constraint(op.f("fk_release_abandoned_by"), type_="foreignkey")
        release.drop_column("abandoned_because")
        release.drop_column("abandoned_at")
        release.drop_column("abandoned_by")
        release.drop_constraint(op.f("ck_release_state"), type_="check")
        release.create_check_constraint(op.f("ck_release_state"), sa.text(f"state IN ({STATES})"))
    op.drop_index(op.f("ix_takedown_case_form_id"), "takedown_case")
    op.drop_column("takedown_case", "form_id")
