"""What weights were trained on, and what people decided about images that wait for a review.

Revision ID: 0014
Revises: 0013
"""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)
INSERT_ONLY = ("weight_training", "image_review")
ACTIONS = ("keep", "blur", "exclude")


def upgrade() -> None:
    op.create_table(
        "weight_file",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("licence", sa.String(length=500), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=True),
        sa.Column("size_bytes", sa.BigInteger(), nullable=True),
        sa.Column("recorded_by", sa.Uuid(), nullable=False),
        sa.Column("recorded_at", INSTANT, nullable=False),
        sa.CheckConstraint("size_bytes IS NULL OR sha256 IS NOT NULL", name=op.f("ck_weight_file_size_has_digest")),
        sa.ForeignKeyConstraint(["recorded_by"], ["person.id"], name=op.f("fk_weight_file_recorded_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_weight_file")),
        sa.UniqueConstraint("name", name=op.f("uq_weight_file_name")),
        sa.UniqueConstraint("sha256", name=op.f("uq_weight_file_sha256")),
    )
    _create_training()
    op.create_table(
        "image_review",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("image_sha256", sa.String(length=64), nullable=False),
        sa.Column("asked", sa.String(length=64), nullable=False),
        sa.Column(
            "decided",
            sa.Enum(*ACTIONS, name="decided", native_enum=False, create_constraint=True, length=32),
            nullable=False,
        ),
        sa.Column("release_id", sa.Uuid(), nullable=False),
        sa.Column("path", sa.String(length=4096), nullable=False),
        sa.Column("reason", sa.String(length=2000), nullable=False),
        sa.Column("decided_by", sa.Uuid(), nullable=False),
        sa.Column("decided_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(["decided_by"], ["person.id"], name=op.f("fk_image_review_decided_by")),
        sa.ForeignKeyConstraint(["release_id"], ["release.id"], name=op.f("fk_image_review_release_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_image_review")),
    )
    op.create_index(op.f("ix_image_review_image_sha256"), "image_review", ["image_sha256"], unique=False)
    for table in INSERT_ONLY:
        forbid_changes(table)


def _create_training() -> None:
    op.create_table(
        "weight_training",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("weights_id", sa.Uuid(), nullable=False),
        sa.Column("variant_id", sa.Uuid(), nullable=True),
        sa.Column("release_id", sa.Uuid(), nullable=True),
        sa.Column("layer_id", sa.Uuid(), nullable=True),
        sa.Column("base_id", sa.Uuid(), nullable=True),
        sa.Column("evidence", sa.String(length=1000), nullable=False),
        sa.Column("evidence_sha256", sa.String(length=64), nullable=False),
        sa.Column("source_title", sa.String(length=1000), nullable=False),
        sa.Column("source_url", sa.String(length=500), nullable=True),
        sa.Column("recorded_by", sa.Uuid(), nullable=False),
        sa.Column("recorded_at", INSTANT, nullable=False),
        sa.CheckConstraint(
            "(variant_id IS NULL) <> (base_id IS NULL)", name=op.f("ck_weight_training_variant_or_base")
        ),
        sa.CheckConstraint(
            "(release_id IS NULL OR layer_id IS NULL)"
            " AND (variant_id IS NOT NULL OR (release_id IS NULL AND layer_id IS NULL))",
            name=op.f("ck_weight_training_one_part_of_variant"),
        ),
        sa.CheckConstraint("base_id IS NULL OR base_id <> weights_id", name=op.f("ck_weight_training_not_from_itself")),
        sa.ForeignKeyConstraint(["base_id"], ["weight_file.id"], name=op.f("fk_weight_training_base_id")),
        sa.ForeignKeyConstraint(["layer_id"], ["layer.id"], name=op.f("fk_weight_training_layer_id")),
        sa.ForeignKeyConstraint(["recorded_by"], ["person.id"], name=op.f("fk_weight_training_recorded_by")),
        sa.ForeignKeyConstraint(["release_id"], ["release.id"], name=op.f("fk_weight_training_release_id")),
        sa.ForeignKeyConstraint(["variant_id"], ["variant.id"], name=op.f("fk_weight_training_variant_id")),
        sa.ForeignKeyConstraint(["weights_id"], ["weight_file.id"], name=op.f("fk_weight_training_weights_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_weight_training")),
        sa.UniqueConstraint(
            "weights_id", "evidence_sha256", name=op.f("uq_weight_training_weights_id_evidence_sha256")
        ),
    )
    op.create_index(op.f("ix_weight_training_variant_id"), "weight_training", ["variant_id"], unique=False)


def downgrade() -> None:
    for table in INSERT_ONLY:
        allow_changes(table)
    op.drop_index(op.f("ix_image_review_image_sha256"), table_name="image_review")
    op.drop_table("image_review")
    op.drop_index(op.f("ix_weight_training_variant_id"), table_name="weight_training")
    op.drop_table("weight_training")
    op.drop_table("weight_file")


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
