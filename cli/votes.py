"""`accession votes`: what the votes on labels come to."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import click

from cli import output
from cli.door import Door, pass_door
from registry.catalogue.layers.kinds import Kind

if TYPE_CHECKING:
    from registry.catalogue.votes.quality import Quality

SHOWN = 20


@click.group()
def votes() -> None:
    """Say what the votes on labels come to: majorities, agreement, and labels in doubt."""


@votes.command()
@click.argument("variant", metavar="DATASET/VARIANT")
@click.argument("name", metavar="NAME")
@click.option("--below", type=click.FloatRange(0, 1), default=0.5, show_default=True, help="The share that is doubt.")
@click.option("--keep", is_flag=True, help="Keep it as a layer of the kind `quality`, and advisories.")
@output.as_json
@pass_door
def judge(door: Door, variant: str, name: str, below: float, *, keep: bool, as_json: bool) -> None:
    """Judge the labels that the layer `votes/NAME` of DATASET/VARIANT is about."""
    from registry.catalogue.layers import advisories, content  # noqa: PLC0415 - `--help` needs no Parquet
    from registry.catalogue.votes import quality  # noqa: PLC0415 - likewise
    from registry.queries import layers as queries  # noqa: PLC0415 - likewise
    from registry.services import layers as services  # noqa: PLC0415 - likewise

    with door.open() as home:
        with home.reading() as session:
            line = queries.read_layer(session, variant, f"{Kind.VOTES}/{name}")
        with queries.opened(home.blobs, line) as file:
            found = quality.measure(content.rows_of(file))
        if keep:
            actor = door.actor(home)
            source = f"computed from {line.label} ({line.digest})"
            judged = services.drafted(home.blobs, Kind.QUALITY, line.name, list(found.rows), source)
            agreement = {} if found.alpha is None else {"agreement over all (alpha)": found.alpha}
            drafts = [replace(judged, totals={**judged.totals, **agreement})]
            if wrong := advisories.of_quality(list(found.rows)):
                drafts.append(services.drafted(home.blobs, Kind.DEFECTS, f"{line.name}-labels", wrong, source))
            with home.act(actor) as act:
                for draft in drafts:
                    services.add(act, variant, draft)
    _show(found, below, as_json=as_json)


def _show(found: Quality, below: float, *, as_json: bool) -> None:
    doubtful = found.below(below)
    facts: dict[str, object] = {
        "questions": len(found.rows),
        "workers told apart": found.workers,
        "agreement (Krippendorff's alpha)": found.alpha,
        f"labels confirmed by less than {below:.0%}": len(doubtful),
        "majority for another answer": sum(row[2] not in (row[1], "yes") for row in found.rows),
        "Dawid-Skene for another answer": sum(row[4] not in (None, row[1], "yes") for row in found.rows),
    }
    if as_json:
        output.show_json({**facts, "doubtful": doubtful, "synsets": found.synsets})
        return
    output.facts(list(facts.items()))
    known = sorted((it for it in found.synsets if it.alpha is not None), key=lambda it: (it.alpha, it.label))
    click.echo()
    rows = [(it.label, it.questions, it.votes, f"{it.alpha:.3f}") for it in known[:SHOWN]]
    output.table(("LABEL", "QUESTIONS", "VOTES", "ALPHA"), rows, empty="About no label could anybody have disagreed.")
