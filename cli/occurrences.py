"""`accession datasets occurrences`: one picture is looked for in every variant."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING

import click

from cli import documents, output
from cli.door import Door, pass_door

if TYPE_CHECKING:
    from registry.queries.occurrences import Occurrence


@click.command()
@click.argument("file", metavar="FILE", type=click.Path(path_type=Path))
@output.as_json
@pass_door
def occurrences(door: Door, file: Path, *, as_json: bool) -> None:
    """Say where the picture FILE occurs, in any variant: the same bytes, or a near copy, turned or mirrored.

    Nothing is recorded, and the picture is not kept.
    """
    from registry.catalogue.pdq import hashing  # noqa: PLC0415 - OpenCV, for those who asked for it
    from registry.queries import occurrences as queries  # noqa: PLC0415 - `--help` needs no Parquet

    data = documents.given(file)
    sha256, looks = hashlib.sha256(data).hexdigest(), hashing.of_every_turn(data)
    with door.open() as home, home.reading() as session:
        found = queries.occurrences(session, home.blobs, home.settings.home, sha256, looks)
    if as_json:
        output.show_json(
            {
                "sha256": sha256,
                "pdq": looks.get(queries.AS_IT_IS),
                "items": found.found,
                "looked_in": found.looked_in,
                "without_hashes": found.without_hashes,
            }
        )
        return
    output.table(("VARIANT", "PATH", "CLASS", "IS"), [_row(it) for it in found.found], empty="It occurs nowhere.")
    if not looks:
        click.echo("Of this picture no perceptual hash can be taken; only the same bytes were looked for.", err=True)
    elif found.without_hashes:
        blind = ", ".join(found.without_hashes)
        click.echo(f"Imported without --pdq, so only the same bytes were looked for there: {blind}", err=True)


def _row(it: Occurrence) -> tuple[object, ...]:
    said = "the same bytes" if it.bits is None else f"{it.bits} of 256 bits away, {it.turn}"
    return it.variant, it.entry.path, it.entry.label, said
