"""The SQL that the operator's page gives for PostgreSQL does what the page says."""

import re
from pathlib import Path

import psycopg
import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from registry import db, ids
from tests.factories.postgres import Server
from tests.house import tree
from tests.migrations.test_migrations import INSERT_ONLY, fill

PAGE = "docs/operations/log.md"
ACCOUNT = "accession_app"


def script() -> str:
    """The statements on the page, with a password."""
    [block] = re.findall(r"```sql\n(.*?)```", tree.read(Path(PAGE)), re.DOTALL)
    return str(block).replace("…", "password")


@pytest.mark.postgres
def test_the_account_of_the_programs_cannot_rewrite_the_record(postgres_server: Server) -> None:
    name = ids.new_id()
    owner = db.open_engine(postgres_server.create(name))
    try:
        db.migrate(owner)
        fill(owner)
        with psycopg.connect(postgres_server.url(name.hex)) as connection:
            connection.execute(script().encode())
        own = sa.make_url(postgres_server.url(name.hex)).set(username=ACCOUNT)
        engine = db.open_engine(own.render_as_string(hide_password=False))
        for table in INSERT_ONLY:
            for statement in (
                f"DELETE FROM {table}",  # noqa: S608 - the tables are named above
                f"TRUNCATE {table} CASCADE",
                f"ALTER TABLE {table} DISABLE TRIGGER ALL",
                f"DROP TABLE {table} CASCADE",
            ):
                with pytest.raises(DBAPIError, match=r"permission denied|must be owner"), engine.begin() as tried:
                    tried.execute(sa.text(statement))
        with engine.begin() as own_connection:
            columns = "kind, subject, label, entry, appended_at"
            statement = f"INSERT INTO log_leaf (number, {columns}) SELECT 1, {columns} FROM log_leaf"  # noqa: S608
            own_connection.execute(sa.text(statement))
            own_connection.execute(sa.text("DELETE FROM log_salt"))
        engine.dispose()
    finally:
        owner.dispose()
        postgres_server.drop(name)
        admin = db.open_engine(postgres_server.url("postgres"))
        with admin.begin() as connection:
            connection.execute(sa.text(f"DROP ROLE IF EXISTS {ACCOUNT}"))
        admin.dispose()
