"""`accession datasets search`, `statistics`, `duplicates`: images by what somebody knows of them, and their numbers."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from cli import output
from cli.door import Door, pass_door
from registry.errors import InvalidInputError, NotFoundError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlmodel import Session

    from registry.catalogue.entries import SourceEntry
    from registry.catalogue.manifests.search import Wanted
    from registry.home import Home
    from registry.queries.search import Lookalike

LIMIT, LIMIT_MAX = 50, 200
PAIRS_MAX = 100_000


@click.command()
@click.argument("variant", metavar="DATASET/VARIANT")
@click.option("--wnid", help="Only images of this class.")
@click.option("--below", is_flag=True, help="With --wnid or --word: also of every class below.")
@click.option("--word", help="Only images of the synsets that are called so.")
@click.option("--in", "taxonomy", metavar="NAME[@VERSION]", help="Which taxonomy knows the word.")
@click.option("--path", help="Only images with this in their path.")
@click.option("--sha256", help="Only images with these bytes.")
@click.option("--pdq", help="Images that look like the one with this perceptual hash, the nearest first.")
@click.option("--like", type=click.Path(path_type=Path), metavar="FILE", help="Images that look like this picture.")
@click.option("--distance", type=click.IntRange(0, 31), default=31, show_default=True, help="Bits that may differ.")
@click.option("--url", help="Only images whose URL has this in it.")
@click.option("--licence", help="Only images with evidence of this licence.")
@click.option("--least-bytes", type=click.IntRange(min=0), help="Only files of at least this size.")
@click.option("--most-bytes", type=click.IntRange(min=0), help="Only files of at most this size.")
@click.option("--defect", help="Only images with this defect or advisory.")
@click.option("--after", metavar="PATH", help="Go on behind this path.")
@click.option("--limit", type=click.IntRange(1, LIMIT_MAX), default=LIMIT, show_default=True)
@output.as_json
@pass_door
def search(door: Door, /, variant: str, *, as_json: bool, **asked: object) -> None:
    """Find images of the newest import of DATASET/VARIANT; several options mean all of them at once."""
    from registry.queries import search as queries  # noqa: PLC0415 - `--help` needs no Parquet

    digits = _digits(asked["pdq"], asked["like"])
    with door.open() as home, home.reading() as session:
        if digits is not None:
            place = home.settings.home
            alike = queries.alike(session, home.blobs, place, variant, digits, int(str(asked["distance"])))
            _show_alike(digits, alike, as_json=as_json)
            return
        wanted = _wanted(home, session, asked)
        after, limit = asked["after"], int(str(asked["limit"]))
        page = queries.search(
            session, home.blobs, variant, wanted, after=None if after is None else str(after), limit=limit
        )
    if as_json:
        output.show_json(page)
        return
    output.table(_HEADINGS, [_row(it) for it in page.items], empty="No such image.")
    if page.next:
        click.echo(f"more: --after {page.next!a}")


@click.command()
@click.argument("variant", metavar="DATASET/VARIANT")
@output.as_json
@pass_door
def statistics(door: Door, variant: str, *, as_json: bool) -> None:
    """Show what the newest import of DATASET/VARIANT is made of."""
    from registry.queries import search as queries  # noqa: PLC0415 - `--help` needs no Parquet

    with door.open() as home, home.reading() as session:
        found = queries.measure(session, home.blobs, variant)
    if as_json:
        output.show_json(found)
        return
    spreads = (("width", found.widths), ("height", found.heights), ("bytes", found.sizes))
    facts: list[tuple[str, object]] = [
        ("images", found.rows),
        ("formats", _counts(found.formats)),
        ("modes", _counts(found.modes)),
        ("defects", _counts(found.defects)),
        ("classes; fewest, most images", ", ".join(f"{number:,}" for number in found.classes)),
        ("with an embedded thumbnail", found.with_thumbnail),
        ("with metadata", found.with_metadata),
        ("turned by EXIF", found.rotated),
        ("copies of others, byte by byte", found.copies),
        ("that look like others (equal PDQ)", found.lookalikes),
    ]
    for name, spread in spreads:
        if spread is not None:
            numbers = (spread.least, spread.quarter, spread.half, spread.three_quarters, spread.most)
            facts.append((f"{name}: least, quartiles, most", ", ".join(f"{number:,}" for number in numbers)))
    output.facts(facts)


@click.command()
@click.argument("variant", metavar="DATASET/VARIANT")
@click.option("--by-look", is_flag=True, help="Pictures that look alike, not only equal bytes.")
@click.option("--distance", type=click.IntRange(0, 31), default=31, show_default=True, help="Bits that may differ.")
@click.option("--after", metavar="SHA256", help="Go on behind these bytes.")
@click.option("--limit", type=click.IntRange(1, PAIRS_MAX), default=LIMIT_MAX, show_default=True)
@output.as_json
@pass_door
def duplicates(
    door: Door, variant: str, *, by_look: bool, distance: int, after: str | None, limit: int, as_json: bool
) -> None:
    """List what is more than once in the newest import of DATASET/VARIANT."""
    from registry.queries import search as queries  # noqa: PLC0415 - `--help` needs no Parquet

    with door.open() as home, home.reading() as session:
        if by_look:
            pairs = queries.lookalikes(session, home.blobs, home.settings.home, variant, distance, limit)
            if as_json:
                output.show_json([{"path": one, "other": other, "bits": bits} for one, other, bits in pairs])
                return
            output.table(("PATH", "LOOKS LIKE", "BITS"), pairs, empty="No two pictures look alike.")
            return
        page = queries.copies(session, home.blobs, variant, after=after, limit=min(limit, LIMIT_MAX))
    if as_json:
        output.show_json(page)
        return
    rows = [(it.sha256[:16], len(it.paths), ", ".join(it.paths)) for it in page.items]
    output.table(("SHA256", "TIMES", "PATHS"), rows, empty="No bytes are there twice.")
    if page.next:
        click.echo(f"more: --after {page.next}")


_HEADINGS = ("PATH", "CLASS", "FORMAT", "PIXELS", "BYTES", "DEFECT")


def _row(it: SourceEntry) -> Sequence[object]:
    pixels = f"{it.width}x{it.height}" if it.width is not None else None
    return it.path, it.label, it.format, pixels, it.size_bytes, it.defect


def _wanted(home: Home, session: Session, asked: dict[str, object]) -> Wanted:
    """What the options say; words and subtrees as the synsets that they mean."""
    from registry.catalogue.manifests.search import Wanted  # noqa: PLC0415 - `--help` needs no Parquet
    from registry.queries import search as queries  # noqa: PLC0415 - likewise
    from registry.services import taxonomies as services  # noqa: PLC0415 - likewise

    said = {name: asked[name] for name in ("path", "sha256", "url", "licence", "least_bytes", "most_bytes", "defect")}
    wanted = Wanted(**said)  # type: ignore[arg-type]  # click has given each its type
    wnid, word, taxonomy = (None if asked[name] is None else str(asked[name]) for name in ("wnid", "word", "taxonomy"))
    hidden = partial(services.marked, session, home.blobs)
    below = bool(asked["below"])
    meant = queries.classes_meant(session, home.blobs, hidden, wnid=wnid, word=word, is_below=below, taxonomy=taxonomy)
    return replace(wanted, labels=meant)


def _digits(pdq: object, like: object) -> str | None:
    """The perceptual hash that is asked for, or that of the picture."""
    if pdq is not None:
        return str(pdq)
    if like is None:
        return None
    from registry.catalogue.pdq import hashing  # noqa: PLC0415 - OpenCV, for those who asked for it

    file = Path(str(like))
    if not file.is_file():
        raise NotFoundError(f"There is no file {file}.")
    digits = hashing.of_file(file.read_bytes())
    if digits is None:
        raise InvalidInputError(f"{file} is no picture of which a perceptual hash can be taken.")
    return digits


def _show_alike(digits: str, found: list[Lookalike], *, as_json: bool) -> None:
    if as_json:
        output.show_json({"pdq": digits, "items": found})
        return
    rows = [(it.distance, *_row(it.entry)) for it in found]
    output.table(("BITS", *_HEADINGS), rows, empty="Nothing looks like it.")


def _counts(counts: dict[str, int]) -> str:
    return ", ".join(f"{name} {count:,}" for name, count in counts.items()) or "none"
