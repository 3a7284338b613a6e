"""The first tables: people, datasets, imports, policies, releases, takedowns, audit.

Revision ID: 0001
Revises: none
"""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)
INSERT_ONLY = ("approval", "audit_event", "policy", "revocation", "takedown_step")


def upgrade() -> None:
    op.create_table(
        "dataset",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("slug", sa.String(length=64), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dataset")),
        sa.UniqueConstraint("slug", name=op.f("uq_dataset_slug")),
    )
    op.create_table(
        "person",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("handle", sa.String(length=64), nullable=False),
        sa.Column("display_name", sa.String(length=200), nullable=False),
        sa.Column("password_hash", sa.String(length=255), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person")),
        sa.UniqueConstraint("handle", name=op.f("uq_person_handle")),
    )
    op.create_table(
        "audit_event",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("happened_at", INSTANT, nullable=False),
        sa.Column("event", sa.String(length=64), nullable=False),
        sa.Column("actor_id", sa.Uuid(), nullable=True),
        sa.Column("actor_name", sa.String(length=64), nullable=False),
        sa.Column("subject_kind", sa.String(length=32), nullable=False),
        sa.Column("subject_id", sa.String(length=200), nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["actor_id"], ["person.id"], name=op.f("fk_audit_event_actor_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_event")),
    )
    op.create_index(op.f("ix_audit_event_event"), "audit_event", ["event"], unique=False)
    op.create_index(op.f("ix_audit_event_happened_at"), "audit_event", ["happened_at"], unique=False)
    op.create_index("ix_audit_event_subject", "audit_event", ["subject_kind", "subject_id"], unique=False)
    op.create_table(
        "person_role",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column(
            "role",
            sa.Enum(
                "maintainer",
                "reviewer",
                "approver",
                "auditor",
                "administrator",
                name="role",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_person_role_person_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("person_id", "role", name=op.f("pk_person_role")),
    )
    op.create_table(
        "policy",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("version", sa.String(length=64), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("published_by", sa.Uuid(), nullable=False),
        sa.Column("published_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(["published_by"], ["person.id"], name=op.f("fk_policy_published_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_policy")),
        sa.UniqueConstraint("name", "version", name=op.f("uq_policy_name_version")),
        sa.UniqueConstraint("sha256", name=op.f("uq_policy_sha256")),
    )
    op.create_table(
        "takedown_case",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.String(length=16), nullable=False),
        sa.Column("code_words_hash", sa.String(length=255), nullable=False),
        sa.Column(
            "ground",
            sa.Enum(
                "privacy",
                "copyright",
                "safety",
                "court-order",
                "other",
                name="ground",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column(
            "state",
            sa.Enum(
                "received",
                "matched",
                "no-match",
                "held",
                "upheld-pending-confirmation",
                "rejected-pending-confirmation",
                "upheld",
                "rejected",
                "fulfilled",
                "withdrawn",
                name="state",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("received_at", INSTANT, nullable=False),
        sa.CheckConstraint(
            "state NOT IN ('upheld-pending-confirmation', 'rejected-pending-confirmation', 'upheld', 'fulfilled')"
            " OR decided_by IS NOT NULL",
            name=op.f("ck_takedown_case_decided_has_decider"),
        ),
        sa.ForeignKeyConstraint(["decided_by"], ["person.id"], name=op.f("fk_takedown_case_decided_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_takedown_case")),
        sa.UniqueConstraint("number", name=op.f("uq_takedown_case_number")),
    )
    op.create_index(op.f("ix_takedown_case_received_at"), "takedown_case", ["received_at"], unique=False)
    op.create_index(op.f("ix_takedown_case_state"), "takedown_case", ["state"], unique=False)
    op.create_table(
        "variant",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("dataset_id", sa.Uuid(), nullable=False),
        sa.Column("slug", sa.String(length=64), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("licence", sa.String(length=500), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(["dataset_id"], ["dataset.id"], name=op.f("fk_variant_dataset_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_variant")),
        sa.UniqueConstraint("dataset_id", "slug", name=op.f("uq_variant_dataset_id_slug")),
    )
    op.create_table(
        "web_session",
        sa.Column("token_sha256", sa.String(length=64), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("last_seen_at", INSTANT, nullable=False),
        sa.Column("expires_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_web_session_person_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("token_sha256", name=op.f("pk_web_session")),
    )
    op.create_index(op.f("ix_web_session_expires_at"), "web_session", ["expires_at"], unique=False)
    op.create_index(op.f("ix_web_session_person_id"), "web_session", ["person_id"], unique=False)
    op.create_table(
        "import",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("variant_id", sa.Uuid(), nullable=False),
        sa.Column("source", sa.String(length=4096), nullable=False),
        sa.Column("layout", sa.String(length=64), nullable=False),
        sa.Column(
            "state",
            sa.Enum("running", "done", "failed", name="state", native_enum=False, create_constraint=True, length=32),
            nullable=False,
        ),
        sa.Column("started_by", sa.Uuid(), nullable=False),
        sa.Column("started_at", INSTANT, nullable=False),
        sa.Column("finished_at", INSTANT, nullable=True),
        sa.Column("manifest_sha256", sa.String(length=64), nullable=True),
        sa.Column("root", sa.String(length=71), nullable=True),
        sa.Column("row_count", sa.Integer(), nullable=True),
        sa.Column("total_bytes", sa.BigInteger(), nullable=True),
        sa.Column("counts", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("failure", sa.String(length=1000), nullable=True),
        sa.Column("failure_code", sa.String(length=64), nullable=True),
        sa.CheckConstraint(
            "state <> 'done' OR (manifest_sha256 IS NOT NULL AND root IS NOT NULL AND row_count IS NOT NULL"
            " AND finished_at IS NOT NULL)",
            name=op.f("ck_import_done_has_manifest"),
        ),
        sa.CheckConstraint("state <> 'failed' OR failure IS NOT NULL", name=op.f("ck_import_failed_has_failure")),
        sa.ForeignKeyConstraint(["started_by"], ["person.id"], name=op.f("fk_import_started_by")),
        sa.ForeignKeyConstraint(["variant_id"], ["variant.id"], name=op.f("fk_import_variant_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_import")),
    )
    op.create_index(op.f("ix_import_variant_id"), "import", ["variant_id"], unique=False)
    op.create_index(
        "uq_import_running",
        "import",
        ["variant_id", "source"],
        unique=True,
        sqlite_where=sa.text("state = 'running'"),
        postgresql_where=sa.text("state = 'running'"),
    )
    op.create_table(
        "revocation",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("envelope_sha256", sa.String(length=64), nullable=False),
        sa.Column("image_count", sa.Integer(), nullable=False),
        sa.Column("issued_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["takedown_case.id"], name=op.f("fk_revocation_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_revocation")),
        sa.UniqueConstraint("case_id", name=op.f("uq_revocation_case_id")),
        sa.UniqueConstraint("number", name=op.f("uq_revocation_number")),
    )
    op.create_table(
        "takedown_image",
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("image_sha256", sa.String(length=64), nullable=False),
        sa.Column("variant_id", sa.Uuid(), nullable=False),
        sa.Column("path", sa.String(length=4096), nullable=False),
        sa.Column("added_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["takedown_case.id"], name=op.f("fk_takedown_image_case_id")),
        sa.ForeignKeyConstraint(["variant_id"], ["variant.id"], name=op.f("fk_takedown_image_variant_id")),
        sa.PrimaryKeyConstraint("case_id", "image_sha256", name=op.f("pk_takedown_image")),
    )
    op.create_index(op.f("ix_takedown_image_image_sha256"), "takedown_image", ["image_sha256"], unique=False)
    op.create_table(
        "takedown_requester",
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column(
            "subject_kind",
            sa.Enum("url", "path", "sha256", name="subject_kind", native_enum=False, create_constraint=True, length=32),
            nullable=False,
        ),
        sa.Column("subject", sa.String(length=4096), nullable=False),
        sa.Column("statement", sa.String(length=4000), nullable=False),
        sa.Column("contact", sa.String(length=254), nullable=False),
        sa.ForeignKeyConstraint(
            ["case_id"], ["takedown_case.id"], name=op.f("fk_takedown_requester_case_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("case_id", name=op.f("pk_takedown_requester")),
    )
    op.create_table(
        "takedown_step",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "received",
                "searched",
                "image-added",
                "hold-placed",
                "decided",
                "confirmed",
                "confirmation-refused",
                "withdrawn",
                "fulfilled",
                name="kind",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("person_id", sa.Uuid(), nullable=True),
        sa.Column(
            "outcome",
            sa.Enum("uphold", "reject", name="outcome", native_enum=False, create_constraint=True, length=32),
            nullable=True,
        ),
        sa.Column("reason", sa.String(length=2000), nullable=False),
        sa.Column(
            "state_after",
            sa.Enum(
                "received",
                "matched",
                "no-match",
                "held",
                "upheld-pending-confirmation",
                "rejected-pending-confirmation",
                "upheld",
                "rejected",
                "fulfilled",
                "withdrawn",
                name="state_after",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("taken_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["takedown_case.id"], name=op.f("fk_takedown_step_case_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_takedown_step_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_takedown_step")),
    )
    op.create_index(op.f("ix_takedown_step_case_id"), "takedown_step", ["case_id"], unique=False)
    op.create_table(
        "release",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("variant_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.String(length=16), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "planned",
                "building",
                "failed",
                "built",
                "signing",
                "signed",
                "published",
                name="state",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("import_id", sa.Uuid(), nullable=False),
        sa.Column("policy_id", sa.Uuid(), nullable=False),
        sa.Column("recipe_name", sa.String(length=64), nullable=False),
        sa.Column("recipe_sha256", sa.String(length=64), nullable=False),
        sa.Column("plan", sa.JSON(), nullable=False),
        sa.Column("planned_by", sa.Uuid(), nullable=False),
        sa.Column("planned_at", INSTANT, nullable=False),
        sa.Column("manifest_sha256", sa.String(length=64), nullable=True),
        sa.Column("lines_sha256", sa.String(length=64), nullable=True),
        sa.Column("root", sa.String(length=71), nullable=True),
        sa.Column("counts", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("approval_digest", sa.String(length=71), nullable=True),
        sa.Column("built_at", INSTANT, nullable=True),
        sa.Column("failure", sa.String(length=1000), nullable=True),
        sa.Column("failure_code", sa.String(length=64), nullable=True),
        sa.Column("signed_by", sa.Uuid(), nullable=True),
        sa.Column("signed_at", INSTANT, nullable=True),
        sa.Column("files", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("published_by", sa.Uuid(), nullable=True),
        sa.Column("published_at", INSTANT, nullable=True),
        sa.CheckConstraint("state <> 'failed' OR failure IS NOT NULL", name=op.f("ck_release_failed_has_failure")),
        sa.CheckConstraint(
            "state <> 'published' OR (published_at IS NOT NULL AND published_by IS NOT NULL)",
            name=op.f("ck_release_published_has_publisher"),
        ),
        sa.CheckConstraint(
            "state NOT IN ('built', 'signing', 'signed', 'published') OR (manifest_sha256 IS NOT NULL"
            " AND lines_sha256 IS NOT NULL AND root IS NOT NULL AND counts IS NOT NULL"
            " AND approval_digest IS NOT NULL AND built_at IS NOT NULL)",
            name=op.f("ck_release_built_has_manifest"),
        ),
        sa.CheckConstraint(
            "state NOT IN ('signed', 'published') OR (signed_at IS NOT NULL AND files IS NOT NULL)",
            name=op.f("ck_release_signed_has_files"),
        ),
        sa.CheckConstraint(
            "state NOT IN ('signing', 'signed', 'published') OR signed_by IS NOT NULL",
            name=op.f("ck_release_signing_has_signer"),
        ),
        sa.ForeignKeyConstraint(["import_id"], ["import.id"], name=op.f("fk_release_import_id")),
        sa.ForeignKeyConstraint(["planned_by"], ["person.id"], name=op.f("fk_release_planned_by")),
        sa.ForeignKeyConstraint(["policy_id"], ["policy.id"], name=op.f("fk_release_policy_id")),
        sa.ForeignKeyConstraint(["published_by"], ["person.id"], name=op.f("fk_release_published_by")),
        sa.ForeignKeyConstraint(["signed_by"], ["person.id"], name=op.f("fk_release_signed_by")),
        sa.ForeignKeyConstraint(["variant_id"], ["variant.id"], name=op.f("fk_release_variant_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_release")),
        sa.UniqueConstraint("variant_id", "number", name=op.f("uq_release_variant_id_number")),
    )
    op.create_index(op.f("ix_release_state"), "release", ["state"], unique=False)
    op.create_index(op.f("ix_release_variant_id"), "release", ["variant_id"], unique=False)
    op.create_table(
        "approval",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("release_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("approval_digest", sa.String(length=71), nullable=False),
        sa.Column("reason", sa.String(length=2000), nullable=False),
        sa.Column("approved_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_approval_person_id")),
        sa.ForeignKeyConstraint(["release_id"], ["release.id"], name=op.f("fk_approval_release_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_approval")),
        sa.UniqueConstraint(
            "release_id", "person_id", "approval_digest", name=op.f("uq_approval_release_id_person_id_approval_digest")
        ),
    )
    op.create_index(op.f("ix_approval_release_id"), "approval", ["release_id"], unique=False)
    op.create_table(
        "release_shard",
        sa.Column("release_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("image_count", sa.Integer(), nullable=False),
        sa.Column("results_sha256", sa.String(length=64), nullable=False),
        sa.Column("done_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(
            ["release_id"], ["release.id"], name=op.f("fk_release_shard_release_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("release_id", "number", name=op.f("pk_release_shard")),
    )

    for table in INSERT_ONLY:
        forbid_changes(table)


def downgrade() -> None:
    for table in INSERT_ONLY:
        allow_changes(table)
    op.drop_table("release_shard")
    op.drop_index(op.f("ix_approval_release_id"), table_name="approval")
    op.drop_table("approval")
    op.drop_index(op.f("ix_release_variant_id"), table_name="release")
    op.drop_index(op.f("ix_release_state"), table_name="release")
    op.drop_table("release")
    op.drop_index(op.f("ix_takedown_step_case_id"), table_name="takedown_step")
    op.drop_table("takedown_step")
    op.drop_table("takedown_requester")
    op.drop_index(op.f("ix_takedown_image_image_sha256"), table_name="takedown_image")
    op.drop_table("takedown_image")
    op.drop_table("revocation")
    op.drop_index(
        "uq_import_running",
        table_name="import",
        sqlite_where=sa.text("state = 'running'"),
        postgresql_where=sa.text("state = 'running'"),
    )
    op.drop_index(op.f("ix_import_variant_id"), table_name="import")
    op.drop_table("import")
    op.drop_index(op.f("ix_web_session_person_id"), table_name="web_session")
    op.drop_index(op.f("ix_web_session_expires_at"), table_name="web_session")
    op.drop_table("web_session")
    op.drop_table("variant")
    op.drop_index(op.f("ix_takedown_case_state"), table_name="takedown_case")
    op.drop_index(op.f("ix_takedown_case_received_at"), table_name="takedown_case")
    op.drop_table("takedown_case")
    op.drop_table("policy")
    op.drop_table("person_role")
    op.drop_index("ix_audit_event_subject", table_name="audit_event")
    op.drop_index(op.f("ix_audit_event_happened_at"), table_name="audit_event")
    op.drop_index(op.f("ix_audit_event_event"), table_name="audit_event")
    op.drop_table("audit_event")
    op.drop_table("person")
    op.drop_table("dataset")


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
