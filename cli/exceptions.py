"""`accession exceptions`: what is granted for single images in spite of every policy, by whom and until when."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from cli import output
from cli.door import Door, pass_door
from registry import clock
from registry.models.exceptions import Grant
from registry.queries import exceptions as queries
from registry.services import exceptions as services
from registry.services.exceptions import Wish

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID


@click.group()
def exceptions() -> None:
    """Grant exceptions for single images, end them, and read their register."""


@exceptions.command()
@click.argument("variant", metavar="DATASET/VARIANT")
@click.argument("path", metavar="PATH")
@click.option(
    "--grants", type=click.Choice([each.value for each in Grant]), required=True, help="What happens to the image."
)
@click.option("--until", type=click.DateTime(["%Y-%m-%d"]), required=True, help="The day when it is over.")
@click.option("--owner", required=True, metavar="PERSON", help="Who answers for it.")
@click.option("--reason", required=True, help="Why, in your own words.")
@pass_door
def grant(door: Door, variant: str, path: str, grants: str, until: datetime, owner: str, reason: str) -> None:
    """Grant an exception for the image PATH; `hold` stops it for a time."""
    end = clock.parse_rfc3339(f"{until:%Y-%m-%d}T00:00:00Z")
    with door.open() as home, home.act(door.actor(home)) as act:
        made = services.grant(act, home.blobs, Wish(Grant(grants), variant, path, reason, owner, end))
    click.echo(f"Granted {made.id}: {grants} {path} until {until:%Y-%m-%d}.")


@exceptions.command()
@click.argument("number", metavar="ID", type=click.UUID)
@click.option("--reason", required=True, help="Why it is over, in your own words.")
@pass_door
def end(door: Door, number: UUID, reason: str) -> None:
    """End an exception before its time."""
    with door.open() as home, home.act(door.actor(home)) as act:
        services.end(act, number, reason)
    click.echo(f"Ended {number}.")


@exceptions.command("list")
@output.as_json
@pass_door
def list_(door: Door, *, as_json: bool) -> None:
    """List every exception that ever was, those in force first."""
    with door.open() as home, home.reading() as session:
        found = queries.register(session, clock.utc_now())
    if as_json:
        output.show_json(found)
        return
    lines = [(it.id, it.grants, it.path, it.owner, it.until, it.standing, it.reason) for it in found]
    heads = ("ID", "GRANTS", "IMAGE", "OWNER", "UNTIL", "STANDING", "REASON")
    output.table(heads, lines, empty="No exception was ever granted.")
