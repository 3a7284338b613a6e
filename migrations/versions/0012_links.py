"""Link checks: walks over the links of a variant, and the shards of them that are done.

Revision ID: 0012
Revises: 0011
"""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

STATES = ("running", "done", "failed")


def upgrade() -> None:
    op.create_table(
        "link_check",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("variant_id", sa.Uuid(), nullable=False),
        sa.Column("import_id", sa.Uuid(), nullable=True),
        sa.Column("layer_id", sa.Uuid(), nullable=True),
        sa.Column("previous_id", sa.Uuid(), nullable=True),
        sa.Column(
            "state",
            sa.Enum(*STATES, name="state", native_enum=False, create_constraint=True, length=32),
            nullable=False,
        ),
        sa.Column("started_by", sa.Uuid(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("found_sha256", sa.String(length=64), nullable=True),
        sa.Column("counts", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("failure", sa.String(length=1000), nullable=True),
        sa.Column("failure_code", sa.String(length=64), nullable=True),
        sa.CheckConstraint("import_id IS NOT NULL OR layer_id IS NOT NULL", name=op.f("ck_link_check_has_links")),
        sa.CheckConstraint(
            "state <> 'done' OR (found_sha256 IS NOT NULL AND counts IS NOT NULL AND finished_at IS NOT NULL)",
            name=op.f("ck_link_check_done_has_found"),
        ),
        sa.CheckConstraint("state <> 'failed' OR failure IS NOT NULL", name=op.f("ck_link_check_failed_has_failure")),
        sa.ForeignKeyConstraint(["import_id"], ["import.id"], name=op.f("fk_link_check_import_id")),
        sa.ForeignKeyConstraint(["layer_id"], ["layer.id"], name=op.f("fk_link_check_layer_id")),
        sa.ForeignKeyConstraint(["previous_id"], ["link_check.id"], name=op.f("fk_link_check_previous_id")),
        sa.ForeignKeyConstraint(["started_by"], ["person.id"], name=op.f("fk_link_check_started_by")),
        sa.ForeignKeyConstraint(["variant_id"], ["variant.id"], name=op.f("fk_link_check_variant_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_link_check")),
    )
    op.create_index(op.f("ix_link_check_variant_id"), "link_check", ["variant_id"])
    op.create_index(
        "uq_link_check_unfinished",
        "link_check",
        ["variant_id"],
        unique=True,
        sqlite_where=sa.text("state <> 'done'"),
        postgresql_where=sa.text("state <> 'done'"),
    )
    op.create_table(
        "link_check_shard",
        sa.Column("check_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("link_count", sa.Integer(), nullable=False),
        sa.Column("found_sha256", sa.String(length=64), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["check_id"], ["link_check.id"], name=op.f("fk_link_check_shard_check_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("check_id", "number", name=op.f("pk_link_check_shard")),
    )


def downgrade() -> None:
    op.drop_table("link_check_shard")
    op.drop_index("uq_link_check_unfinished", table_name="link_check")
    op.drop_index(op.f("ix_link_check_variant_id"), table_name="link_check")
    op.drop_table("link_check")
