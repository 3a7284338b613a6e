import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlmodel import Session, select

from registry import db, ids
from registry.errors import InvalidInputError, UnavailableError
from registry.home import Home
from registry.models.datasets import Dataset
from tests.factories.homes import NOW, Stock


@pytest.fixture
def engine(stock: Stock, tmp_path: Path) -> Iterator[sa.Engine]:
    """An engine on an empty database."""
    with stock.database_url(tmp_path) as url:
        opened = db.open_engine(url)
        yield opened
        opened.dispose()


def revision(engine: sa.Engine) -> str | None:
    """Which shape the database says that it has."""
    with engine.connect() as connection:
        if not sa.inspect(connection).has_table("alembic_version"):
            return None
        found: str | None = connection.execute(sa.text("SELECT version_num FROM alembic_version")).scalar()
        return found


@pytest.mark.parametrize("name", ["postgresql", "postgres", "postgresql+psycopg", "postgresql+psycopg2"])
def test_postgresql_means_the_driver_that_we_ship(name: str) -> None:
    assert db.normalised_url(f"{name}://me:secret@db:5433/x").drivername == "postgresql+psycopg"


def test_a_sqlite_url_stays_as_it_is() -> None:
    assert db.normalised_url("sqlite:////srv/a b.sqlite").database == "/srv/a b.sqlite"


@pytest.mark.parametrize("url", ["mysql://me:secret@db/x", "duckdb:///x", "secret", "", "://", "sqlite"])
def test_any_other_url_is_refused_without_repeating_it(url: str) -> None:
    with pytest.raises(InvalidInputError) as refused:
        db.normalised_url(url)
    assert "secret" not in refused.value.sentence


def test_a_database_is_brought_to_the_head_and_back(engine: sa.Engine) -> None:
    assert revision(engine) is None
    db.migrate(engine)
    head = revision(engine)
    assert head is not None
    db.require_head(engine)
    db.migrate(engine)
    assert revision(engine) == head
    db.migrate(engine, "base")
    assert revision(engine) is None


def test_a_database_of_another_shape_is_refused_with_what_to_do(engine: sa.Engine) -> None:
    engine.connect().close()
    with pytest.raises(UnavailableError, match="accession migrate"):
        db.require_head(engine)
    db.migrate(engine)
    with engine.begin() as connection:
        connection.execute(sa.text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(UnavailableError, match="9999"):
        db.require_head(engine)
    with pytest.raises(UnavailableError, match="this program is older"):
        db.migrate(engine)


@pytest.mark.parametrize("url", ["postgresql://me@127.0.0.1:1/none?connect_timeout=2", "sqlite:////no/such/folder/x"])
def test_a_database_that_cannot_be_reached_is_unavailable(url: str) -> None:
    engine = db.open_engine(url)
    with pytest.raises(UnavailableError, match=r"cannot be reached|is missing"):
        db.require_head(engine)
    with pytest.raises(UnavailableError, match="cannot be reached"):
        db.migrate(engine)
    with db.session_factory(engine)() as session, pytest.raises(UnavailableError, match="cannot be reached"):
        db.begin_writing(session)


def test_a_file_that_is_no_database_is_unavailable(tmp_path: Path) -> None:
    (tmp_path / "x.sqlite").write_bytes(b"This is a text file.\n" * 100)
    engine = db.open_engine(f"sqlite:///{tmp_path}/x.sqlite")
    with pytest.raises(UnavailableError, match="cannot be used"):
        db.require_head(engine)
    with db.session_factory(engine)() as session, pytest.raises(UnavailableError, match="cannot be used"):
        db.begin_writing(session)


def test_writers_see_what_nobody_changes_under_them(bare_home: Home) -> None:
    with bare_home.sessions() as session:
        db.begin_writing(session)
        level = session.connection().get_isolation_level()
    assert level == "SERIALIZABLE"


def test_readers_are_not_kept_waiting_by_a_writer(bare_home: Home) -> None:
    with bare_home.sessions() as writer, bare_home.sessions() as reader:
        db.begin_writing(writer)
        writer.add(Dataset(id=ids.new_id(), slug="one", title="one", created_at=NOW))
        writer.flush()
        assert reader.exec(select(Dataset)).all() == []
        writer.commit()
        reader.rollback()
        assert [found.slug for found in reader.exec(select(Dataset))] == ["one"]


def test_a_second_writer_on_sqlite_waits_and_then_gives_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(db, "BUSY_TIMEOUT_SECONDS", 0.05)
    factory = db.session_factory(db.open_engine(f"sqlite:///{tmp_path}/x.sqlite"))
    with factory() as first, factory() as second:
        db.begin_writing(first)
        with pytest.raises(UnavailableError):
            db.begin_writing(second)
        first.commit()
        db.begin_writing(second)


def test_sqlite_keeps_its_promises(tmp_path: Path) -> None:
    engine = db.open_engine(f"sqlite:///{tmp_path}/x.sqlite")
    wanted = {"journal_mode": "wal", "foreign_keys": 1, "synchronous": 2}
    with engine.connect() as connection:
        assert {name: connection.execute(sa.text(f"PRAGMA {name}")).scalar() for name in wanted} == wanted
    engine.dispose()
    with sqlite3.connect(tmp_path / "x.sqlite") as plain:
        assert plain.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    plain.close()


def test_references_are_watched_again_after_a_migration(tmp_path: Path) -> None:
    engine = db.open_engine(f"sqlite:///{tmp_path}/x.sqlite")
    db.migrate(engine)
    with engine.connect() as connection:
        assert connection.execute(sa.text("PRAGMA foreign_keys")).scalar() == 1
    engine.dispose()


def test_a_migration_of_rows_that_refer_to_nothing_says_so(tmp_path: Path) -> None:
    engine = db.open_engine(f"sqlite:///{tmp_path}/x.sqlite")
    db.migrate(engine, "0012")
    with sqlite3.connect(tmp_path / "x.sqlite") as plain:
        plain.execute("INSERT INTO person_role (person_id, role) VALUES ('nobody', 'auditor')")
    plain.close()
    with pytest.raises(UnavailableError, match="refer to nothing"):
        db.migrate(engine)
    engine.dispose()


def test_objects_stay_readable_after_their_session(bare_home: Home) -> None:
    with bare_home.sessions() as session:
        made = Dataset(id=ids.new_id(), slug="one", title="one", created_at=NOW)
        session.add(made)
        session.commit()
    assert isinstance(session, Session)
    assert made.slug == "one"


def test_a_database_file_that_is_gone_is_missed_and_not_made_anew(tmp_path: Path) -> None:
    file = tmp_path / "gone.sqlite"
    with pytest.raises(UnavailableError, match="missing; put it back"):
        db.require_head(db.open_engine(f"sqlite:///{file}"))
    assert not file.exists()
