"""How do we reach the database? One engine and one session factory per process; knows no table.

SQLite runs in WAL mode: readers never wait, and an act takes the write lock when it begins, so that what it has read
cannot change under it. PostgreSQL runs acts as SERIALIZABLE for the same promise.
"""

from __future__ import annotations

from contextlib import contextmanager
from importlib import resources
from pathlib import Path
from sqlite3 import Connection as SqliteConnection
from sqlite3 import DatabaseError as SqliteDatabaseError
from sqlite3 import OperationalError as SqliteOperationalError
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import sessionmaker
from sqlmodel import Session

from registry.errors import InvalidInputError, UnavailableError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from alembic.config import Config

VERSION_TABLE = "alembic_version"
BUSY_TIMEOUT_SECONDS = 30
WRITE_OPTION = "accession_writes"

SessionFactory = sessionmaker[Session]


def normalised_url(url: str) -> sa.URL:
    """The URL with the driver that we ship: `postgresql://` means psycopg 3.

    Raises:
        InvalidInputError: not a URL, or neither SQLite nor PostgreSQL.
    """
    try:
        parsed = sa.make_url(url)
    except sa.exc.ArgumentError as error:
        raise InvalidInputError("The database URL is no URL of the form postgresql://… or sqlite:///….") from error
    match parsed.get_backend_name():
        case "sqlite":
            return parsed
        case "postgresql" | "postgres":
            return parsed.set(drivername="postgresql+psycopg")
        case other:
            raise InvalidInputError(f"The database URL names {other}; Accession runs on SQLite and PostgreSQL.")


def open_engine(url: str) -> sa.Engine:
    """An engine for the URL; connects on first use."""
    parsed = normalised_url(url)
    if parsed.get_backend_name() == "sqlite":
        engine = sa.create_engine(parsed, connect_args={"timeout": BUSY_TIMEOUT_SECONDS}, hide_parameters=True)
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
        return engine
    return sa.create_engine(parsed, pool_pre_ping=True, hide_parameters=True)


def _prepare_sqlite(connection: SqliteConnection, record: Any) -> None:  # noqa: ANN401 - SQLAlchemy's own type is private
    del record
    # The driver shall not begin transactions by itself: `_begin_sqlite` says how they begin.
    connection.isolation_level = None
    cursor = connection.cursor()
    try:
        # With recursive triggers, replacing a row counts as deleting it, which insert-only tables refuse.
        for pragma in ("journal_mode=WAL", "foreign_keys=ON", "synchronous=FULL", "recursive_triggers=ON"):
            cursor.execute(f"PRAGMA {pragma}")
    except SqliteDatabaseError as error:
        if isinstance(error, SqliteOperationalError):
            raise
        raise UnavailableError("The registry's database file is no database, or damaged; it cannot be used.") from error
    finally:
        cursor.close()


def _begin_sqlite(connection: sa.Connection) -> None:
    writes = connection.get_execution_options().get(WRITE_OPTION, False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def session_factory(engine: sa.Engine) -> SessionFactory:
    """Sessions over the engine; objects stay readable after commit."""
    return sessionmaker(engine, class_=Session, expire_on_commit=False)


def unavailable(error: OperationalError) -> UnavailableError:
    """What the database's trouble is called: a full disk is one's own to mend, the rest may pass."""
    if "disk is full" in str(error.orig) or "No space left" in str(error.orig):
        return UnavailableError("The disk is full; nothing was changed.")
    return UnavailableError("The registry's database cannot be reached at the moment.")


def begin_writing(session: Session) -> None:
    """The session's transaction begins now and owns what it reads until it ends.

    Raises:
        UnavailableError: the database cannot be reached, or another writer held it for too long.
    """
    dialect = session.get_bind().dialect.name
    options: dict[str, Any] = {WRITE_OPTION: True} if dialect == "sqlite" else {"isolation_level": "SERIALIZABLE"}
    try:
        session.connection(execution_options=options)
    except OperationalError as error:
        raise unavailable(error) from error


def _migrations(connection: sa.Connection) -> Config:
    from alembic.config import Config  # noqa: PLC0415 - migrations are rare, and slow to import

    config = Config()
    config.set_main_option("script_location", "migrations:")
    config.attributes["connection"] = connection
    return config


def migrate(engine: sa.Engine, revision: str = "head") -> None:
    """The database has the shape of `revision`; an older or empty one is brought there, a newer one taken back.

    Raises:
        UnavailableError: the database cannot be reached, or a newer program has changed it.
    """
    from alembic import command  # noqa: PLC0415 - as above

    try:
        with engine.connect() as connection, _references_at_rest(connection):
            config = _migrations(connection)
            if revision == "base" or _is_ahead(connection, config, revision):
                command.downgrade(config, revision)
            else:
                command.upgrade(config, revision)
    except OperationalError as error:
        raise unavailable(error) from error


@contextmanager
def _references_at_rest(connection: sa.Connection) -> Iterator[None]:
    """On SQLite a table is changed by making it anew, and dropping the old one would take along what refers to it.

    See https://www.sqlite.org/lang_altertable.html#otheralter, steps 1, 10 and 12.

    Raises:
        UnavailableError: afterwards a row refers to nothing.
    """
    if connection.dialect.name != "sqlite":
        yield
        return
    driver: Any = connection.connection.driver_connection
    driver.execute("PRAGMA foreign_keys=OFF")
    try:
        yield
        connection.rollback()
        if driver.execute("PRAGMA foreign_key_check").fetchone() is not None:
            raise UnavailableError("The registry's database has rows that refer to nothing; put back your backup.")
    finally:
        connection.rollback()
        driver.execute("PRAGMA foreign_keys=ON")


def _is_ahead(connection: sa.Connection, config: Config, revision: str) -> bool:
    """Whether the database has to be taken back to have the shape of `revision`."""
    from alembic.migration import MigrationContext  # noqa: PLC0415 - as above
    from alembic.script import ScriptDirectory  # noqa: PLC0415 - as above

    current = MigrationContext.configure(connection).get_current_revision()
    connection.rollback()
    if current is None:
        return False
    newest_first = [script.revision for script in ScriptDirectory.from_config(config).walk_revisions()]
    if current not in newest_first:
        raise UnavailableError(f"The registry's database has the shape {current}; this program is older and stays out.")
    return revision != "head" and newest_first.index(revision) > newest_first.index(current)


def require_head(engine: sa.Engine) -> None:
    """Nothing, when the database has the shape that this code was written for.

    Raises:
        UnavailableError: it has another shape, or cannot be reached.
    """
    wanted = (resources.files("migrations") / "HEAD").read_text(encoding="ascii").strip()
    if engine.url.get_backend_name() == "sqlite" and not Path(engine.url.database or "").exists():
        raise UnavailableError(f"The database {engine.url.database} is missing; put it back from your backup.")
    try:
        with engine.connect() as connection:
            has_shape = sa.inspect(connection).has_table(VERSION_TABLE)
            current = connection.scalar(sa.text(f"SELECT version_num FROM {VERSION_TABLE}")) if has_shape else None  # noqa: S608 - a constant
    except OperationalError as error:
        raise unavailable(error) from error
    if current != wanted:
        raise UnavailableError(
            f"The registry's database has the shape {current or 'of an empty one'}, this program needs {wanted}: "
            "run `accession migrate`."
        )
