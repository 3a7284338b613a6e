"""`accession policies`: documents are checked, published and looked at."""

import hashlib
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path

import click

from cli import documents, output
from cli.door import Door, pass_door
from cli.procedures import procedures
from cli.releases import show_counts
from policies import figures, findings, pictures, schema, shipped
from policies import spaces as label_spaces
from policies.document import Policy
from policies.evaluate import Pending
from policies.explain import Explanation
from policies.rules import OTHERWISE
from policies.verdicts import Verdict
from registry import clock
from registry.catalogue.taxonomy import rows
from registry.catalogue.taxonomy.rows import Report
from registry.errors import InvalidInputError, NotFoundError
from registry.queries import policies as queries
from registry.queries import taxonomies
from registry.queries.exposures import Exposure
from registry.services import dry_runs, explanations
from registry.services import policies as services
from registry.services.dry_runs import Beyond, DryRun
from registry.services.explanations import SynsetExplanation

IMAGE_ARGUMENTS = 3
NAMED = 20


@click.group()
def policies() -> None:
    """Check, publish and look at policies."""


policies.add_command(procedures)
_with = click.option(
    "--with", "beside", multiple=True, metavar="FILE", help="A list or taxonomy that the policy names; may be repeated."
)


@policies.command()
@click.argument("file", metavar="FILE")
@_with
@pass_door
def check(door: Door, file: str, beside: tuple[str, ...]) -> None:
    """Check the policy FILE, or the shipped policy of that name, without publishing it."""
    parsed = _parsed(door, file, beside)
    services.expect_usable(parsed, clock.utc_now())
    words = parsed.document
    click.echo(f"{words.name}@{words.version} can be run: {len(words.rules)} rules, {words.strategy}.")
    click.echo(parsed.digest)
    for line in figures.lines(words, parsed.shelf):
        click.echo(line)
    for problem in findings.findings(parsed):
        click.echo(f"look again: {problem}")


def _parsed(door: Door, file: str, beside: tuple[str, ...]) -> Policy:
    """The policy with the files that are given, or else those that the home has."""
    data = read(file)
    given = {f"sha256:{hashlib.sha256(found).hexdigest()}": found for found in map(_bytes, beside)}
    named = [attachment.digest for _, _, attachment in services.outline(data).attachments()]
    if not set(named) <= given.keys():
        with suppress(NotFoundError, InvalidInputError), door.open() as home:
            given = services.files_of(home.blobs, data) | given
    return services.parse(data, given)


def _bytes(file: str) -> bytes:
    """The bytes of a list or taxonomy.

    Raises:
        InvalidInputError: it cannot be read.
    """
    try:
        return Path(file).read_bytes()
    except OSError as error:
        raise InvalidInputError(f"{file} cannot be read: {error.strerror}.") from error


@policies.group()
def lists() -> None:
    """Hand the registry the lists and taxonomies that policies name, and see which are at hand."""


@lists.command("add")
@click.argument("files", metavar="FILE...", nargs=-1, required=True)
@pass_door
def add_lists(door: Door, files: tuple[str, ...]) -> None:
    """Keep each FILE, so that policies can name it by its digest."""
    found = [_bytes(file) for file in files]
    with door.open() as home, home.act(door.actor(home)) as act:
        digests = services.add_files(act, home.blobs, found)
    for file, digest in zip(files, digests, strict=True):
        click.echo(f"{digest}  {file}")


@lists.command("show")
@click.argument("file", metavar="FILE")
@output.as_json
@pass_door
def show_lists(door: Door, file: str, *, as_json: bool) -> None:
    """Show which files the policy FILE, or the shipped policy of that name, needs, and which are at hand."""
    with door.open() as home:
        found = services.named_files(home.blobs, read(file))
    if as_json:
        output.show_json(found)
        return
    lines = [("yes" if it.is_at_hand else "no", it.digest, f"{it.what}: {it.title}", it.url or "-") for it in found]
    output.table(("AT HAND", "DIGEST", "WHAT", "FROM"), lines, empty="This policy needs no file.")


@policies.command()
@click.argument("file", metavar="POLICY")
@click.argument("spaces", metavar="LIST...", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--in", "taxonomy", metavar="NAME[@VERSION]", help="A taxonomy with instances: what do rules overlook?")
@_with
@output.as_json
@pass_door
def measure(
    door: Door, file: str, spaces: tuple[Path, ...], beside: tuple[str, ...], *, taxonomy: str | None, as_json: bool
) -> None:
    """Show how many synsets of each LIST (a label space) each rule of POLICY decides."""
    parsed = _parsed(door, file, beside)
    listed = {space.name: rows.wnids(space, Report()) for space in spaces}
    found = {name: label_spaces.measure(parsed, synsets) for name, synsets in listed.items()}
    below = frozenset[str]() if taxonomy is None else _below(door, taxonomy, label_spaces.roots(parsed))
    missed = {name: label_spaces.overlooked(parsed, synsets, below) for name, synsets in listed.items()}
    if as_json:
        output.show_json({name: {**asdict(space), "overlooked": missed[name]} for name, space in found.items()})
        return
    names = [*(rule.id for rule in parsed.document.rules), OTHERWISE, label_spaces.PENDING]
    used = [name for name in names if any(name in space.by_rule for space in found.values())]
    lines = [(name, space.total, *(space.by_rule.get(rule, 0) for rule in used)) for name, space in found.items()]
    output.table(("LABEL SPACE", "SYNSETS", *(name.upper() for name in used)), lines, empty="No list was given.")
    for name, synsets in missed.items():
        if synsets:
            click.echo(f"look again: {name} has {len(synsets):,} below a subtree that no rule names{_some(synsets)}")


def _below(door: Door, taxonomy: str, roots: frozenset[str]) -> frozenset[str]:
    """Everything below these synsets in a taxonomy of the home, instances too."""
    with door.open() as home, home.reading() as session:
        found = taxonomies.load(home.blobs, taxonomies.find(session, taxonomy))
    return frozenset(wnid for root in roots & found.synsets.keys() for wnid in found.below(root, instances=True))


@policies.command()
@click.argument("file", metavar="FILE")
@pass_door
def publish(door: Door, file: str) -> None:
    """Publish the policy FILE, or the shipped policy of that name; it never changes again."""
    data = read(file)
    with door.open() as home, home.act(door.actor(home)) as act:
        published = services.publish(act, home.blobs, data)
    click.echo(f"Published {published.name}@{published.version}  sha256:{published.sha256}")


def read(file: str) -> bytes:
    """The bytes of a policy file, or of the shipped policy with that name.

    Raises:
        NotFoundError: there is neither.
        InvalidInputError: the file is far too large for a policy, or cannot be read.
    """
    return documents.read(file, {name: shipped.read(name) for name in shipped.names()}, "policy")


@policies.command("schema")
def print_schema() -> None:
    """Print the JSON Schema of policy documents, for editors."""
    output.show_json(schema.json_schema())


@policies.command("try")
@click.argument("file", metavar="FILE")
@click.argument("variant", metavar="DATASET/VARIANT")
@click.option("--floor", default=dry_runs.FLOOR, show_default=True, help="Fewest images that a class should keep.")
@click.option("--picture", type=click.Path(path_type=Path, dir_okay=False), help="Draw the classes into this SVG file.")
@output.as_json
@pass_door
def try_(door: Door, file: str, variant: str, floor: int, picture: Path | None, *, as_json: bool) -> None:
    """Show what the policy FILE would do to a variant; it need not be published, and nothing is kept."""
    with door.open() as home, home.reading() as session:
        found = dry_runs.run(session, home.blobs, home.kept, variant, read(file), clock.utc_now(), floor)
    if picture:
        picture.write_text(pictures.distribution(found.classes, f"Images in each class of {variant}"))
    if as_json:
        output.show_json(found)
    else:
        _print_dry_run(found)


def _print_dry_run(found: DryRun) -> None:
    """The account, and below it who and what is concerned."""
    show_counts(found.verdicts, found.reasons, found.total)
    for rule, count in found.rules.items():
        click.echo(f"decided by {rule}: {count:,}")
    for split, counts in found.splits.items():
        click.echo(f"split {split}: {', '.join(f'{verdict} {count:,}' for verdict, count in counts.items())}")
    click.echo(output.printable(f"nothing is left of {len(found.vanishing):,} classes{_some(found.vanishing)}"))
    click.echo(
        output.printable(f"{len(found.under_floor):,} classes may fall below {found.floor:,}{_some(found.under_floor)}")
    )
    for change in found.changes:
        reasons = ", ".join(change["reasons"])
        words = (
            f"{change['count']:,} from {change['before']} to {change['after']} ({reasons}), such as {change['example']}"
        )
        click.echo(output.printable(f"against the policy in force: {words}"))
    if found.beyond:
        _print_beyond(found.beyond)


def _print_beyond(beyond: Beyond) -> None:
    for other in beyond.touched:
        click.echo(f"{other.kind} {other.what}: {other.affected:,} of {other.total:,} would go")
    for weights in beyond.exposed:
        click.echo(output.printable(_exposed(weights)))
    for line in beyond.look_again:
        click.echo(f"look again: {line}")


def _exposed(found: Exposure) -> str:
    """What weights have to do with what goes, in one line."""
    if found.affected is not None:
        count = f"{found.affected:,} of {found.total or 0:,}"
        return f"weights {found.weights}: {found.how} {found.on}, of which {count} would go"
    way = "; ".join(step.words for step in found.between)
    return f"weights {found.weights} may have seen some: {found.how} {found.on}{f' ({way})' if way else ''}"


def _some(names: tuple[str, ...]) -> str:
    return f": {', '.join(names[:NAMED])}{' and more' if len(names) > NAMED else ''}" if names else ""


@policies.command()
@click.argument("asked", metavar="SYNSET | NAME[@VERSION] DATASET/VARIANT PATH", nargs=-1, required=True)
@click.option("--policy", "only", metavar="NAME", help="For a synset: ask this policy alone.")
@output.as_json
@pass_door
def explain(door: Door, asked: tuple[str, ...], only: str | None, *, as_json: bool) -> None:
    """Show why policies decide as they do about a synset, or one about an image, and what would keep it."""
    if len(asked) not in (1, IMAGE_ARGUMENTS):
        raise click.UsageError("Name a synset, or a policy, a variant and the path of an image.")
    with door.open() as home, home.reading() as session:
        if len(asked) == 1:
            by_policy = explanations.explain_synset(session, home.blobs, asked[0], only)
        else:
            name, variant, path = asked
            image = explanations.explain(session, home.blobs, variant, name, path, clock.utc_now())
    if as_json:
        output.show_json(by_policy if len(asked) == 1 else image)
    elif len(asked) == 1:
        _print_synset(by_policy)
    else:
        print_explanation(image)


def _print_synset(found: list[SynsetExplanation]) -> None:
    """What each policy does with the synset; its words are for `accession taxonomy show`."""
    for each in found:
        click.echo(f"{each.policy}:")
        print_explanation(each.found)
    if not found:
        click.echo("No policy has been published yet.")


def print_explanation(found: Explanation) -> None:
    """The outcome, what each rule made of the image, and the nearest changes that would keep it."""
    match found.outcome:
        case Verdict(action=action, reasons=reasons, rule=rule):
            click.echo(f"{action} ({', '.join(reasons)}), decided by {rule}")
        case Pending(needs=needs):
            click.echo(f"no verdict before {', '.join(sorted(needs))} are looked for")
    for rule_trace in found.rules:
        click.echo(f"  {rule_trace.rule}: {rule_trace.truth.name.lower()} - {rule_trace.sentence}")
        for answer in rule_trace.answers:
            click.echo(output.printable(f"      {answer.question}? {answer.truth.name.lower()}: it is {answer.value}"))
        for way in rule_trace.paths:
            click.echo(f"      by way of {' > '.join(way)}")
    for alternative in found.alternatives:
        click.echo(output.printable(f"would be kept if {' and '.join(alternative.changes)}"))


@policies.command("list")
@output.as_json
@pass_door
def list_policies(door: Door, *, as_json: bool) -> None:
    """List published policies."""
    with door.open() as home, home.reading() as session:
        found = queries.list_policies(session)
    if as_json:
        output.show_json(found)
        return
    lines = [(f"{p.name}@{p.version}", p.title, p.published_by, p.published_at) for p in found]
    output.table(("POLICY", "TITLE", "PUBLISHED BY", "AT"), lines, empty="No policy has been published yet.")


@policies.command()
@click.argument("name", metavar="NAME[@VERSION]")
@pass_door
def show(door: Door, name: str) -> None:
    """Print a published policy as it was published."""
    with door.open() as home, home.reading() as session:
        click.echo(queries.read_policy(session, home.blobs, name).document, nl=False)
