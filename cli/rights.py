"""`accession rights`: what is known of the rights in each image is collected, stated and looked at."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from cli import layers, output
from cli.door import Door, pass_door
from registry.catalogue.layers.kinds import Kind
from registry.errors import InvalidInputError

if TYPE_CHECKING:
    from sqlmodel import Session

    from registry.catalogue.layers.content import Row
    from registry.catalogue.rights.collecting import Origin
    from registry.home import Home
    from registry.models.imports import Import
    from registry.services.layers import Draft

SHOWN = 20


@click.group()
def rights() -> None:
    """Collect evidence about the rights in images, and show where it conflicts with the terms."""


@rights.command()
@click.argument("variant", metavar="DATASET/VARIANT")
@click.option("--name", default="collected", show_default=True, help="What to call the layer of rights.")
@output.as_json
@pass_door
def collect(door: Door, variant: str, name: str, *, as_json: bool) -> None:
    """Read what every image of the newest import of DATASET/VARIANT says of its makers and its licence."""
    from registry.queries import names  # noqa: PLC0415 - `--help` needs no database
    from registry.services import layers as services  # noqa: PLC0415 - likewise
    from registry.services import planning  # noqa: PLC0415 - likewise
    from registry.services import rights as evidence  # noqa: PLC0415 - likewise

    with door.open() as home:
        actor = door.actor(home)
        with home.act(actor) as act:
            services.expect(act, variant, name, "collected")
            found = names.variant(act.session, variant)
            newest = planning.newest_import(act.session, found.id, variant)
            terms, origins = found.licence, evidence.origins(act.session, home.blobs, variant)
        draft, changed = _draft(home, newest, origins, terms, name)
        if draft is None:
            output.show_json({"layer": None, "rows": 0}) if as_json else click.echo("No image says anything.")
            return
        on = newest.finished_at.date() if newest.finished_at else None
        with home.act(actor) as act:
            layer = services.add(act, variant, replace(draft, refused_count=len(changed), dated_on=on))
            shown = layers.summary(variant, layer)
    output.show_json(shown) if as_json else output.facts(list(shown.items()))
    for path in changed[:SHOWN]:
        click.echo(output.printable(f"not as it was imported, and left out: {path}"), err=True)


@rights.command()
@click.argument("variant", metavar="DATASET/VARIANT")
@click.argument("file", metavar="FILE", type=click.Path(path_type=Path))
@layers.named
@layers.sourced
@output.as_json
@pass_door
def state(door: Door, variant: str, file: Path, name: str, source: str, *, as_json: bool) -> None:
    """Take the licences that FILE states as of a date: lines of image, TAB, SPDX expression, TAB, date."""
    from registry.services import layers as services  # noqa: PLC0415 - `--help` needs no database

    with door.open() as home:
        actor = door.actor(home)
        with home.act(actor) as act:
            services.expect(act, variant, name, source)
        draft = services.drafted(home.blobs, Kind.RIGHTS, name, _stated(file), source)
        with home.act(actor) as act:
            shown = layers.summary(variant, services.add(act, variant, draft))
    output.show_json(shown) if as_json else output.facts(list(shown.items()))


@rights.command()
@click.argument("variant", metavar="DATASET/VARIANT")
@click.argument("image", metavar="IMAGE", required=False)
@output.as_json
@pass_door
def show(door: Door, variant: str, image: str | None, *, as_json: bool) -> None:
    """Show what is known of the rights in IMAGE, the oldest first; without one, every conflict with the terms."""
    from registry.catalogue.rights.collecting import CONFLICT  # noqa: PLC0415 - `--help` needs no rules

    with door.open() as home, home.reading() as session:
        rows = [row for row in _known(home, session, variant) if row[0] == image or (not image and row[1] == CONFLICT)]
    rows.sort(key=lambda row: (row[5] or "", row[0], row[1]))
    headings = ("image", "kind", "evidence", "value", "confidence", "dated_on", "offset", "bytes")
    if as_json:
        output.show_json([dict(zip(headings, row, strict=True)) for row in rows])
        return
    shown = [(row[0], row[1], row[2], row[3], f"{row[4]:.0%}", row[5], row[6]) for row in rows]
    empty = "Nothing is known of its rights." if image else "No conflict is known."
    output.table([heading.upper() for heading in headings[:-1]], shown, empty=empty)


def _draft(
    home: Home, newest: Import, origins: dict[str, Origin], terms: str, name: str
) -> tuple[Draft | None, list[str]]:
    """The layer, and the images that could not be asked because they are no longer what was imported."""
    from registry.catalogue import manifests  # noqa: PLC0415 - `--help` needs no Parquet
    from registry.catalogue.layout_names import LayoutName  # noqa: PLC0415 - likewise
    from registry.services import planning, rights  # noqa: PLC0415 - likewise

    root = str(newest.root)
    with manifests.opened(home.blobs, planning.manifest_of(newest)) as file:
        if not LayoutName(newest.layout).has_pixels:
            return rights.of_urls(home.blobs, file, terms, root, name), []
        return rights.of_files(home.blobs, Path(newest.source), file, origins, terms, root, name)


def _known(home: Home, session: Session, variant: str) -> list[Row]:
    """Every row of the newest layers of rights of a variant."""
    from registry.catalogue.layers import content  # noqa: PLC0415 - `--help` needs no Parquet
    from registry.queries import layers as queries  # noqa: PLC0415 - likewise

    rows: list[Row] = []
    for line in queries.newest(session, Kind.RIGHTS):
        if line.variant == variant:
            with queries.opened(home.blobs, line) as file:
                rows += content.rows_of(file)
    return rows


def _stated(file: Path) -> list[Row]:
    from registry.catalogue.layers import content  # noqa: PLC0415 - `--help` needs no Parquet
    from registry.catalogue.rights import rules  # noqa: PLC0415 - likewise
    from registry.catalogue.taxonomy.rows import Report, lines  # noqa: PLC0415 - likewise

    rows: list[Row] = []
    for number, text in lines(file, Report()):
        cells = [cell.strip() for cell in text.split("\t")]
        try:
            image, licence, on = cells
            rows.append((image, "licence", "stated", rules.expression(licence), 1.0, _day(on), None, text))
        except ValueError as error:
            raise InvalidInputError(f"Line {number} of {file.name} is not image, TAB, licence, TAB, date.") from error
    return content.ordered(rows)


def _day(text: str) -> str:
    return date.fromisoformat(text).isoformat()
