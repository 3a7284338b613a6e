"""A registry publishes procedures of its own and puts them in force; a case says which one it began under.

Revision ID: 0016
Revises: 0015
"""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)
KINDS = ("release-approval", "takedowns")
STATES = ("proposed", "confirmed", "refused")
# What every case ran under before: takedowns-dmca-gdpr-dsa@1, the only procedure that the programs knew.
FIRST = "bde0e143d7fb9b523d5bbc1d49f35d9827ac8dc4d0129ef0b449e3069f3bcd27"


def enumeration(name: str, values: tuple[str, ...]) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=32)


def upgrade() -> None:
    op.create_table(
        "procedure",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", enumeration("kind", KINDS), nullable=False),
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("version", sa.String(length=64), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("published_by", sa.Uuid(), nullable=False),
        sa.Column("published_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(["published_by"], ["person.id"], name=op.f("fk_procedure_published_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_procedure")),
        sa.UniqueConstraint("name", "version", name=op.f("uq_procedure_name_version")),
        sa.UniqueConstraint("sha256", name=op.f("uq_procedure_sha256")),
    )
    op.create_table(
        "procedure_change",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("procedure_id", sa.Uuid(), nullable=False),
        sa.Column("state", enumeration("state", STATES), nullable=False),
        sa.Column("begins_at", INSTANT, nullable=False),
        sa.Column("proposed_by", sa.Uuid(), nullable=False),
        sa.Column("proposed_at", INSTANT, nullable=False),
        sa.Column("reason", sa.String(length=2000), nullable=False),
        sa.Column("settled_by", sa.Uuid(), nullable=True),
        sa.Column("settled_at", INSTANT, nullable=True),
        sa.Column("settled_because", sa.String(length=2000), nullable=True),
        sa.CheckConstraint(
            "state = 'proposed' OR (settled_by IS NOT NULL AND settled_at IS NOT NULL AND settled_because IS NOT NULL)",
            name=op.f("ck_procedure_change_settled_has_reason"),
        ),
        sa.CheckConstraint(
            "state <> 'confirmed' OR settled_by <> proposed_by",
            name=op.f("ck_procedure_change_confirmed_by_another"),
        ),
        sa.ForeignKeyConstraint(["procedure_id"], ["procedure.id"], name=op.f("fk_procedure_change_procedure_id")),
        sa.ForeignKeyConstraint(["proposed_by"], ["person.id"], name=op.f("fk_procedure_change_proposed_by")),
        sa.ForeignKeyConstraint(["settled_by"], ["person.id"], name=op.f("fk_procedure_change_settled_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_procedure_change")),
    )
    op.create_index(op.f("ix_procedure_change_procedure_id"), "procedure_change", ["procedure_id"], unique=False)
    forbid_changes("procedure")
    op.add_column("takedown_case", sa.Column("procedure_sha256", sa.String(length=64), nullable=True))
    op.execute(sa.text("UPDATE takedown_case SET procedure_sha256 = :first").bindparams(first=FIRST))
    with op.batch_alter_table("takedown_case") as case:
        case.alter_column("procedure_sha256", existing_type=sa.String(length=64), nullable=False)


def downgrade() -> None:
    op.drop_column("takedown_case", "procedure_sha256")
    allow_changes("procedure")
    op.drop_index(op.f("ix_procedure_change_procedure_id"), "procedure_change")
    op.drop_table("procedure_change")
    op.drop_table("procedure")


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
