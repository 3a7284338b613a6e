"""`accession detectors`: which detectors recipes may name, and weights that people bring.

Nothing is ever fetched: YuNet and SCRFD are looked for in a file that the user has, known by its digest from then on.
"""

from __future__ import annotations

from pathlib import Path

import click

from cli import output
from cli.door import Door, pass_door
from registry.errors import InvalidInputError

WEIGHTS_BYTES_MAX = 1 << 30
HEADINGS = ("NAME", "NETWORK", "LICENCE", "BYTES", "DIGEST")


@click.group()
def detectors() -> None:
    """Add weights of face detectors, and look at them."""


@detectors.command()
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--licence", required=True, metavar="SPDX", help="Under which licence you have it.")
@click.option("--name", help="What to call it; the file's name without its suffix if not given.")
@click.option("--sha256", "expected", metavar="HEX", help="Refuse the file unless this is its digest.")
@output.as_json
@pass_door
def add(door: Door, file: Path, licence: str, name: str | None, expected: str | None, *, as_json: bool) -> None:
    """Keep FILE, the weights of a YuNet or a SCRFD in ONNX, so that recipes can name them by their digest."""
    from blurring.detectors import supplied  # noqa: PLC0415 - `--help` needs no detector
    from blurring.errors import DetectorError  # noqa: PLC0415 - likewise
    from registry.services import detectors as services  # noqa: PLC0415 - likewise
    from registry.services.detectors import Weights  # noqa: PLC0415 - likewise

    if file.stat().st_size > WEIGHTS_BYTES_MAX:
        raise InvalidInputError(f"Weights have at most {WEIGHTS_BYTES_MAX} bytes.")
    with door.open() as home:
        actor = door.actor(home)
        try:
            kind = supplied.kind_of(file)
        except DetectorError as error:
            raise InvalidInputError(f"{error}.") from error
        weights = Weights(kind.value, file.read_bytes())
        with home.act(actor) as act:
            added = services.add(act, home.blobs, name or file.stem.lower(), weights, licence, expected)
            facts = {"name": added.name, "network": added.kind, "digest": f"sha256:{added.sha256}"}
    if as_json:
        output.show_json(facts)
    else:
        output.facts(list(facts.items()))


@detectors.command("list")
@output.as_json
@pass_door
def list_(door: Door, *, as_json: bool) -> None:
    """List the detectors that were added."""
    from registry.queries import detectors as queries  # noqa: PLC0415 - `--help` needs no database

    with door.open() as home, home.reading() as session:
        found = queries.list_detectors(session)
    if as_json:
        output.show_json(found)
        return
    lines = [(one.name, one.kind, one.licence, one.size_bytes, one.digest) for one in found]
    output.table(HEADINGS, lines, empty="No detector has been added yet; `accession detectors add FILE` adds one.")


@detectors.command()
@click.argument("name", metavar="NAME")
@output.as_json
@pass_door
def show(door: Door, name: str, *, as_json: bool) -> None:
    """Show the detector NAME, which may be its digest too."""
    from registry.queries import detectors as queries  # noqa: PLC0415 - `--help` needs no database

    with door.open() as home, home.reading() as session:
        found = queries.show_detector(session, name)
    if as_json:
        output.show_json(found)
        return
    facts = [("name", found.name), ("network", found.kind), ("licence", found.licence), ("digest", found.digest)]
    output.facts([*facts, ("bytes", found.size_bytes), ("added", f"{found.added_at} by {found.added_by}")])
