"""`accession datasets identify` and `compare`: how much of one source is in another?"""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import click

from cli import output
from cli.door import Door, pass_door

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlmodel import Session

    from registry.catalogue.manifests import Overlap
    from registry.home import Home

DATASETS_MAX = 200


@click.command()
@click.argument("path", type=click.Path(path_type=Path))
@output.as_json
@pass_door
def identify(door: Door, path: Path, *, as_json: bool) -> None:
    """Say which known variants the folder PATH is like, by the bytes and names of its files; nothing is recorded."""
    from registry.catalogue import intake, manifests  # noqa: PLC0415 - the other commands need no Parquet
    from registry.catalogue.layouts.image_folder import ImageFolder  # noqa: PLC0415 - likewise

    with door.open() as home, tempfile.TemporaryDirectory(prefix="accession-identify-") as folder:
        file = Path(folder) / "manifest.parquet"
        workers = home.settings.processes
        manifests.write_source(intake.scan(path, ImageFolder(), workers=workers), file)
        with home.reading() as session:
            known = {name: _overlap(home, session, file, name) for name in _imported(session)}
    likely = sorted(known.items(), key=lambda pair: (-pair[1].confidence, pair[0]))
    _show([(name, found) for name, found in likely if found.known], as_json=as_json)


@click.command()
@click.argument("variant", metavar="DATASET/VARIANT")
@click.argument("other", metavar="DATASET/VARIANT")
@output.as_json
@pass_door
def compare(door: Door, variant: str, other: str, *, as_json: bool) -> None:
    """Compare the newest imports of two variants, image by image and class by class."""
    from registry.catalogue import manifests  # noqa: PLC0415 - the other commands need no Parquet

    with (
        door.open() as home,
        home.reading() as session,
        manifests.opened(home.blobs, _manifest(session, variant)) as here,
    ):
        found = _overlap(home, session, here, other)
    _show([(other, found)], as_json=as_json)


def _imported(session: Session) -> Iterator[str]:
    """The names of all variants that have been imported."""
    from registry.queries import datasets as queries  # noqa: PLC0415 - `--help` needs no database

    for dataset in queries.list_datasets(session, is_insider=True, limit=DATASETS_MAX).items:
        for line in queries.list_variants(session, dataset.name):
            if line.image_count is not None:
                yield line.name


def _manifest(session: Session, variant: str) -> str:
    from registry.queries import names  # noqa: PLC0415 - `--help` needs no database
    from registry.services import planning  # noqa: PLC0415 - likewise

    found = names.variant(session, variant)
    return planning.manifest_of(planning.newest_import(session, found.id, variant))


def _overlap(home: Home, session: Session, here: Path, variant: str) -> Overlap:
    from registry.catalogue import manifests  # noqa: PLC0415 - the other commands need no Parquet

    with manifests.opened(home.blobs, _manifest(session, variant)) as there:
        return manifests.overlap(here, there)


def _show(found: list[tuple[str, Overlap]], *, as_json: bool) -> None:
    if as_json:
        output.show_json(
            [
                {"variant": name, "relation": it.relation, "confidence": round(it.confidence, 4), **vars(it)}
                for name, it in found
            ]
        )
        return
    rows = [
        (
            *(name, it.relation, f"{it.confidence:.1%}", it.same, it.moved, it.changed, it.only_here, it.only_there),
            *(it.labels_shared, it.labels_only_here, it.labels_only_there),
        )
        for name, it in found
    ]
    headings = ("VARIANT", "IS", "LIKE", "SAME", "MOVED", "CHANGED", "ONLY HERE", "ONLY THERE")
    output.table((*headings, "CLASSES", "HERE", "THERE"), rows, empty="No known variant has a file of it.")
