"""The public log: leaves without a gap, the tree heads that were signed, and salts that may be erased.

Revision ID: 0004
Revises: 0003
"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)
INSERT_ONLY = ("log_leaf", "log_checkpoint")


def upgrade() -> None:
    op.create_table(
        "log_leaf",
        sa.Column("number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("subject", sa.String(length=71), nullable=False),
        sa.Column("label", sa.String(length=200), nullable=False),
        sa.Column("entry", sa.LargeBinary(), nullable=False),
        sa.Column("appended_at", INSTANT, nullable=False),
        sa.CheckConstraint("number >= 0", name=op.f("ck_log_leaf_counts_from_nothing")),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_log_leaf")),
    )
    op.create_index(op.f("ix_log_leaf_subject"), "log_leaf", ["subject"], unique=False)
    op.create_index(op.f("ix_log_leaf_label"), "log_leaf", ["label"], unique=False)
    op.create_table(
        "log_checkpoint",
        sa.Column("size", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("root_sha256", sa.String(length=64), nullable=False),
        sa.Column("note", sa.LargeBinary(), nullable=False),
        sa.Column("signed_at", INSTANT, nullable=False),
        sa.CheckConstraint("size > 0", name=op.f("ck_log_checkpoint_is_of_something")),
        sa.PrimaryKeyConstraint("size", name=op.f("pk_log_checkpoint")),
    )
    op.create_table(
        "log_salt",
        sa.Column("number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("image_sha256", sa.String(length=64), nullable=True),
        sa.Column("salt", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["takedown_case.id"], name=op.f("fk_log_salt_case_id")),
        sa.ForeignKeyConstraint(["number"], ["log_leaf.number"], name=op.f("fk_log_salt_number")),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_log_salt")),
    )
    op.create_index(op.f("ix_log_salt_case_id"), "log_salt", ["case_id"], unique=False)
    for table in INSERT_ONLY:
        forbid_changes(table)
    forbid_gaps()


def downgrade() -> None:
    allow_gaps()
    for table in INSERT_ONLY:
        allow_changes(table)
    op.drop_index(op.f("ix_log_salt_case_id"), table_name="log_salt")
    op.drop_table("log_salt")
    op.drop_table("log_checkpoint")
    op.drop_index(op.f("ix_log_leaf_label"), table_name="log_leaf")
    op.drop_index(op.f("ix_log_leaf_subject"), table_name="log_leaf")
    op.drop_table("log_leaf")


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


def forbid_gaps() -> None:
    """A leaf whose number is not the next one is refused: the first is 0."""
    if op.get_bind().dialect.name == "sqlite":
        op.execute(
            "CREATE TRIGGER log_leaf_no_gap BEFORE INSERT ON log_leaf "
            "WHEN NEW.number > (SELECT COALESCE(MAX(number), -1) + 1 FROM log_leaf) "
            "BEGIN SELECT RAISE(ABORT, 'log_leaf has no gaps'); END"
        )
        return
    op.execute(
        "CREATE FUNCTION log_leaf_next() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN IF NEW.number > (SELECT COALESCE(MAX(number), -1) + 1 FROM log_leaf) THEN "
        "RAISE EXCEPTION 'log_leaf has no gaps'; END IF; RETURN NEW; END $$"
    )
    op.execute("CREATE TRIGGER log_leaf_no_gap BEFORE INSERT ON log_leaf FOR EACH ROW EXECUTE FUNCTION log_leaf_next()")


def allow_gaps() -> None:
    """What `forbid_gaps` made is gone."""
    if op.get_bind().dialect.name == "sqlite":
        op.execute("DROP TRIGGER log_leaf_no_gap")
        return
    op.execute("DROP TRIGGER log_leaf_no_gap ON log_leaf")
    op.execute("DROP FUNCTION log_leaf_next()")
