"""`accession layers`: what is said about a variant's images beside their bytes is imported and looked at."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from cli import output
from cli.door import Door, pass_door
from registry.catalogue.layers.kinds import Kind

if TYPE_CHECKING:
    from datetime import datetime

    from registry.catalogue.layers.readers import Reading
    from registry.catalogue.layers.sizes import Sizes
    from registry.home import Home
    from registry.models.layers import Layer

READABLE = (Kind.SYNSETS, Kind.LABELS, Kind.BOXES, Kind.FACES, Kind.VOTES, Kind.DEFECTS, Kind.SOURCES)
REFUSALS_SHOWN = 20
LIMIT, LIMIT_MAX = 50, 200
_file = click.Path(path_type=Path)
named = click.option("--name", required=True, help="What to call the layer; the same name again is its next version.")
sourced = click.option("--source", required=True, metavar="TEXT", help="Where it comes from, in one line.")
dated = click.option("--dated", type=click.DateTime(["%Y-%m-%d"]), metavar="DATE", help="The date of the source.")


@click.group()
def layers() -> None:
    """Import and look at labels, boxes, votes and advisories over the images of a variant."""


@layers.command("import")
@click.argument("variant", metavar="DATASET/VARIANT")
@click.argument("kind", type=click.Choice([kind.value for kind in READABLE]))
@click.argument("file", metavar="FILE", type=_file)
@named
@sourced
@dated
@click.option("--classes", "classes_file", type=_file, metavar="FILE", help="What its class numbers mean.")
@click.option("--images-named", metavar="PATTERN", help="How numbered images are called; else as ILSVRC's val images.")
@click.option("--code", help="What is wrong with the images of a list of defects, such as label-error.")
@output.as_json
@pass_door
def import_(  # noqa: PLR0913 - one parameter for each option
    door: Door,
    variant: str,
    kind: str,
    file: Path,
    *,
    name: str,
    source: str,
    dated: datetime | None,
    classes_file: Path | None,
    images_named: str | None,
    code: str | None,
    as_json: bool,
) -> None:
    """Read FILE into a layer of KIND over DATASET/VARIANT; of boxes, FILE may be a folder of XML files."""
    from registry.catalogue.labels import classes  # noqa: PLC0415 - `--help` needs no readers
    from registry.catalogue.layers import pseudonyms, readers  # noqa: PLC0415 - likewise
    from registry.services import layers as services  # noqa: PLC0415 - likewise

    with door.open() as home:
        actor = door.actor(home)
        with home.act(actor) as act:
            services.expect(act, variant, name, source)
        asked = readers.Questions(
            classes.read(classes_file) if classes_file else None,
            images_named or readers.VALIDATION_NAMES,
            code,
            pseudonyms.key_of(home.settings.home) if Kind(kind) is Kind.VOTES else b"",
            _sizes(home, variant) if Kind(kind) is Kind.FACES else None,
        )
        reading = readers.read(Kind(kind), file, asked)
        draft = services.drafted(home.blobs, Kind(kind), name, reading.rows, source)
        draft = replace(
            draft,
            refused_count=len(reading.report.refusals),
            source_sha256=_sha256(file),
            dated_on=dated.date() if dated else None,
        )
        with home.act(actor) as act:
            layer = services.add(act, variant, draft)
            shown = summary(variant, layer)
    _show_import(shown, reading, as_json=as_json)


def _sizes(home: Home, variant: str) -> Sizes | None:
    """How large the images of the variant's newest import are; None where there is no import yet."""
    from registry.catalogue import manifests  # noqa: PLC0415 - `--help` needs no Parquet
    from registry.catalogue.layers.sizes import Sizes  # noqa: PLC0415 - likewise
    from registry.queries import layers as queries  # noqa: PLC0415 - likewise

    with home.reading() as session:
        newest = queries.newest_manifest(session, variant)
    if newest is None:
        return None
    with manifests.opened(home.blobs, newest) as file:
        return Sizes.of_manifest(file)


def summary(variant: str, layer: Layer) -> dict[str, object]:
    """A layer as it is printed."""
    return {
        "layer": f"{variant}/{layer.kind}/{layer.name}@{layer.version}",
        "digest": layer.digest,
        "rows": layer.row_count,
        "refused": layer.refused_count,
        **layer.totals,
    }


@layers.command()
@click.argument("variant", metavar="DATASET/VARIANT")
@click.option("--name", default="found", show_default=True, help="What to call the layer of defects.")
@output.as_json
@pass_door
def advise(door: Door, variant: str, name: str, *, as_json: bool) -> None:
    """Note what a reader of DATASET/VARIANT may trip over: CMYK, suffixes that are not the format, duplicates."""
    from registry.catalogue import manifests  # noqa: PLC0415 - `--help` needs no Parquet
    from registry.catalogue.layers import advisories  # noqa: PLC0415 - likewise
    from registry.queries import names  # noqa: PLC0415 - likewise
    from registry.services import layers as services  # noqa: PLC0415 - likewise
    from registry.services import planning  # noqa: PLC0415 - likewise

    with door.open() as home:
        actor = door.actor(home)
        source = f"computed from the newest import of {variant}"
        with home.act(actor) as act:
            services.expect(act, variant, name, source)
            newest = planning.newest_import(act.session, names.variant(act.session, variant).id, variant)
            sha256, root, on = planning.manifest_of(newest), newest.root, newest.finished_at
        with manifests.opened(home.blobs, sha256) as file:
            rows = advisories.of_manifest(file)
        if not rows:
            output.show_json({"layer": None, "rows": 0}) if as_json else click.echo("Nothing to trip over was found.")
            return
        draft = services.drafted(home.blobs, Kind.DEFECTS, name, rows, f"computed from the import with the root {root}")
        draft = replace(draft, dated_on=on.date() if on else None)
        with home.act(actor) as act:
            shown = summary(variant, services.add(act, variant, draft))
    output.show_json(shown) if as_json else output.facts(list(shown.items()))


@layers.command("list")
@click.argument("variant", metavar="DATASET/VARIANT")
@output.as_json
@pass_door
def list_(door: Door, variant: str, *, as_json: bool) -> None:
    """List every version of every layer over DATASET/VARIANT."""
    from registry.queries import layers as queries  # noqa: PLC0415 - `--help` needs no database
    from registry.queries import names  # noqa: PLC0415 - likewise

    with door.open() as home, home.reading() as session:
        found = queries.list_layers(session, names.variant(session, variant).id)
    if as_json:
        output.show_json(found)
        return
    rows = [(it.label, it.row_count, it.refused_count, it.dated_on, it.imported_at, it.source) for it in found]
    output.table(("LAYER", "ROWS", "REFUSED", "DATED", "IMPORTED", "SOURCE"), rows, empty="No layers yet.")


@layers.command()
@click.argument("variant", metavar="DATASET/VARIANT")
@click.argument("layer", metavar="KIND/NAME[@VERSION]")
@click.option("--image", help="Only what is said about this image.")
@click.option("--rows", "with_rows", is_flag=True, help="Show the rows, too.")
@click.option("--after", metavar="CURSOR", help="Go on where the last page ended.")
@click.option("--limit", type=click.IntRange(1, LIMIT_MAX), default=LIMIT, show_default=True)
@output.as_json
@pass_door
def show(
    door: Door,
    variant: str,
    layer: str,
    image: str | None,
    after: str | None,
    limit: int,
    *,
    with_rows: bool,
    as_json: bool,
) -> None:
    """Show what a layer adds up to, how many of its images the variant holds, and its rows."""
    from registry.queries import layers as queries  # noqa: PLC0415 - `--help` needs no database

    with door.open() as home, home.reading() as session:
        line = queries.read_layer(session, variant, layer)
        covered = queries.measured(session, home.blobs, line)
        rows = with_rows or image is not None or after is not None
        page = queries.page(home.blobs, line, after=after, image=image, limit=limit) if rows else None
    if as_json:
        output.show_json({"layer": line, "coverage": covered, "page": page})
        return
    facts: list[tuple[str, object]] = [
        ("layer", f"{variant}/{line.label}"),
        ("source", line.source),
        ("dated", line.dated_on),
        ("digest", line.digest),
        ("rows", line.row_count),
        ("refused", line.refused_count),
        *line.totals.items(),
    ]
    if covered is not None:
        facts.append(("of its images in the newest import", covered.images_here))
        facts.append(("of the import's images spoken of", covered.entries_spoken_of))
    output.facts(facts)
    if page is not None:
        shown = [[_cell(value) for value in row] for row in page.items]
        output.table([name.upper() for name in line.columns], shown, empty="Nothing is said.")
        if page.next:
            click.echo(f"more: --after {page.next}")


def _cell(value: object) -> object:
    return ", ".join(map(str, value)) or "none" if isinstance(value, list) else value


def _sha256(place: Path) -> str | None:
    """The digest of a file's bytes; None for a folder."""
    if not place.is_file():
        return None
    with place.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _show_import(shown: dict[str, object], reading: Reading, *, as_json: bool) -> None:
    if as_json:
        output.show_json({**shown, "refusals": reading.report.refusals})
        return
    output.facts(list(shown.items()))
    for refusal in reading.report.refusals[:REFUSALS_SHOWN]:
        click.echo(f"refused: {refusal.file}, line {refusal.line}: {refusal.why}", err=True)
    if len(reading.report.refusals) > REFUSALS_SHOWN:
        click.echo(f"refused: {len(reading.report.refusals) - REFUSALS_SHOWN} more lines", err=True)
