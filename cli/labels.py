"""`accession labels`: what a label file says, told by its content."""

from __future__ import annotations

from pathlib import Path

import click

from cli import output
from registry.catalogue.labels import classes
from registry.catalogue.labels import judged as judgements
from registry.catalogue.labels import truth as truths

_file = click.Path(path_type=Path)


@click.group()
def labels() -> None:
    """Read label files, and say what their numbers mean."""


@labels.command()
@click.argument("file", metavar="FILE", type=_file)
@click.option("--classes", "classes_file", type=_file, required=True, metavar="FILE", help="The list of the classes.")
@click.option("--images", type=click.IntRange(min=1), metavar="N", help="How many images there are.")
@output.as_json
def truth(file: Path, classes_file: Path, images: int | None, *, as_json: bool) -> None:
    """Read the ground truth FILE, and conclude what its numbers mean; refuse where they may mean two things."""
    found = truths.read(file, classes.read(classes_file), images)
    per_class = found.images_per_class.values()
    facts = {
        "form": found.form,
        "numbering": found.numbering,
        "evidence": found.evidence,
        "images": len(found.labels),
        "classes": len(per_class),
        "fewest images of a class": min(per_class),
        "most images of a class": max(per_class),
        "rows refused": len(found.report.refusals),
    }
    if as_json:
        output.show_json({**facts, "refusals": found.report.refusals})
        return
    output.facts(list(facts.items()))
    for refusal in found.report.refusals:
        click.echo(f"refused: {refusal.file}, line {refusal.line}: {refusal.why}", err=True)


@labels.command()
@click.argument("file", metavar="FILE", type=_file)
@output.as_json
def judged(file: Path, *, as_json: bool) -> None:
    """Read FILE with ReaL's sets of labels, or with votes on labels that may be wrong."""
    found = judgements.read(file)
    facts: dict[str, object] = {}
    if found.sets is not None:
        facts = {
            "images": len(found.sets),
            "without a label": sum(not classes for classes in found.sets),
            "with several labels": sum(len(classes) > 1 for classes in found.sets),
        }
    if found.candidates is not None:
        facts = {
            "candidates": len(found.candidates),
            "confirmed wrong": sum(candidate.mturk.is_confirmed_wrong for candidate in found.candidates),
        }
    if as_json:
        output.show_json(facts)
        return
    output.facts(list(facts.items()))
