"""`accession policies procedures`: how releases are approved and cases run, and which way of it is in force."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from cli import documents, output
from cli.door import Door, pass_door
from policies import procedures as shipped
from registry import clock
from registry.queries import procedures as queries
from registry.services import procedures as services

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID


@click.group()
def procedures() -> None:
    """Publish the registry's own procedures, and put them in force."""


@procedures.command("list")
@output.as_json
@pass_door
def list_(door: Door, *, as_json: bool) -> None:
    """List every version of every procedure, and which are in force."""
    with door.open() as home, home.reading() as session:
        found = queries.list_procedures(session, clock.utc_now())
    if as_json:
        output.show_json(found)
        return
    lines = [
        (it.kind, it.label, "yes" if it.is_in_force else "no", it.published_by, it.published_at, it.digest)
        for it in found
    ]
    output.table(("FOR", "PROCEDURE", "IN FORCE", "PUBLISHED BY", "AT", "DIGEST"), lines, empty="")


@procedures.command()
@click.argument("name", metavar="NAME[@VERSION]")
@pass_door
def show(door: Door, name: str) -> None:
    """Print a procedure as it was published, or as it comes with the program."""
    with door.open() as home, home.reading() as session:
        click.echo(queries.read_procedure(session, home.blobs, name, clock.utc_now()).written, nl=False)


@procedures.command()
@click.argument("file", metavar="FILE")
def check(file: str) -> None:
    """Check the procedure FILE, or the shipped one of that name, without publishing it."""
    found = services.parse(_read(file))
    click.echo(f"{found.label} can be followed: it is for {found.kind}.")
    click.echo(found.digest)


@procedures.command()
@click.argument("file", metavar="FILE")
@pass_door
def publish(door: Door, file: str) -> None:
    """Publish the procedure FILE; it never changes again, and is not in force by that."""
    data = _read(file)
    with door.open() as home, home.act(door.actor(home)) as act:
        published = services.publish(act, home.blobs, data)
    click.echo(f"Published {published.name}@{published.version}  sha256:{published.sha256}")


@procedures.command()
@click.argument("name", metavar="NAME[@VERSION]")
@click.option("--from", "begins", type=click.DateTime(["%Y-%m-%d"]), help="The day from which on; now, if left out.")
@click.option("--reason", required=True, help="Why, in your own words.")
@pass_door
def propose(door: Door, name: str, begins: datetime | None, reason: str) -> None:
    """Propose to put a published procedure in force; somebody else confirms it."""
    with door.open() as home, home.act(door.actor(home)) as act:
        begins_at = act.now if begins is None else clock.parse_rfc3339(f"{begins:%Y-%m-%d}T00:00:00Z")
        made = services.propose(act, home.blobs, name, begins_at, reason)
    click.echo(f"Proposed {made.id}: {name} waits for a second person.")


@procedures.command()
@click.argument("number", metavar="ID", type=click.UUID)
@click.option("--reason", required=True, help="Why, in your own words.")
@pass_door
def confirm(door: Door, number: UUID, reason: str) -> None:
    """Put a procedure in force that somebody else has proposed."""
    with door.open() as home, home.act(door.actor(home)) as act:
        made = services.confirm(act, home.blobs, number, reason)
        begins_at = made.begins_at
    click.echo(f"In force from {clock.rfc3339(begins_at)}; what began before stays as it began.")


@procedures.command()
@click.argument("number", metavar="ID", type=click.UUID)
@click.option("--reason", required=True, help="Why not, in your own words.")
@pass_door
def refuse(door: Door, number: UUID, reason: str) -> None:
    """Refuse a proposal, or take your own back."""
    with door.open() as home, home.act(door.actor(home)) as act:
        services.refuse(act, number, reason)
    click.echo(f"Refused {number}.")


@procedures.command()
@output.as_json
@pass_door
def changes(door: Door, *, as_json: bool) -> None:
    """List who proposed, confirmed and refused what, and why; those that wait first."""
    with door.open() as home, home.reading() as session:
        found = queries.list_changes(session)
    if as_json:
        output.show_json(found)
        return
    lines = [
        (it.id, it.label, it.state, it.begins_at, it.proposed_by, it.reason, it.settled_by, it.settled_because)
        for it in found
    ]
    heads = ("ID", "PROCEDURE", "STATE", "FROM", "PROPOSED BY", "REASON", "SETTLED BY", "BECAUSE")
    output.table(heads, lines, empty="No procedure was ever proposed.")


def _read(file: str) -> bytes:
    """The bytes of a procedure file, or of the shipped procedure with that name."""
    return documents.read(file, {name: shipped.written(name) for name in shipped.NAMES}, "procedure")
