"""What is asked of every migration: does it go up, down and up again, end as the models say, lose nothing?"""

import re
from collections import defaultdict
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy.exc import DBAPIError
from sqlalchemy.schema import CreateIndex, CreateTable
from sqlmodel import Session

from migrations import __path__ as migrations_path
from registry import db
from registry.models import metadata
from registry.models.releases import ReleaseState
from tests.factories import people, rows, tables
from tests.factories.homes import NOW, Stock

FOLDER = Path(next(iter(migrations_path)))
ALEMBIC = "alembic_version"
CONSTRAINTS = """
SELECT relname, conname || ' ' || pg_get_constraintdef(pg_constraint.oid)
FROM pg_constraint JOIN pg_class ON pg_class.oid = conrelid WHERE relnamespace = current_schema()::regnamespace
"""
INDEXES = "SELECT tablename, indexdef FROM pg_indexes WHERE schemaname = current_schema()"
INSERT_ONLY = [
    "approval",
    "audit_event",
    "detector",
    "face_decision",
    "image_review",
    "layer",
    "log_checkpoint",
    "log_leaf",
    "policy",
    "procedure",
    "revocation",
    "takedown_step",
    "taxonomy",
    "variant_description",
    "variant_relation",
    "weight_training",
]


def scripts() -> ScriptDirectory:
    """The chain of migrations."""
    config = Config()
    config.set_main_option("script_location", str(FOLDER))
    return ScriptDirectory.from_config(config)


REVISIONS = [script.revision for script in reversed(list(scripts().walk_revisions()))]


@pytest.fixture
def engine(stock: Stock, tmp_path: Path) -> Iterator[sa.Engine]:
    """An engine on an empty database."""
    with stock.database_url(tmp_path) as url:
        opened = db.open_engine(url)
        yield opened
        opened.dispose()


def clauses(statement: str) -> list[str]:
    """A CREATE statement in pieces that do not depend on the order in which a table's clauses were written."""
    flat = re.sub(r"\s+", " ", statement.replace('"', "")).strip()
    head, _, body = flat.partition("(")
    parts, depth, start = [], 0, 0
    for place, sign in enumerate(body):
        depth += {"(": 1, ")": -1}.get(sign, 0)
        if sign == "," and depth == 0:
            parts.append(body[start:place].strip())
            start = place + 1
    return [head.strip(), *sorted([*parts, body[start:].removesuffix(")").strip()])]


def shape(connection: sa.Connection) -> dict[str, object]:
    """Every table and index of the database as the database itself spells them."""
    inspector = sa.inspect(connection)
    if connection.dialect.name == "sqlite":
        found = connection.execute(
            sa.text("SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL AND type <> 'trigger'")
        )
        return {name: clauses(sql) for name, sql in found if name != ALEMBIC}
    columns = {name: [str(column) for column in found] for (_, name), found in inspector.get_multi_columns().items()}
    constraints, indexes = _by_table(connection, CONSTRAINTS), _by_table(connection, INDEXES)
    return {
        name: {"columns": columns[name], "constraints": constraints[name], "indexes": indexes[name]}
        for name in columns
        if name != ALEMBIC
    }


def _by_table(connection: sa.Connection, statement: str) -> defaultdict[str, list[str]]:
    """What the statement gives, a table and a text in each row, as sorted texts by table."""
    found = defaultdict(list)
    for table, text in connection.execute(sa.text(statement)):
        found[table].append(text)
    return defaultdict(list, {table: sorted(texts) for table, texts in found.items()})


def triggers(connection: sa.Connection) -> set[str]:
    """The tables that a trigger guards."""
    sqlite = "SELECT tbl_name FROM sqlite_master WHERE type = 'trigger'"
    postgres = "SELECT relname FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid WHERE NOT tgisinternal"
    return set(connection.execute(sa.text(sqlite if connection.dialect.name == "sqlite" else postgres)).scalars())


def shape_of(engine: sa.Engine) -> dict[str, object]:
    """As `shape`, with the guarded tables."""
    with engine.connect() as connection:
        return {**shape(connection), "guarded": triggers(connection)}


def test_there_is_one_chain_with_one_head_and_head_names_it() -> None:
    assert [scripts().get_current_head()] == scripts().get_heads()
    assert scripts().get_bases() == REVISIONS[:1]
    assert (FOLDER / "HEAD").read_text() == f"{REVISIONS[-1]}\n"


def test_every_migration_goes_up_down_and_up_again(engine: sa.Engine) -> None:
    for before, revision in pairwise(["base", *REVISIONS]):
        start = shape_of(engine)
        db.migrate(engine, revision)
        up = shape_of(engine)
        assert up != start, revision
        db.migrate(engine, before)
        assert shape_of(engine) == start, revision
        db.migrate(engine, revision)
        assert shape_of(engine) == up, revision


def test_the_migrations_end_equal_to_the_models(engine: sa.Engine, stock: Stock, tmp_path: Path) -> None:
    db.migrate(engine)
    (tmp_path / "models").mkdir()
    with stock.database_url(tmp_path / "models") as url:
        other = db.open_engine(url)
        metadata.create_all(other)
        with other.connect() as connection:
            wanted = shape(connection)
        other.dispose()
    with engine.connect() as connection:
        assert shape(connection) == wanted


def test_the_models_spell_themselves_as_the_migrated_sqlite_file_does(tmp_path: Path) -> None:
    engine = db.open_engine(f"sqlite:///{tmp_path}/x.sqlite")
    db.migrate(engine)
    said = {name: clauses(str(CreateTable(table).compile(engine))) for name, table in metadata.tables.items()}
    said |= {
        str(index.name): clauses(str(CreateIndex(index).compile(engine)))
        for table in metadata.tables.values()
        for index in table.indexes
    }
    with engine.connect() as connection:
        assert shape(connection) == said
    engine.dispose()


def test_going_down_and_up_by_the_newest_migration_loses_nothing_but_what_it_brought(engine: sa.Engine) -> None:
    db.migrate(engine)
    fill(engine)
    before = contents(engine)
    assert all(before.values()), "every table has a row"
    db.migrate(engine, REVISIONS[-2])
    older = set(sa.inspect(engine).get_table_names())
    db.migrate(engine)
    kept = {name: found if name in older else [] for name, found in before.items()}
    assert contents(engine) == kept


def test_a_release_that_was_given_up_is_a_failed_one_to_the_program_before(engine: sa.Engine) -> None:
    db.migrate(engine)
    with Session(engine) as session:
        people.add_all(session, NOW)
        rows.release(
            session,
            state=ReleaseState.ABANDONED,
            abandoned_by=rows.mara(session),
            abandoned_at=NOW,
            abandoned_because="Nobody wants it.",
        )
        session.commit()
    db.migrate(engine, "0012")
    with engine.connect() as connection:
        assert connection.execute(sa.text("SELECT state, failure FROM release")).all() == [
            ("failed", "Nobody wants it.")
        ]


def test_tables_that_are_insert_only_refuse_everything_else(engine: sa.Engine) -> None:
    db.migrate(engine)
    fill(engine)
    before = contents(engine)
    with engine.connect() as connection:
        assert triggers(connection) == set(INSERT_ONLY)
    for table in INSERT_ONLY:
        for statement in _changes(engine, table):
            with pytest.raises(DBAPIError, match=f"{table} is insert-only"), engine.begin() as connection:
                connection.execute(sa.text(statement))
    assert contents(engine) == before


def _changes(engine: sa.Engine, table: str) -> list[str]:
    column = metadata.tables[table].columns.keys()[0]
    changes = [f"UPDATE {table} SET {column} = {column}", f"DELETE FROM {table}"]  # noqa: S608 - named above
    return changes if engine.dialect.name == "sqlite" else [*changes, f"TRUNCATE {table} CASCADE"]


def test_an_insert_only_table_refuses_to_replace_a_row_as_only_sqlite_can(tmp_path: Path) -> None:
    engine = db.open_engine(f"sqlite:///{tmp_path}/x.sqlite")
    db.migrate(engine)
    fill(engine)
    with pytest.raises(DBAPIError, match="policy is insert-only"), engine.begin() as connection:
        connection.execute(sa.text("INSERT OR REPLACE INTO policy SELECT * FROM policy"))
    engine.dispose()


def fill(engine: sa.Engine) -> None:
    """At least one row in every table."""
    with Session(engine) as session:
        people.add_all(session, NOW)
        tables.one_of_each(session)
        session.commit()


def contents(engine: sa.Engine) -> dict[str, list[str]]:
    """Every row of every table, as text."""
    with engine.connect() as connection:
        return {
            name: sorted(str(tuple(row)) for row in connection.execute(sa.select(table)))
            for name, table in metadata.tables.items()
        }
