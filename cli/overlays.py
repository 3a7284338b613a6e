"""`accession overlays`: a group's own stricter policy on a release of somebody else."""

import click

from cli import output
from cli.door import Door, pass_door
from registry.queries import overlays as queries
from registry.queries import releases
from registry.services import overlays as services


@click.group()
def overlays() -> None:
    """Stand a variant on a published release, under pinned policies."""


@overlays.command()
@click.argument("variant", metavar="DATASET/VARIANT")
@click.argument("base", metavar="BASE")
@click.option("--pin", "pins", multiple=True, required=True, metavar="SHA256", help="A policy's digest; repeat it.")
@pass_door
def make(door: Door, variant: str, base: str, pins: tuple[str, ...]) -> None:
    """Let a variant, imported from an export of the release BASE, stand on it from now on."""
    with door.open() as home, home.act(door.actor(home)) as act:
        made = services.make(act, variant, base, pins)
    click.echo(f"{variant} stands on {base}, under {len(made.pins)} pinned policies.")


@overlays.command()
@click.argument("variant", metavar="DATASET/VARIANT")
@output.as_json
@pass_door
def show(door: Door, variant: str, *, as_json: bool) -> None:
    """Show what a variant stands on."""
    with door.open() as home, home.reading() as session:
        found = queries.read(session, variant)
    if as_json:
        output.show_json(found)
    elif found is None:
        click.echo(f"{variant} stands on no other release.")
    else:
        facts = [("base", found.base), ("datasheet", found.datasheet), *(("pinned", pin) for pin in found.pins)]
        output.facts([*facts, ("since", found.made_at), ("made by", found.made_by)])


@overlays.command("list")
@output.as_json
@pass_door
def list_(door: Door, *, as_json: bool) -> None:
    """List every overlay, what it stands on, and its newest release."""
    with door.open() as home, home.reading() as session:
        found = queries.list_overlays(session, is_insider=True)
    if as_json:
        output.show_json(found)
        return
    lines = [
        (
            it.line.variant,
            it.line.base,
            len(it.pins),
            *((it.derived[0].number, it.derived[0].state) if it.derived else ("-", "-")),
        )
        for it in found
    ]
    output.table(("OVERLAY", "STANDS ON", "PINS", "NEWEST", "STATE"), lines, empty="No variant stands on a release.")


@overlays.command()
@click.argument("label", metavar="RELEASE")
@output.as_json
@pass_door
def prove(door: Door, label: str, *, as_json: bool) -> None:
    """Show whether RELEASE hands out nothing but what its base did, and which images came from elsewhere."""
    with door.open() as home, home.reading() as session:
        found = services.proof(session, home.blobs, releases.find(session, label, is_insider=True))
    if as_json:
        output.show_json(found)
        return
    came = found.handed_out - found.looser
    click.echo(f"{came:,} of {found.handed_out:,} images that it hands out were handed out by {found.base}.")
    if found.looser:
        output.table(("IMAGE", "WHY"), found.first, empty="")
