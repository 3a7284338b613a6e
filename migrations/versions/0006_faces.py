"""Faces: what people decided about boxes, and what a release took as known.

Revision ID: 0006
Revises: 0005
"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

STEPS = ("accepted", "rejected", "added", "moved")
VERDICTS = ("face", "no-face", "hidden")


def upgrade() -> None:
    op.create_table(
        "face_decision",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("image_sha256", sa.String(length=64), nullable=False),
        sa.Column(
            "step",
            sa.Enum(*STEPS, name="step", native_enum=False, create_constraint=True, length=32),
            nullable=False,
        ),
        sa.Column(
            "verdict",
            sa.Enum(*VERDICTS, name="verdict", native_enum=False, create_constraint=True, length=32),
            nullable=False,
        ),
        sa.Column("left_px", sa.Integer(), nullable=False),
        sa.Column("top_px", sa.Integer(), nullable=False),
        sa.Column("right_px", sa.Integer(), nullable=False),
        sa.Column("bottom_px", sa.Integer(), nullable=False),
        sa.Column("release_id", sa.Uuid(), nullable=False),
        sa.Column("path", sa.String(length=4096), nullable=False),
        sa.Column("reason", sa.String(length=2000), nullable=False),
        sa.Column("decided_by", sa.Uuid(), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "left_px >= 0 AND top_px >= 0 AND left_px < right_px AND top_px < bottom_px",
            name=op.f("ck_face_decision_box_has_area"),
        ),
        sa.ForeignKeyConstraint(["decided_by"], ["person.id"], name=op.f("fk_face_decision_decided_by")),
        sa.ForeignKeyConstraint(["release_id"], ["release.id"], name=op.f("fk_face_decision_release_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_face_decision")),
    )
    op.create_index(op.f("ix_face_decision_image_sha256"), "face_decision", ["image_sha256"], unique=False)
    op.create_table(
        "release_face_choice",
        sa.Column("release_id", sa.Uuid(), nullable=False),
        sa.Column("layer_id", sa.Uuid(), nullable=True),
        sa.Column("is_detected", sa.Boolean(), nullable=False),
        sa.Column("decisions_sha256", sa.String(length=64), nullable=True),
        sa.ForeignKeyConstraint(["layer_id"], ["layer.id"], name=op.f("fk_release_face_choice_layer_id")),
        sa.ForeignKeyConstraint(
            ["release_id"], ["release.id"], name=op.f("fk_release_face_choice_release_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("release_id", name=op.f("pk_release_face_choice")),
    )
    forbid_changes("face_decision")


def downgrade() -> None:
    op.drop_table("release_face_choice")
    allow_changes("face_decision")
    op.drop_index(op.f("ix_face_decision_image_sha256"), table_name="face_decision")
    op.drop_table("face_decision")


def forbid_changes(table: str) -> None:
    """Rows of the table can be inserted and read; the database itself refuses anything else."""
    if op.get_bind().dialect.name == "sqlite":
        for verb in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table} "
                f"BEGIN SELECT RAISE(ABORT, '{table} is insert-only'); END"
            )
        return
    op.execute(
        f"CREATE FUNCTION {table}_insert_only() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{table} is insert-only'; END $$"
    )
    op.execute(
        f"CREATE TRIGGER {table}_no_change BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
        f"FOR EACH STATEMENT EXECUTE FUNCTION {table}_insert_only()"
    )


def allow_changes(table: str) -> None:
    """What `forbid_changes` made is gone."""
    if op.get_bind().dialect.name == "sqlite":
        for verb in ("UPDATE", "DELETE"):
            op.execute(f"DROP TRIGGER {table}_no_{verb.lower()}")
        return
    op.execute(f"DROP TRIGGER {table}_no_change ON {table}")
    op.execute(f"DROP FUNCTION {table}_insert_only()")
