"""How variants are described in public, and what they are to one another.

Revision ID: 0005
Revises: 0004
"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)
INSERT_ONLY = ("variant_description", "variant_relation")
KINDS = ("derived-from", "subset-of", "relabels", "replaces")


def upgrade() -> None:
    op.create_table(
        "variant_description",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("variant_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("seed_sha256", sa.String(length=64), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=False),
        sa.Column("recorded_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(["recorded_by"], ["person.id"], name=op.f("fk_variant_description_recorded_by")),
        sa.ForeignKeyConstraint(["variant_id"], ["variant.id"], name=op.f("fk_variant_description_variant_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_variant_description")),
        sa.UniqueConstraint("variant_id", "version", name=op.f("uq_variant_description_variant_id_version")),
    )
    op.create_table(
        "variant_relation",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("variant_id", sa.Uuid(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(*KINDS, name="kind", native_enum=False, create_constraint=True, length=32),
            nullable=False,
        ),
        sa.Column("other_id", sa.Uuid(), nullable=False),
        sa.Column("evidence", sa.String(length=1000), nullable=False),
        sa.Column("evidence_sha256", sa.String(length=64), nullable=False),
        sa.Column("source_title", sa.String(length=1000), nullable=False),
        sa.Column("source_url", sa.String(length=500), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=False),
        sa.Column("recorded_at", INSTANT, nullable=False),
        sa.CheckConstraint("variant_id <> other_id", name=op.f("ck_variant_relation_not_to_itself")),
        sa.ForeignKeyConstraint(["other_id"], ["variant.id"], name=op.f("fk_variant_relation_other_id")),
        sa.ForeignKeyConstraint(["recorded_by"], ["person.id"], name=op.f("fk_variant_relation_recorded_by")),
        sa.ForeignKeyConstraint(["variant_id"], ["variant.id"], name=op.f("fk_variant_relation_variant_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_variant_relation")),
        sa.UniqueConstraint(
            "variant_id",
            "kind",
            "other_id",
            "evidence_sha256",
            name=op.f("uq_variant_relation_variant_id_kind_other_id_evidence_sha256"),
        ),
    )
    op.create_index(op.f("ix_variant_relation_other_id"), "variant_relation", ["other_id"], unique=False)
    op.create_index(op.f("ix_variant_relation_variant_id"), "variant_relation", ["variant_id"], unique=False)
    for table in INSERT_ONLY:
        forbid_changes(table)


def downgrade() -> None:
    for table in INSERT_ONLY:
        allow_changes(table)
    op.drop_index(op.f("ix_variant_relation_variant_id"), table_name="variant_relation")
    op.drop_index(op.f("ix_variant_relation_other_id"), table_name="variant_relation")
    op.drop_table("variant_relation")
    op.drop_table("variant_description")


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
