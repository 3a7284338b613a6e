"""`accession reviews`: images that a rule of a policy has sent to review, and what people answer for them."""

from __future__ import annotations

import click

from cli import output
from cli.door import Door, pass_door
from policies.verdicts import Action

LIMIT, LIMIT_MAX = 50, 200
_label = click.argument("label", metavar="DATASET/VARIANT/NUMBER")


@click.group()
def reviews() -> None:
    """Answer for images that a rule has sent to review; faces have a queue of their own."""


@reviews.command("list")
@_label
@click.option("--after", metavar="PATH", help="Go on behind this path.")
@click.option("--limit", type=click.IntRange(1, LIMIT_MAX), default=LIMIT, show_default=True)
@output.as_json
@pass_door
def list_(door: Door, label: str, after: str | None, limit: int, *, as_json: bool) -> None:
    """List the images that a built release left out because they waited, and what was answered since."""
    from registry.queries import image_reviews as queries  # noqa: PLC0415 - `--help` needs no database

    with door.open() as home, home.reading() as session:
        page = queries.waiting(session, home.blobs, label, after=after, limit=limit)
    if as_json:
        output.show_json({"items": page.items, "next": page.next})
        return
    lines = [
        (it.path, ", ".join(it.asked), ", ".join(f"{why}: {what}" for why, what in it.decided)) for it in page.items
    ]
    output.table(("IMAGE", "ASKED ABOUT", "ANSWERED"), lines, empty="No image waits for a review.")
    if page.next is not None:
        click.echo(output.printable(f"more: --after {page.next}"))


@reviews.command()
@_label
@click.argument("decided", metavar="keep|blur|exclude", type=click.Choice([action.value for action in Action]))
@click.argument("paths", metavar="PATH...", nargs=-1, required=True)
@click.option("--reason", required=True, help="Why, in your own words.")
@pass_door
def decide(door: Door, label: str, decided: str, paths: tuple[str, ...], reason: str) -> None:
    """Answer for images of a built release; every later build of the same bytes obeys."""
    from registry.services import image_reviews as services  # noqa: PLC0415 - `--help` needs no database

    with door.open() as home, home.act(door.actor(home)) as act:
        services.decide(act, home.blobs, label, paths, Action(decided), reason)
    click.echo(f"Recorded: {decided}, for {len(set(paths)):,} {'image' if len(set(paths)) == 1 else 'images'}.")
