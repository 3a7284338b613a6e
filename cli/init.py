"""`accession init` and `accession migrate`: a registry home comes into being, and keeps up with the program."""

from pathlib import Path

import click

from cli.door import Door, pass_door
from registry import clock, db, settings
from registry.home import Home
from registry.proof import sign

FIRST_ROOT = "1.root.json"


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
    """A new home with everything in it.

    Raises:
        WrongStateError: the folder is a registry home already.
        UnavailableError: the database cannot be reached.
    """
    chosen = settings.create(folder, database_url=database_url)
    sign.create_keys(chosen.keys_folder, chosen.keys_passphrase)
    root = sign.first_root(chosen.keys_folder, clock.utc_now(), chosen.keys_passphrase)
    chosen.trust_folder.mkdir(parents=True, exist_ok=True)
    (chosen.trust_folder / FIRST_ROOT).write_bytes(root)
    with Home(chosen) as home:
        db.migrate(home.engine)
        home.queue.prepare()
    return chosen


@click.command()
@pass_door
def migrate(door: Door) -> None:
    """Bring the database to the shape that this program needs."""
    with Home(settings.load(settings.chosen_home(door.home_name))) as home:
        db.migrate(home.engine)
        home.queue.prepare()
    click.echo("The database has the shape that this program needs.")
