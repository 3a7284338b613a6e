"""`accession overlays`: a group's own stricter policy on a release of somebody else."""

import click

from cli import output
from cli.door import Door, pass_door
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
        found = services.read(session, variant)
    if as_json:
        output.show_json(found)
    elif found is None:
        click.echo(f"{variant} stands on no other release.")
    else:
        facts = [("base", found.base), ("datasheet", found.datasheet), *(("pinned", pin) for pin in found.pins)]
        output.facts([*facts, ("since", found.made_at)])
