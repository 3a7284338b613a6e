"""`accession datasets seed` and `lineage`: variants that the world knows, and what they are to one another."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from cli import documents, output
from cli.door import Door, pass_door

if TYPE_CHECKING:
    from registry.queries.lineage import Description

SHIPPED = "imagenet"


@click.command()
@click.argument("file", metavar="[FILE]", required=False, type=click.Path(path_type=Path))
@output.as_json
@pass_door
def seed(door: Door, file: Path | None, *, as_json: bool) -> None:
    """Register the variants that the seed FILE declares; without one, ImageNet's, which come with Accession."""
    from registry.catalogue import seeds  # noqa: PLC0415 - `--help` needs no seeds
    from registry.services import seeds as services  # noqa: PLC0415 - likewise

    data = seeds.shipped(SHIPPED) if file is None else documents.given(file)
    with door.open() as home, home.act(door.actor(home)) as act:
        planted = services.plant(act, home.blobs, data)
    if as_json:
        output.show_json(planted)
        return
    facts: list[tuple[str, object]] = [
        ("variants registered", len(planted.registered)),
        ("variants described anew", len(planted.described)),
        ("relations recorded", planted.related),
        ("weights recorded", len(planted.weights)),
        ("keep another title or licence", ", ".join(planted.differing) or "none"),
    ]
    output.facts(facts)


@click.command()
@click.argument("variant", metavar="DATASET/VARIANT")
@output.as_json
@pass_door
def lineage(door: Door, variant: str, *, as_json: bool) -> None:
    """Show what is published about DATASET/VARIANT, and every relation that leads to or from it, with the evidence."""
    from registry.queries import lineage as queries  # noqa: PLC0415 - `--help` needs no database

    with door.open() as home, home.reading() as session:
        described = queries.description(session, variant)
        found = queries.relations(session, variant)
    if as_json:
        output.show_json({"description": _printed(described), "relations": found})
        return
    if described is not None:
        _show_description(described)
    rows = [(it.variant, it.kind, it.other, it.evidence) for it in found]
    output.table(("VARIANT", "IS", "OF", "EVIDENCE"), rows, empty="No relation to another variant is on record.")


def _printed(described: Description | None) -> object:
    if described is None:
        return None
    sources = {key: source.model_dump(mode="json") for key, source in described.sources.items()}
    said = described.said.model_dump(mode="json", exclude_none=True)
    return {**said, "sources": sources, "seed_sha256": described.seed_sha256, "recorded_at": described.recorded_at}


def _show_description(described: Description) -> None:
    said, sources = described.said, described.sources
    facts: list[tuple[str, object]] = [("variant", described.variant), ("title", said.title), ("licence", said.licence)]
    if said.terms is not None:
        facts.append(("terms", f"{said.terms.sentence} [{sources[said.terms.source].url}]"))
    facts += [(count.what, f"{count.count:,} [{sources[count.source].url}]") for count in said.counts]
    for archive in said.archives:
        size = f"{archive.size_bytes:,} bytes" if archive.size_bytes is not None else archive.size
        known = [size, archive.md5 and f"md5 {archive.md5}", archive.sha256 and f"sha256 {archive.sha256}"]
        cited = ", ".join(sources[key].url for key in (archive.source, *archive.also))
        facts.append((archive.name, f"{', '.join(filter(None, known)) or 'no digest known'} [{cited}]"))
    facts += [("unknown", what) for what in said.unknown]
    output.facts(facts)
    click.echo()
