"""How Alembic reaches the database: the caller hands over a connection, or the settings name it."""

from alembic import context

from registry.models import metadata

connection = context.config.attributes.get("connection")
if connection is None:
    raise SystemExit("Run migrations with `accession init` or `accession migrate`, which know the database.")

context.configure(
    connection=connection,
    target_metadata=metadata,
    render_as_batch=connection.dialect.name == "sqlite",
    transaction_per_migration=True,
)
with context.begin_transaction():
    context.run_migrations()
