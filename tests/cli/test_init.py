import stat
from pathlib import Path

import pytest

from cli import init
from registry import db, ids, settings
from registry.home import Home
from registry.proof import trust
from tests.factories.postgres import Server
from tests.factories.terminal import Terminal


def test_a_new_home_has_a_database_keys_and_a_trust_root(tmp_path: Path) -> None:
    folder = tmp_path / "home"
    done = Terminal(folder).run("init")
    assert done.code == 0
    assert str(folder / "trust" / "1.root.json") in done.out
    chosen = settings.load(folder)
    with Home(chosen) as home:
        db.require_head(home.engine)
    assert settings.trust_roots(chosen) == [(folder / "trust" / "1.root.json").read_bytes()]
    assert trust.load(settings.trust_roots(chosen)[0]) is not None


def test_only_the_owner_reads_the_settings_and_the_keys(tmp_path: Path) -> None:
    chosen = init.create(tmp_path / "home")
    secret = [chosen.home / settings.FILE_NAME, *chosen.keys_folder.iterdir()]
    assert len(secret) > 1
    assert {stat.S_IMODE(file.stat().st_mode) for file in secret} == {settings.OWNER_ONLY_FILE}
    assert stat.S_IMODE(chosen.keys_folder.stat().st_mode) == settings.OWNER_ONLY_FOLDER


def test_what_init_says_to_do_next_works(tmp_path: Path) -> None:
    done = Terminal(tmp_path / "home").run("init")
    words = done.out.splitlines()[-1].removeprefix("Next: accession ").replace("NAME", "mara").split()
    assert Terminal().run(*words).code == 0


def test_a_home_is_not_made_twice(tmp_path: Path) -> None:
    folder = tmp_path / "home"
    Terminal(folder).run("init")
    before = (folder / settings.FILE_NAME).read_bytes()
    done = Terminal(folder).run("init")
    assert (done.code, done.err) == (5, f"accession: {folder} is a registry home already.\n")
    assert (folder / settings.FILE_NAME).read_bytes() == before


def test_a_home_whose_database_cannot_be_reached_is_not_made(tmp_path: Path) -> None:
    folder = tmp_path / "home"
    done = Terminal(folder).run("init", "--database-url", "postgresql://nobody@127.0.0.1:1/none")
    assert done.code == 8
    assert not folder.exists()


def test_a_url_of_another_database_is_refused_and_nothing_is_made(tmp_path: Path) -> None:
    folder = tmp_path / "home"
    assert Terminal(folder).run("init", "--database-url", "mysql://here/x").code == 4
    assert not folder.exists()


def test_what_is_in_the_way_of_a_home_stays_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "registry.sqlite").write_text("mine")
    done = Terminal(tmp_path).run("init")
    assert (done.code, "is not empty" in done.err) == (5, True)
    assert [file.name for file in tmp_path.iterdir()] == ["registry.sqlite"]
    assert (tmp_path / "registry.sqlite").read_text() == "mine"


def test_what_a_killed_init_has_left_does_not_stop_the_next_one(tmp_path: Path) -> None:
    settings.create(tmp_path / init.ASIDE)
    assert Terminal(tmp_path).run("init").code == 0
    assert not (tmp_path / init.ASIDE).exists()
    assert Terminal(tmp_path).run("people", "list").code == 0


@pytest.mark.postgres
def test_a_home_on_postgresql_keeps_its_jobs_there_too(postgres_server: Server, tmp_path: Path) -> None:
    name = ids.new_id()
    url = postgres_server.create(name)
    try:
        assert Terminal(tmp_path / "home").run("init", "--database-url", url).code == 0
        chosen = settings.load(tmp_path / "home")
        assert (chosen.database_url, chosen.jobs_database_url) == (url, url)
        assert not (tmp_path / "home" / "registry.sqlite").exists()
    finally:
        postgres_server.drop(name)


def test_migrate_brings_an_old_database_up_to_date(bare_home: Home) -> None:
    db.migrate(bare_home.engine, "base")
    terminal = Terminal(bare_home.settings.home)
    assert terminal.run("people", "list").code == 8
    assert terminal.run("migrate").code == 0
    assert terminal.run("people", "list").out == "No people yet.\n"
    assert terminal.run("migrate").code == 0
