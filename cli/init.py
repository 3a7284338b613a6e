"""`accession init` and `accession migrate`: a registry home comes into being, and keeps up with the program."""

import shutil
from pathlib import Path

import click

from cli.door import Door, pass_door
from registry import clock, db, settings
from registry.errors import WrongStateError
from registry.home import Home
from registry.proof import sign

FIRST_ROOT = "1.root.json"
ASIDE = ".new"


@click.command()
@click.option("--database-url", metavar="URL", help="PostgreSQL instead of a SQLite file in the home.")
@pass_door
def init(door: Door, database_url: str | None) -> None:
    """Make a registry home: database, blob store, settings, signing keys, trust root."""
    folder = settings.chosen_home(door.home_name)
    create(folder, database_url)
    click.echo(f"Registry home: {folder}")
    click.echo(f"Trust root to hand out: {folder / 'trust' / FIRST_ROOT}")
    click.echo(f"Next: accession --home {folder} people add NAME --role maintainer")


def create(folder: Path, database_url: str | None = None) -> settings.Settings:
    """A new home with everything in it, or nothing at all.

    Raises:
        WrongStateError: the folder is a registry home already, or is not empty.
        UnavailableError: the database cannot be reached.
    """
    if (folder / settings.FILE_NAME).exists():
        raise WrongStateError(f"{folder} is a registry home already.")
    if folder.is_dir() and any(part.name != ASIDE for part in folder.iterdir()):
        raise WrongStateError(f"{folder} is not empty; a registry home is a folder of its own.")
    # Made aside and moved in at the end, the settings file last: a folder that has one is a whole home.
    aside = folder / ASIDE
    shutil.rmtree(aside, ignore_errors=True)
    try:
        _furnish(settings.create(aside, database_url=database_url))
        _move_in(aside, folder)
    finally:
        shutil.rmtree(aside, ignore_errors=True)
        if folder.is_dir() and not any(folder.iterdir()):
            folder.rmdir()
    return settings.load(folder)


def _furnish(chosen: settings.Settings) -> None:
    with Home(chosen) as home:
        db.migrate(home.engine)
        home.queue.prepare()
    sign.create_keys(chosen.keys_folder, chosen.keys_passphrase)
    root = sign.first_root(chosen.keys_folder, clock.utc_now(), chosen.keys_passphrase)
    chosen.trust_folder.mkdir(parents=True, exist_ok=True)
    (chosen.trust_folder / FIRST_ROOT).write_bytes(root)


def _move_in(aside: Path, folder: Path) -> None:
    parts = sorted(aside.iterdir(), key=lambda part: part.name == settings.FILE_NAME)
    for part in parts:
        part.rename(folder / part.name)


@click.command()
@pass_door
def migrate(door: Door) -> None:
    """Bring the database to the shape that this program needs."""
    with Home(settings.load(settings.chosen_home(door.home_name))) as home:
        db.migrate(home.engine)
        home.queue.prepare()
    click.echo("The database has the shape that this program needs.")
