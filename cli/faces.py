"""`accession faces`: what waits for somebody to say whether it is a face, decisions about it, and boxes for others."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from cli import output
from cli.door import Door, pass_door

if TYPE_CHECKING:
    from registry.catalogue.decided import Place
    from registry.queries.faces import Review
    from registry.services.faces import Step

EDGES = 4
SCORE_SHOWN = 0.005  # what is less would look like none at all
LIMIT, LIMIT_MAX = 50, 200
label_argument = click.argument("label", metavar="DATASET/VARIANT/NUMBER")


class BoxType(click.ParamType[object]):
    """Four whole numbers: left, top, right, bottom, in pixels of the picture as stored."""

    name = "L,T,R,B"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> Place:
        """The place that the text names."""
        try:
            left, top, right, bottom = (int(part) for part in str(value).split(","))
        except ValueError:
            self.fail(f"{value!r} is not of the form LEFT,TOP,RIGHT,BOTTOM, such as 10,20,50,60.", param, ctx)
        return left, top, right, bottom


BOX = BoxType()


@click.group()
def faces() -> None:
    """Decide about what may be a face, and hand out the boxes of a release."""


@faces.command()
@label_argument
@click.option("--all", "shows_all", is_flag=True, help="Also what is decided already.")
@click.option("--proposed", "shows_proposed", is_flag=True, help="Blurs that one person would take away.")
@click.option("--after", metavar="PATH", help="Go on behind this path.")
@click.option("--limit", type=click.IntRange(1, LIMIT_MAX), default=LIMIT, show_default=True)
@output.as_json
@pass_door
def reviews(
    door: Door, label: str, after: str | None, limit: int, *, shows_all: bool, shows_proposed: bool, as_json: bool
) -> None:
    """List the pictures of a built release that wait for somebody to decide what is a face."""
    if shows_all and shows_proposed:
        raise click.UsageError("--all and --proposed are two lists; ask for one.")
    from registry.queries import faces as queries  # noqa: PLC0415 - `--help` needs no database
    from registry.queries import releases  # noqa: PLC0415 - likewise

    with door.open() as home, home.reading() as session:
        if shows_proposed:
            page = queries.list_proposed(session, home.blobs, label, after=after, limit=limit)
        else:
            page = queries.list_reviews(session, home.blobs, label, is_open=not shows_all, after=after, limit=limit)
        standing = queries.standing(session, home.blobs, releases.find(session, label, is_insider=True))
    if as_json:
        items = [_shown(review) for review in page.items]
        output.show_json({"standing": standing, "items": items, "next": page.next})
        return
    rows = [row for review in page.items for row in _rows(review, shows_proposed=shows_proposed)]
    output.table(("PATH", "BOX", "SCORE", "SEEN BY", "DECIDED"), rows, empty="Nothing waits.")
    click.echo(f"{standing.open:,} of {standing.doubtful:,} doubtful pictures wait.")
    if standing.unmet:
        click.echo(f"{standing.unmet:,} show a face that was confirmed since; plan and build again.")
    if standing.proposed:
        click.echo(
            f"{standing.proposed:,} hold a blur that one person would take away; a second has to agree: --proposed"
        )
    if page.next:
        click.echo(output.printable(f"more: --after {page.next!a}"))


@faces.command()
@label_argument
@click.argument("path")
@click.option("--accept", "accepted", type=BOX, multiple=True, help="This box is a face.")
@click.option("--reject", "rejected", type=BOX, multiple=True, help="This box is none, or hidden well enough.")
@click.option("--add", "added", type=BOX, multiple=True, help="A face that nobody has found.")
@click.option("--move", "moved", type=(BOX, BOX), multiple=True, help="The face of the first box is in the second.")
@click.option("--reason", required=True, help="Why, in your own words.")
@pass_door
def decide(
    door: Door,
    label: str,
    path: str,
    *,
    accepted: tuple[Place, ...],
    rejected: tuple[Place, ...],
    added: tuple[Place, ...],
    moved: tuple[tuple[Place, Place], ...],
    reason: str,
) -> None:
    """Decide about boxes of the picture PATH; every later build of the same bytes obeys."""
    from registry.services import faces as services  # noqa: PLC0415 - `--help` needs no database

    steps = _steps(accepted, rejected, added, moved)
    with door.open() as home, home.act(door.actor(home)) as act:
        waiting = services.decide(act, home.blobs, label, path, steps, reason)
    click.echo(f"Recorded {len(steps)} {'decision' if len(steps) == 1 else 'decisions'}.")
    if waiting:
        click.echo("What is blurred stays blurred until a second person says the same.")


@faces.command()
@label_argument
@click.argument("file", metavar="FILE", type=click.Path(path_type=Path))
@pass_door
def export(door: Door, label: str, file: Path) -> None:
    """Write the faces that a release blurs into FILE, in the form that ImageNet publishes."""
    from registry.access import Permission, require  # noqa: PLC0415 - `--help` needs no database
    from registry.queries import annotations  # noqa: PLC0415 - likewise

    with door.open() as home:
        require(door.actor(home), Permission.RELEASE_EXPORT)
        with home.reading() as session:
            lines = annotations.lines(session, home.blobs, label)
        with file.open("xb") as out:
            out.writelines(lines)
    click.echo(f"Wrote the faces of {label} to {file}.")


def _steps(
    accepted: tuple[Place, ...],
    rejected: tuple[Place, ...],
    added: tuple[Place, ...],
    moved: tuple[tuple[Place, Place], ...],
) -> list[Step]:
    from registry.models.faces import FaceStep  # noqa: PLC0415 - `--help` needs no database
    from registry.services.faces import Step  # noqa: PLC0415 - likewise

    return [
        *(Step(FaceStep.ACCEPTED, place) for place in accepted),
        *(Step(FaceStep.REJECTED, place) for place in rejected),
        *(Step(FaceStep.ADDED, place) for place in added),
        *(Step(FaceStep.MOVED, place, to) for place, to in moved),
    ]


def _rows(review: Review, *, shows_proposed: bool) -> list[tuple[object, ...]]:
    """A picture of the queue as lines of the table, one for each box."""
    asked = (
        [(box, "proposed") for box in review.proposed] if shows_proposed else [(o.box, o.verdict) for o in review.asked]
    )
    return [(review.entry.source.path, *_words(box.place, box.score, box.origin), said) for box, said in asked]


def _words(place: Place, score: float, origin: str) -> tuple[str, str, str]:
    return ",".join(map(str, place)), "under 0.01" if score < SCORE_SHOWN else f"{score:.2f}", str(origin)


def _shown(review: Review) -> dict[str, object]:
    """A picture of the queue as JSON's own types."""
    return {
        "path": review.entry.source.path,
        "sha256": review.entry.source.sha256,
        "width": review.entry.source.width,
        "height": review.entry.source.height,
        "asked": [
            {"box": one.box.place, "score": one.box.score, "origin": one.box.origin, "verdict": one.verdict}
            for one in review.asked
        ],
        "proposed": [box.place for box in review.proposed],
    }
