"""`accession datasets images` and `classes`: what the newest import of a variant saw."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

from cli import output, taxonomy
from cli.door import Door, pass_door
from registry.catalogue.entries import Defect
from registry.errors import NotFoundError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from policies.taxonomy import Taxonomy
    from registry.catalogue.entries import SourceEntry

LIMIT, LIMIT_MAX = 50, 200


@click.command()
@click.argument("variant", metavar="DATASET/VARIANT")
@click.option("--label", help="Only images of this class.")
@click.option("--defect", type=click.Choice([defect.value for defect in Defect]), help="Only images with this defect.")
@click.option("--path", help="Only the image at this path.")
@click.option("--sha256", help="Only images with these bytes.")
@click.option("--after", metavar="PATH", help="Go on behind this path.")
@click.option("--limit", type=click.IntRange(1, LIMIT_MAX), default=LIMIT, show_default=True)
@output.as_json
@pass_door
def images(  # noqa: PLR0913 - one parameter for each option
    door: Door,
    variant: str,
    label: str | None,
    defect: str | None,
    path: str | None,
    sha256: str | None,
    after: str | None,
    limit: int,
    *,
    as_json: bool,
) -> None:
    """List the images that the newest import of DATASET/VARIANT saw, by path."""
    from registry.catalogue import manifests  # noqa: PLC0415 - the other commands need no Parquet

    with _manifest(door, variant) as file:
        if path or sha256:
            found, more = manifests.find_source(file, path=path, sha256=sha256), False
        else:
            found = manifests.source_page(
                file, after, limit + 1, label=label, defect=Defect(defect) if defect else None
            )
            found, more = found[:limit], len(found) > limit
    following = found[-1].path if more else None
    if as_json:
        output.show_json({"items": found, "next": following})
        return
    rows = [(it.path, it.format, _size(it), it.mode, it.size_bytes, it.defect) for it in found]
    output.table(("PATH", "FORMAT", "PIXELS", "MODE", "BYTES", "DEFECT"), rows, empty="No such image.")
    if following:
        click.echo(f"more: --after {following!a}")


@click.command()
@click.argument("variant", metavar="DATASET/VARIANT")
@click.option("--below", metavar="WNID", help="Count what hangs at this synset, and at each directly below it.")
@click.option("--instances", is_flag=True, help="Follow what is one of a synset, too, not only what is a kind of it.")
@taxonomy.named
@output.as_json
@pass_door
def classes(door: Door, variant: str, below: str | None, name: str | None, *, instances: bool, as_json: bool) -> None:
    """List the classes that the newest import of DATASET/VARIANT saw, with their numbers of images."""
    from registry.queries import classes as queries  # noqa: PLC0415 - `--help` needs no database
    from registry.queries import names, taxonomies  # noqa: PLC0415 - likewise
    from registry.services import planning  # noqa: PLC0415 - likewise

    if below is None and (name is not None or instances):
        raise click.UsageError("--in and --instances say how to count --below a synset.")
    with door.open() as home, home.reading() as session:
        newest = planning.newest_import(session, names.variant(session, variant).id, variant)
        found = queries.counts(home.blobs, newest)
        graph = None if below is None else queries.graph(home.blobs, taxonomies.find(session, name))
    if below is not None and graph is not None:
        _show_branches(graph, {it.label: it.rows for it in found}, below, instances=instances, as_json=as_json)
    elif as_json:
        output.show_json(found)
    else:
        output.table(("CLASS", "IMAGES"), [(it.label, it.rows) for it in found], empty="No classes.")


def _show_branches(
    graph: Taxonomy, counted: dict[str | None, int], wnid: str, *, instances: bool, as_json: bool
) -> None:
    """What hangs at a synset: the whole, and each part that has images."""
    from registry.queries import classes as queries  # noqa: PLC0415 - `--help` needs no database

    if wnid not in graph:
        raise NotFoundError(f"No edge of the taxonomy names the synset {wnid}.")
    whole = queries.branch(graph, counted, wnid, instances=instances)
    parts = queries.branches(graph, counted, wnid, instances=instances)
    if as_json:
        output.show_json({"whole": whole, "parts": parts})
        return
    rows = [(it.synset, it.own, it.classes, it.images) for it in (whole, *parts)]
    output.table(("SYNSET", "OWN IMAGES", "CLASSES", "IMAGES"), rows, empty="")
    if sum(it.images for it in parts) + whole.own > whole.images:
        click.echo("Some classes hang at several of these, and count at each.")


@contextmanager
def _manifest(door: Door, variant: str) -> Iterator[Path]:
    """The manifest of a variant's newest import, as a local file."""
    from registry.catalogue import manifests  # noqa: PLC0415 - the other commands need no Parquet
    from registry.queries import names  # noqa: PLC0415 - likewise
    from registry.services import planning  # noqa: PLC0415 - likewise

    with door.open() as home:
        with home.reading() as session:
            found = names.variant(session, variant)
            sha256 = planning.manifest_of(planning.newest_import(session, found.id, variant))
        with manifests.opened(home.blobs, sha256) as file:
            yield file


def _size(entry: SourceEntry) -> str | None:
    return f"{entry.width}x{entry.height}" if entry.width is not None else None
