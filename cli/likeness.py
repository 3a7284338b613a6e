"""`accession datasets identify` and `compare`: how much of one source is in another?"""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import click

from cli import output
from cli.door import Door, pass_door

if TYPE_CHECKING:
    from collections.abc import Iterable

    from registry.queries.likeness import Likeness


@click.command()
@click.argument("path", type=click.Path(path_type=Path))
@output.as_json
@pass_door
def identify(door: Door, path: Path, *, as_json: bool) -> None:
    """Say which known variants the source PATH is like, by bytes, classes and names; nothing is recorded."""
    from registry.catalogue import reading  # noqa: PLC0415 - the other commands need no Parquet
    from registry.catalogue.layout_names import LayoutName  # noqa: PLC0415 - likewise
    from registry.catalogue.layouts.source import Source  # noqa: PLC0415 - likewise
    from registry.queries import likeness  # noqa: PLC0415 - likewise

    with door.open() as home, tempfile.TemporaryDirectory(prefix="accession-identify-") as folder:
        file = Path(folder) / "manifest.parquet"
        reading.read(Source(path, workers=home.settings.processes), LayoutName.AUTO, file)
        with home.reading() as session:
            found = likeness.identify(session, home.blobs, likeness.seen(file))
    _show(found, as_json=as_json)


@click.command()
@click.argument("variant", metavar="DATASET/VARIANT")
@click.argument("other", metavar="DATASET/VARIANT")
@output.as_json
@pass_door
def compare(door: Door, variant: str, other: str, *, as_json: bool) -> None:
    """Compare the newest imports of two variants, image by image and class by class."""
    from registry.catalogue import manifests  # noqa: PLC0415 - the other commands need no Parquet
    from registry.queries import likeness, names  # noqa: PLC0415 - likewise
    from registry.services import planning  # noqa: PLC0415 - likewise

    with door.open() as home, home.reading() as session:
        newest = [planning.newest_import(session, names.variant(session, it).id, it) for it in (variant, other)]
        with manifests.opened(home.blobs, planning.manifest_of(newest[0])) as here:
            found = likeness.compare(session, home.blobs, here, other)
    _show([] if found is None else [found], as_json=as_json)


def _show(found: Iterable[Likeness], *, as_json: bool) -> None:
    if as_json:
        output.show_json([_printed(it) for it in found])
        return
    rows = [
        (it.variant, it.by, it.relation, f"{it.confidence:.1%}", it.shared, it.only_here, it.only_there) for it in found
    ]
    headings = ("VARIANT", "BY", "IS", "LIKE", "SHARED", "ONLY HERE", "ONLY THERE")
    output.table(headings, rows, empty="No known variant has a file, a class or a name of it.")


def _printed(it: Likeness) -> dict[str, object]:
    """One answer for machines; of images, with every number of the comparison."""
    said: dict[str, object] = {
        "variant": it.variant,
        "by": it.by,
        "relation": it.relation,
        "confidence": round(it.confidence, 4),
        "shared": it.shared,
        "only_here": it.only_here,
        "only_there": it.only_there,
        "examples": it.examples,
    }
    return said if it.overlap is None else {**said, "overlap": vars(it.overlap)}
