"""`accession weights`: which weights saw which images, on what evidence. Files are hashed and not kept."""

from __future__ import annotations

from pathlib import Path

import click

from cli import output
from cli.door import Door, pass_door
from registry.errors import InvalidInputError

PAIR = (str, str)


@click.group()
def weights() -> None:
    """Record what weights were trained on, and look it up."""


@weights.command()
@click.argument("name", metavar="NAME")
@click.option("--file", type=click.Path(path_type=Path, exists=True, dir_okay=False), help="Whose digest is taken.")
@click.option("--sha256", metavar="HEX", help="The digest of the file, where you have it and not the file.")
@click.option("--title", help="What people call them; NAME if not given.")
@click.option("--licence", default="NOASSERTION", show_default=True, metavar="SPDX", help="The licence of the weights.")
@click.option(
    "--trained-on",
    "trained_on",
    type=PAIR,
    multiple=True,
    metavar="WHAT EVIDENCE",
    help="DATASET/VARIANT or a published release, and a sentence that says how that is known; may be repeated.",
)
@click.option(
    "--label-space",
    "spaces",
    type=(str, str, str),
    multiple=True,
    metavar="VARIANT SPACE EVIDENCE",
    help="Where only the classes are known: a variant, its layer synsets/NAME, and the evidence.",
)
@click.option("--made-from", type=PAIR, multiple=True, metavar="WEIGHTS EVIDENCE", help="Weights that they began as.")
@click.option("--source", required=True, metavar="TEXT", help="Where the evidence can be read.")
@click.option("--url", help="The address of that.")
@pass_door
def add(  # noqa: PLR0913 - one parameter for each option
    door: Door,
    name: str,
    *,
    file: Path | None,
    sha256: str | None,
    title: str | None,
    licence: str,
    trained_on: tuple[tuple[str, str], ...],
    spaces: tuple[tuple[str, str, str], ...],
    made_from: tuple[tuple[str, str], ...],
    source: str,
    url: str | None,
) -> None:
    """Record the weights NAME and what they saw; more evidence about known weights is added to it."""
    from registry.proof import digests  # noqa: PLC0415 - `--help` needs none of it
    from registry.services import weights as services  # noqa: PLC0415 - likewise
    from registry.services.weights import Evidence, Training, WeightWords  # noqa: PLC0415 - likewise

    if file is not None and sha256 is not None:
        raise click.UsageError("Give the file or its digest, not both.")
    size = None
    if file is not None:
        hashed = digests.hash_file(file)
        if hashed.problem is not None:
            raise InvalidInputError(f"{file} cannot be read: {hashed.problem}.")
        sha256, size = hashed.sha256, hashed.size_bytes
    said = [Training(Evidence(words, source, url), on=what) for what, words in trained_on]
    said += [Training(Evidence(words, source, url), on=of, label_space=space) for of, space, words in spaces]
    said += [Training(Evidence(words, source, url), made_from=base) for base, words in made_from]
    with door.open() as home, home.act(door.actor(home)) as act:
        found = services.add(act, WeightWords(name, title or name, licence, sha256, size), said)
        known = f"sha256:{found.sha256}" if found.sha256 else "no digest known"
    click.echo(f"Recorded {name}: {known}")


@weights.command("list")
@output.as_json
@pass_door
def list_(door: Door, *, as_json: bool) -> None:
    """List the weights on record, and what they were trained on."""
    from registry.queries import weights as queries  # noqa: PLC0415 - `--help` needs no database

    with door.open() as home, home.reading() as session:
        found = queries.list_weights(session)
    if as_json:
        output.show_json(found)
        return
    lines = [(it.name, it.licence, ", ".join(it.saw), it.sha256 or "no digest known") for it in found]
    output.table(("WEIGHTS", "LICENCE", "SAW", "SHA-256"), lines, empty="No weights are on record.")


@weights.command()
@click.argument("name", metavar="NAME")
@output.as_json
@pass_door
def show(door: Door, name: str, *, as_json: bool) -> None:
    """Show what the weights NAME were trained on or made from, with the evidence."""
    from registry.queries import weights as queries  # noqa: PLC0415 - `--help` needs no database

    with door.open() as home, home.reading() as session:
        found = queries.read_weights(session, name)
    if as_json:
        output.show_json(found)
        return
    digest = f"sha256:{found.sha256}" if found.sha256 else "not known"
    facts: list[tuple[str, object]] = [("name", found.name), ("title", found.title), ("licence", found.licence)]
    output.facts([*facts, ("digest", digest), ("bytes", found.size_bytes), ("recorded", found.recorded_at)])
    click.echo()
    lines = [(it.how, it.on, it.evidence, it.source_url or it.source_title) for it in found.trainings]
    output.table(("HOW", "ON", "EVIDENCE", "SOURCE"), lines, empty="Nothing is known of what they saw.")
