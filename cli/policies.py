"""`accession policies`: documents are checked, published and looked at."""

from pathlib import Path

import click

from cli import output
from cli.door import Door, pass_door
from policies import findings, schema, shipped
from policies.evaluate import Pending
from policies.explain import Explanation
from policies.verdicts import Verdict
from registry.errors import InvalidInputError, NotFoundError
from registry.queries import policies as queries
from registry.services import explanations
from registry.services import policies as services

POLICY_BYTES_MAX = 1 << 20


@click.group()
def policies() -> None:
    """Check, publish and look at policies."""


@policies.command()
@click.argument("file", metavar="FILE")
def check(file: str) -> None:
    """Check the policy FILE, or the shipped policy of that name, without publishing it."""
    parsed = services.parse(read(file))
    words = parsed.document
    click.echo(f"{words.name}@{words.version} can be run: {len(words.rules)} rules, {words.strategy}.")
    click.echo(parsed.digest)
    for problem in findings.findings(parsed):
        click.echo(f"look again: {problem}")


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
    path = Path(file)
    if not path.exists() and file in shipped.names():
        return shipped.read(file)
    try:
        if path.stat().st_size > POLICY_BYTES_MAX:
            raise InvalidInputError(f"{file} is larger than a policy can be ({POLICY_BYTES_MAX} bytes).")
        return path.read_bytes()
    except FileNotFoundError as error:
        known = ", ".join(shipped.names())
        raise NotFoundError(f"There is no file {file}, and no shipped policy of that name ({known}).") from error
    except OSError as error:
        raise InvalidInputError(f"{file} cannot be read: {error.strerror}.") from error


@policies.command("schema")
def print_schema() -> None:
    """Print the JSON Schema of policy documents, for editors."""
    output.show_json(schema.json_schema())


@policies.command()
@click.argument("name", metavar="NAME[@VERSION]")
@click.argument("variant", metavar="DATASET/VARIANT")
@click.argument("path", metavar="PATH")
@output.as_json
@pass_door
def explain(door: Door, name: str, variant: str, path: str, *, as_json: bool) -> None:
    """Show why a policy decides as it does about one image, and what would have to be otherwise."""
    with door.open() as home, home.reading() as session:
        found = explanations.explain(session, home.blobs, variant, name, path)
    if as_json:
        output.show_json(found)
        return
    print_explanation(found)


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
    rows = [(f"{p.name}@{p.version}", p.title, p.published_by, p.published_at) for p in found]
    output.table(("POLICY", "TITLE", "PUBLISHED BY", "AT"), rows, empty="No policy has been published yet.")


@policies.command()
@click.argument("name", metavar="NAME[@VERSION]")
@pass_door
def show(door: Door, name: str) -> None:
    """Print a published policy as it was published."""
    with door.open() as home, home.reading() as session:
        click.echo(queries.read_policy(session, home.blobs, name).document, nl=False)
