"""`accession policies`: documents are checked, published and looked at."""

from pathlib import Path

import click

from cli import output
from cli.door import Door, pass_door
from policies import shipped
from registry.errors import InvalidInputError, NotFoundError
from registry.queries import policies as queries
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
