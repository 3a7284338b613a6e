"""`accession blur`: a folder in, a folder without recognisable faces out; and how good that is, measured."""

from __future__ import annotations

import hashlib
import logging
import os
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from cli import output
from registry.errors import InvalidInputError, NotFoundError, UnavailableError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from blurring.engines import Item, Refused
    from blurring.recipe import Recipe
    from blurring.truth import Truth

DEFAULT_RECIPE = "centerface"
DEFAULT_COMMAND = "folder"
EXIT_IN_PART = 9
folder = partial(click.Path, path_type=Path)
recipe_option = click.option(
    "--recipe", "recipe_name", default=DEFAULT_RECIPE, show_default=True, help="A shipped recipe's name, or a file."
)
recipes_option = click.option(
    "--recipe",
    "recipe_names",
    multiple=True,
    default=(DEFAULT_RECIPE,),
    show_default=True,
    help="A shipped recipe's name, or a file; several to see them side by side.",
)
device_option = click.option("--device", default="cpu", show_default=True, help="Where faces are looked for.")
weights_option = click.option(
    "--weights",
    "weights",
    multiple=True,
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="Weights that the recipe names and that you have; may be repeated. Known by their digest.",
)
workers_option = click.option("--workers", type=click.IntRange(1), help="Processes; one per processor if not given.")
engine_option = click.option(
    "--engine",
    "engine_name",
    type=click.Choice(["local", "ray"]),
    default="local",
    show_default=True,
    help="Processes of this machine, or a Ray cluster that sees SRC and DST too.",
)
ray_option = click.option(
    "--ray", "ray_address", default="127.0.0.1:6379", show_default=True, help="Host and port of the cluster's head."
)


class _FolderFirst(click.Group):
    """A group in which `blur SRC DST` needs no verb."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Arguments that begin with no command's name are those of the command that works on folders."""
        if args and args[0] not in (*self.commands, *ctx.help_option_names):
            args = [DEFAULT_COMMAND, *args]
        return super().parse_args(ctx, args)


@click.group(cls=_FolderFirst)
def blur() -> None:
    """Blur the faces in a folder (`accession blur SRC DST`), and measure what was missed."""


@blur.command(name=DEFAULT_COMMAND)
@click.argument("source", metavar="SRC", type=folder())
@click.argument("target", metavar="DST", type=folder())
@recipe_option
@weights_option
@device_option
@workers_option
@engine_option
@ray_option
@click.option("--report", "report_file", type=folder(), help="One line of JSON per picture; DST.jsonl if not given.")
@output.as_json
@click.pass_context
def blur_folder(  # noqa: PLR0913, PLR0917 - one parameter for each option
    ctx: click.Context,
    source: Path,
    target: Path,
    recipe_name: str,
    weights: tuple[Path, ...],
    device: str,
    workers: int | None,
    engine_name: str,
    ray_address: str,
    report_file: Path | None,
    *,
    as_json: bool,
) -> None:
    """Write the pictures of SRC to DST without recognisable faces. Stopped and repeated, it goes on where it was.

    Every file of SRC is taken for a picture. Where some of them failed, it ends with 9, and the report names them.
    """
    from blurring import engines  # noqa: PLC0415 - `--help` needs no detector
    from blurring.folders import FolderJob, StoreSink  # noqa: PLC0415 - likewise
    from blurring.pipeline import Action  # noqa: PLC0415 - likewise

    if target.name in ("", ".."):
        target = Path(os.path.realpath(target))
    report_file = report_file or target.with_name(f"{target.name}.jsonl")
    _require_apart(source, target, report_file)
    with border():
        (recipe,) = equipped([recipe_name], weights)
        job = FolderJob(target, report_file, recipe, device)
        job.resume()
        engine = engines.opened(engines.EngineName(engine_name), StoreSink(str(target.absolute())), ray_address)
        run = partial(engine.run, recipe=recipe, device=device, workers=workers)
        progress, total = output.ProgressLine(), _count(source)
        progress("pictures", len(job.account), total)
        for done in job.run(_work(source), run):
            progress("pictures", done, total)
    account = job.account
    found = {action.value: account.counts[action] for action in Action}
    found |= {"faces": account.faces, "doubtful": account.doubtful}
    codes = sorted((+account.codes).items())
    if as_json:
        told = {"device": device, "remarks": list(job.remarks), "report": report_file}
        output.show_json({"recipe": recipe.digest(), **told, **found, "codes": dict(codes)})
    else:
        why = [("failed for", f"{code} ({count:,})") for code, count in codes]
        output.facts([*found.items(), ("report", report_file), *why, *(("remark", it) for it in job.remarks)])
    if failed := account.counts[Action.FAILED]:
        what = "1 file is" if failed == 1 else f"{failed:,} files are"
        output.complain(f"{what} not in {target}; the lines with a code in {report_file} name them and say why.")
        ctx.exit(EXIT_IN_PART)


@blur.command()
@click.argument("images", metavar="IMAGES", type=folder())
@click.argument("truth_file", metavar="TRUTH.json", type=folder())
@recipes_option
@weights_option
@device_option
@workers_option
@click.option("--curve", "curve_file", type=folder(), help="Draw recall against over-blur to this SVG file.")
@output.as_json
def evaluate(
    images: Path,
    truth_file: Path,
    recipe_names: tuple[str, ...],
    weights: tuple[Path, ...],
    device: str,
    workers: int | None,
    curve_file: Path | None,
    *,
    as_json: bool,
) -> None:
    """Measure recipes on the photographs of IMAGES, whose faces people have judged in TRUTH.json."""
    from blurring import curves, trials  # noqa: PLC0415 - `--help` needs no detector

    if curve_file and not curve_file.parent.is_dir():
        raise NotFoundError(f"There is no folder {curve_file.parent} for the curve.")
    with border():
        items, judged = _judged(images, truth_file)
        measured = []
        for name, recipe in zip(recipe_names, equipped(recipe_names, weights), strict=True):
            trial = trials.Trial(recipe, device, workers or os.cpu_count() or 1)
            progress = output.ProgressLine()
            measured.append(trial.figures(items, judged, partial(progress, name, total=len(items) * trial.rounds)))
    if curve_file:
        curve_file.write_text(curves.drawn({m.recipe: m.curve for m in measured}))
    if as_json:
        output.show_json([m.as_json() for m in measured])
        return
    for figures in measured:
        output.table(("measured with " + figures.recipe, "share", "of", "95 % interval"), figures.rows(), empty="")
        click.echo()


@blur.command()
@click.argument("images", metavar="IMAGES", type=folder())
@click.argument("truth_file", metavar="TRUTH.json", type=folder())
@recipes_option
@output.as_json
def attack(images: Path, truth_file: Path, recipe_names: tuple[str, ...], *, as_json: bool) -> None:
    """Count the judged faces of IMAGES that a program still recognises after they were blurred."""
    from blurring import attacks  # noqa: PLC0415 - `--help` needs no detector

    with border():
        items, judged = _judged(images, truth_file)
        gallery = attacks.faces(items, judged)
        tried = {"none, compressed only": None, "Yang et al. 2022": attacks.PAPER, "solid, the floor": attacks.FLOOR}
        measured = {
            name: attacks.recognised(gallery, obscuring)
            for name, obscuring in (tried | {name: chosen(name).obscuring for name in recipe_names}).items()
        }
    if as_json:
        output.show_json({name: {**found.by_attack, "any": found.by_any} for name, found in measured.items()})
        return
    rows = [(name, *found.by_attack.values(), found.by_any, found.faces) for name, found in measured.items()]
    output.table(("still recognised after", *attacks.ATTACKS, "any", "of faces"), rows, empty="")


@contextmanager
def border() -> Iterator[None]:
    """Blurring's own errors, said as the registry says such things, and its log on standard error.

    Raises:
        InvalidInputError: a recipe, a truth or a report is none.
        UnavailableError: detector, device or target are not there.
    """
    from blurring.errors import BlurringError, RecipeError, ReportError, TruthError  # noqa: PLC0415 - late
    from registry import logs  # noqa: PLC0415 - likewise

    logs.configure_if_new(logging.WARNING)
    try:
        yield
    except (RecipeError, ReportError, TruthError) as error:
        raise InvalidInputError(_sentence(error)) from error
    except BlurringError as error:
        raise UnavailableError(_sentence(error)) from error


def chosen(name: str) -> Recipe:
    """The shipped recipe of that name, or the one in the file of that name."""
    from blurring import recipe  # noqa: PLC0415 - late

    path = Path(name)
    is_shipped = name in recipe.names() or not path.is_file()
    return recipe.named(name) if is_shipped else recipe.load(path.read_bytes())


def equipped(names: Sequence[str], weights: Sequence[Path]) -> list[Recipe]:
    """The recipes of these names, knowing these files of weights.

    Raises:
        InvalidInputError: none of them asks for what is in one of the files.
    """
    recipes = [chosen(name) for name in names]
    wanted = {digest for recipe in recipes for digest in recipe.supplied_weights()}
    files = {"sha256:" + hashlib.sha256(file.read_bytes()).hexdigest(): file for file in weights}
    for digest, file in files.items():
        if digest not in wanted:
            raise InvalidInputError(f"No recipe here ({', '.join(names)}) asks for the weights in {file} ({digest}).")
    return [recipe.with_files(files) for recipe in recipes]


def _sentence(error: Exception) -> str:
    text = str(error)
    begins_with_a_word = text.partition(" ")[0].isalpha()
    start = text[:1].upper() if begins_with_a_word else text[:1]
    return f"{start}{text[1:]}{'' if text.endswith('.') else '.'}"


def _require_apart(source: Path, target: Path, report_file: Path) -> None:
    if not source.is_dir():
        raise NotFoundError(f"There is no folder {source}.")
    if target.exists() and not target.is_dir():
        raise InvalidInputError(f"DST must be a folder, and {target} is a file.")
    # `Path.resolve` has no sentence for a link that leads to itself.
    one, other, report = (Path(os.path.realpath(path)) for path in (source, target, report_file))
    if one == other or one in other.parents or other in one.parents:
        raise InvalidInputError("SRC and DST must be two folders, neither inside the other.")
    if one in report.parents:
        raise InvalidInputError("The report must not lie in SRC, whose files are all taken for pictures.")
    if report.exists() and not report.is_file():
        raise InvalidInputError(f"The report must be a file that can be read again, and {report_file} is none.")


def _count(source: Path) -> int:
    from registry.catalogue.found import Kind  # noqa: PLC0415 - late
    from registry.catalogue.layouts import folders  # noqa: PLC0415 - likewise

    return sum(found.kind is not Kind.EMPTY_FOLDER for found in folders.walk(source))


def _judged(images: Path, truth_file: Path) -> tuple[list[Item], Truth]:
    from blurring import truth  # noqa: PLC0415 - late
    from blurring.engines import Item  # noqa: PLC0415 - likewise

    if not images.is_dir() or not truth_file.is_file():
        raise NotFoundError("IMAGES must be a folder, and TRUTH.json a file.")
    judged = truth.load(truth_file.read_bytes())
    return [thing for thing in _work(images) if isinstance(thing, Item)], judged


def _work(source: Path) -> Iterator[Item | Refused]:
    """Every file of the folder, hashed; refused where the registry would refuse it too."""
    from blurring.engines import Item, Refused  # noqa: PLC0415 - late
    from registry.catalogue import intake  # noqa: PLC0415 - likewise
    from registry.catalogue.layouts import folders  # noqa: PLC0415 - likewise
    from registry.catalogue.reports import ImportReport  # noqa: PLC0415 - likewise

    report = ImportReport()
    for entry in intake.scan(folders.walk(source), report, workers=1):
        if entry.defect is None and entry.sha256 is not None:
            yield Item(entry.path, str(source.absolute() / entry.path), entry.sha256)
        else:
            yield Refused(entry.path, entry.sha256, entry.defect or "unreadable")
    if not report.came_in:
        raise InvalidInputError(f"{source} holds no files.")
