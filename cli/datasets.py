"""`accession datasets`: sources are imported into variants."""

import os
from pathlib import Path

import click

from cli import entries, likeness, occurrences, output, search, variants
from cli.door import Door, pass_door
from registry import errors
from registry.catalogue.layout_names import LayoutName
from registry.home import Home
from registry.models.imports import Import, ImportState
from registry.queries import datasets as queries
from registry.queries.datasets import VariantLine
from registry.services import imports as services
from registry.services.imports import HowToRead, VariantWords

HOME_PARTS = ("keys", "blobs", "trust")

_file = click.Path(path_type=Path)


@click.group()
def datasets() -> None:
    """Import datasets and look at their variants."""


datasets.add_command(entries.images)
datasets.add_command(entries.classes)
datasets.add_command(likeness.identify)
datasets.add_command(likeness.compare)
datasets.add_command(occurrences.occurrences)
datasets.add_command(search.search)
datasets.add_command(search.statistics)
datasets.add_command(search.duplicates)
datasets.add_command(variants.seed)
datasets.add_command(variants.lineage)


@datasets.command("import")
@click.argument("variant", metavar="DATASET/VARIANT")
@click.argument("path", type=click.Path(path_type=Path))
@click.option("--title", help="What people call the variant.")
@click.option("--licence", help="SPDX expression for the collection, such as CC-BY-4.0 or LicenseRef-imagenet-terms.")
@click.option(
    "--layout",
    type=click.Choice([name.value for name in LayoutName]),
    default=LayoutName.AUTO.value,
    show_default=True,
    help="How PATH is laid out.",
)
@click.option(
    "--truth", type=_file, metavar="FILE", help="The classes of the images, where a file beside them says so."
)
@click.option("--classes", type=_file, metavar="FILE", help="The list of the classes; images of others are refused.")
@click.option("--trust", type=_file, metavar="FILE", help="The trust root by whose keys an export must be signed.")
@click.option("--pdq", is_flag=True, help="Compute perceptual hashes, too, so that pictures can be found by look.")
@click.option("--rights", is_flag=True, help="Keep what images say of rights, too, as the layer rights/collected.")
@output.as_json
@pass_door
def import_(  # noqa: PLR0913 - one parameter for each option
    door: Door,
    variant: str,
    path: Path,
    title: str | None,
    licence: str | None,
    layout: str,
    *,
    truth: Path | None,
    classes: Path | None,
    trust: Path | None,
    pdq: bool,
    rights: bool,
    as_json: bool,
) -> None:
    """Read the source PATH into DATASET/VARIANT. Interrupted and repeated, it ends in the same manifest.

    PATH is a folder, an archive, a Parquet file or a list of URLs; nothing is unpacked, and nothing is copied.
    """
    with door.open() as home:
        with home.act(door.actor(home)) as act:
            how = HowToRead(LayoutName(layout), truth, classes, trust, has_pdq=pdq, has_rights=rights)
            started = services.start(act, variant, path, VariantWords(title, licence), how)
            _expect_no_home(path, home.settings.home)
        door.keep(home, [services.promise_of(started)], output.ProgressLine())
        done = finished(home, started)
    if as_json:
        output.show_json(summary(done))
        return
    show_report(done)


def show_report(done: Import) -> None:
    """Print what a finished import found, took and refused."""
    counts = done.counts or {}
    output.facts(
        [
            ("layout", done.layout),
            ("came in", counts.get("came_in", done.row_count)),
            ("files", done.row_count),
            ("refused", counts_text(counts.get("refused", {}))),
            ("bytes", done.total_bytes),
            ("formats", counts_text(counts["formats"])),
            ("defects", counts_text(counts["defects"])),
            ("classes", len(counts["labels"])),
            ("empty folders", ", ".join(counts["empty"]) or "none"),
            ("manifest root", done.root),
            *(("concluded", sentence) for sentence in counts.get("conclusions", [])),
        ]
    )
    _show_named("refusal", counts.get("refusals", []), sum(counts.get("refused", {}).values()))
    _show_named("fault", counts.get("faults", []), counts.get("fault_count", 0))


def _show_named(what: str, named: list[dict[str, str]], count: int) -> None:
    """Print refusals or faults that are named, a line each, and how many more there are."""
    for found in named:
        place = ", ".join(filter(None, (found["file"], found["where"])))
        click.echo(output.printable(f"{what}: {place}: {found['why']}"), err=True)
    if count > len(named):
        click.echo(f"{what}: and {count - len(named):,} more", err=True)


def _expect_no_home(path: Path, home: Path) -> None:
    """The keys and the database of a registry are nothing to be listed in a manifest."""
    source, own = (Path(os.path.realpath(it)) for it in (path, home))
    if own.is_relative_to(source) or any(source.is_relative_to(own / part) for part in HOME_PARTS):
        raise errors.InvalidInputError(f"{path} holds the registry home {home}; a source lies elsewhere.")


def finished(home: Home, started: Import) -> Import:
    """The import once it is done.

    Raises:
        AccessionError: it has failed; of the kind and with the sentence that the worker recorded.
    """
    with home.reading() as session:
        done = session.get_one(Import, started.id)
    if done.state is not ImportState.DONE:
        kind = errors.of_code(done.failure_code) if done.failure else errors.UnavailableError
        raise kind(done.failure or "The import was interrupted; give the same command again to go on.")
    return done


def summary(done: Import) -> dict[str, object]:
    """An import as it is printed for machines."""
    return {
        "id": done.id,
        "source": done.source,
        "layout": done.layout,
        "rows": done.row_count,
        "size_bytes": done.total_bytes,
        "root": done.root,
        "manifest_sha256": done.manifest_sha256,
        "counts": done.counts,
    }


def counts_text(counts: dict[str, int]) -> str:
    """Counts by name on one line; `none` where there are none."""
    return ", ".join(f"{name} {count:,}" for name, count in sorted(counts.items())) or "none"


@datasets.command("list")
@output.as_json
@pass_door
def list_datasets(door: Door, *, as_json: bool) -> None:
    """List datasets and their variants."""
    with door.open() as home, home.reading() as session:
        found = [
            line
            for dataset in queries.list_datasets(session, is_insider=True, limit=200).items
            for line in queries.list_variants(session, dataset.name)
        ]
    if as_json:
        output.show_json(found)
        return
    rows = [(v.name, v.title, v.licence, _images(v), v.published_count) for v in found]
    output.table(("VARIANT", "TITLE", "LICENCE", "IMAGES", "PUBLISHED"), rows, empty="Nothing has been imported yet.")


def _images(line: VariantLine) -> object:
    """How many images a variant has; where it has none, what became of its import."""
    if line.image_count is not None or line.newest_import is None:
        return line.image_count
    return "import failed" if line.newest_import is ImportState.FAILED else "being read"


@datasets.command()
@click.argument("variant", metavar="DATASET/VARIANT")
@output.as_json
@pass_door
def show(door: Door, variant: str, *, as_json: bool) -> None:
    """Show a variant and its imports."""
    with door.open() as home, home.reading() as session:
        found = queries.read_variant(session, variant, is_insider=True)
    if as_json:
        output.show_json(found)
        return
    output.facts([("variant", found.name), ("title", found.title), ("licence", found.licence)])
    rows = [(i.started_at, i.state, i.image_count, i.defect_count, i.source, i.failure) for i in found.imports]
    output.table(("STARTED", "STATE", "FILES", "DEFECTS", "SOURCE", "FAILURE"), rows, empty="No imports yet.")
