"""`accession links`: are the pictures of a variant still where they came from?"""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

import click

from cli import output
from cli.door import Door, pass_door
from registry import errors

if TYPE_CHECKING:
    from collections.abc import Sequence

    from registry.catalogue.links import Rot
    from registry.queries.links import LinkReport

LIMIT, LIMIT_MAX = 20, 1000
variant_argument = click.argument("variant", metavar="DATASET/VARIANT")
limit_option = click.option("--limit", type=click.IntRange(1, LIMIT_MAX), default=LIMIT, show_default=True)


@click.group()
def links() -> None:
    """Check the links that images came from, and see how many have rotted."""


@links.command()
@variant_argument
@click.option("--layer", "layer_name", metavar="NAME", help="The layer of sources, where there are several.")
@click.option("--detach", is_flag=True, help="Leave it to the worker.")
@output.as_json
@pass_door
def check(door: Door, variant: str, layer_name: str | None, *, detach: bool, as_json: bool) -> None:
    """Look at every link of DATASET/VARIANT, slowly. Stopped and repeated, it goes on where it was."""
    from registry.models.links import CheckState, LinkCheck  # noqa: PLC0415 - `--help` needs no database
    from registry.queries import links as queries  # noqa: PLC0415 - likewise
    from registry.services import links as services  # noqa: PLC0415 - likewise

    with door.open() as home:
        with home.act(door.actor(home)) as act:
            asked = services.promise_of(services.ask(act, variant, layer_name))
        if detach:
            click.echo(f"The links of {variant} will be looked at by the worker.")
            return
        door.keep(home, [asked], output.ProgressLine())
        with home.reading() as session:
            done = session.get_one(LinkCheck, UUID(asked.key))
            found = queries.report(session, home.blobs, variant)
    if done.state is not CheckState.DONE:
        kind = errors.of_code(done.failure_code) if done.failure else errors.UnavailableError
        raise kind(done.failure or "The check was interrupted; give the same command again to go on.")
    _show(found, as_json=as_json)


@links.command()
@variant_argument
@limit_option
@output.as_json
@pass_door
def report(door: Door, variant: str, limit: int, *, as_json: bool) -> None:
    """Show the checks of DATASET/VARIANT, and the hosts and classes whose links have rotted most."""
    from registry.queries import links as queries  # noqa: PLC0415 - `--help` needs no database

    with door.open() as home, home.reading() as session:
        found = queries.report(session, home.blobs, variant, limit)
    _show(found, as_json=as_json)


def _show(found: LinkReport, *, as_json: bool) -> None:
    if as_json:
        output.show_json(found)
        return
    rows = [
        (it.started_at, it.state, it.source or "import", it.looked_at, _share(it.rot), it.failure)
        for it in found.checks
    ]
    output.table(("CHECK", "STATE", "LINKS OF", "LOOKED AT", "ROTTEN", "FAILURE"), rows, empty="No check yet.")
    if found.newest is None or found.newest.counts is None:
        return
    click.echo()
    output.facts([*found.newest.counts.items(), ("what was found, in full", found.newest.found_sha256)])
    for what, lines in (("HOST", found.hosts), ("CLASS", found.labels)):
        click.echo()
        _show_rot(what, lines)
    if found.repeated:
        click.echo()
        rows_of = [(it.sha256, it.size_bytes, it.links) for it in found.repeated]
        output.table(("THE SAME BYTES, TAKEN FOR A PICTURE", "SIZE", "LINKS"), rows_of, empty="")


def _show_rot(what: str, lines: Sequence[Rot]) -> None:
    rows = [(it.name or "none", it.links, it.living, it.changed, it.rotten, it.unknown, _share(it)) for it in lines]
    output.table((what, "LINKS", "LIVING", "CHANGED", "ROTTEN", "UNKNOWN", "RATE"), rows, empty="")


def _share(rot: Rot | None) -> str | None:
    return None if rot is None or rot.rate is None else f"{rot.rate:.1%}"
