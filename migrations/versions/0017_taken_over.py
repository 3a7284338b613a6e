"""A build takes over what an earlier release has seen.

Shards of a build that is not done are begun anew: they are stretches of the parent now, and were of the images to look
at, so that their numbers mean other images. The small pictures of a release are found in its shards by an index; those
of releases of before, in a file of their own, are no longer found.

Revision ID: 0017
Revises: 0016
"""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

BEGIN_ANEW = "DELETE FROM release_shard WHERE release_id IN (SELECT id FROM release WHERE state IN {states})"
UNFINISHED = "('planned', 'building', 'failed')"


def upgrade() -> None:
    op.drop_table("release_preview_file")
    _create_previews("release_preview_index", "index_sha256")
    op.execute(BEGIN_ANEW.format(states=UNFINISHED))
    op.add_column("release_shard", sa.Column("taken_over", sa.Integer(), nullable=True))
    op.execute("UPDATE release_shard SET taken_over = 0")
    with op.batch_alter_table("release_shard") as shard:
        shard.alter_column("taken_over", existing_type=sa.Integer(), nullable=False)
    op.add_column("release_face_choice", sa.Column("is_afresh", sa.Boolean(), nullable=True))
    op.execute(sa.text("UPDATE release_face_choice SET is_afresh = :no").bindparams(no=False))
    with op.batch_alter_table("release_face_choice") as choice:
        choice.alter_column("is_afresh", existing_type=sa.Boolean(), nullable=False)
        choice.add_column(sa.Column("earlier_id", sa.Uuid(), nullable=True))
        choice.create_foreign_key(op.f("fk_release_face_choice_earlier_id"), "release", ["earlier_id"], ["id"])


def downgrade() -> None:
    op.drop_table("release_preview_index")
    _create_previews("release_preview_file", "previews_sha256")
    op.execute(BEGIN_ANEW.format(states=UNFINISHED))
    with op.batch_alter_table("release_face_choice") as choice:
        choice.drop_constraint(op.f("fk_release_face_choice_earlier_id"), type_="foreignkey")
        choice.drop_column("earlier_id")
        choice.drop_column("is_afresh")
    op.drop_column("release_shard", "taken_over")


def _create_previews(table: str, digest: str) -> None:
    op.create_table(
        table,
        sa.Column("release_id", sa.Uuid(), nullable=False),
        sa.Column(digest, sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["release_id"], ["release.id"], name=op.f(f"fk_{table}_release_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("release_id", name=op.f(f"pk_{table}")),
    )
