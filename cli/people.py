"""`accession people`: accounts and their roles."""

import sys

import click

from cli import output
from cli.door import Door, pass_door
from registry.models.people import Role
from registry.queries import people as queries
from registry.services import people as services

ROLE_OPTION = click.option(
    "--role",
    "roles",
    multiple=True,
    required=True,
    type=click.Choice([role.value for role in Role]),
    help="Repeatable.",
)


@click.group()
def people() -> None:
    """Add people, change their roles, deactivate them.

    Whoever owns the files of the home may do this without an account; others act as an administrator (--as).
    """


@people.command()
@click.argument("handle")
@click.option("--name", "display_name", help="As it is shown; the handle if not given.")
@ROLE_OPTION
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input instead of making one.")
@pass_door
def add(door: Door, handle: str, display_name: str | None, roles: tuple[str, ...], *, password_stdin: bool) -> None:
    """Add a person; prints a fresh password once, unless one is given."""
    given = sys.stdin.readline().rstrip("\n") if password_stdin else None
    password = given if given is not None else services.new_password()
    with door.open() as home, home.act(door.manager(home)) as act:
        services.add(act, handle, display_name or handle, frozenset(map(Role, roles)), password)
    click.echo(f"Added {handle} ({', '.join(roles)}).")
    if given is None:
        click.echo(f"Password, shown only now: {password}")


@people.command("roles")
@click.argument("handle")
@ROLE_OPTION
@pass_door
def set_roles(door: Door, handle: str, roles: tuple[str, ...]) -> None:
    """Give a person exactly these roles."""
    with door.open() as home, home.act(door.manager(home)) as act:
        services.set_roles(act, handle, frozenset(map(Role, roles)))
    click.echo(f"{handle} has the roles {', '.join(sorted(roles))}.")


@people.command()
@click.argument("handle")
@pass_door
def deactivate(door: Door, handle: str) -> None:
    """Deactivate a person: they can no longer sign in, and what they did stays theirs."""
    with door.open() as home, home.act(door.manager(home)) as act:
        services.deactivate(act, handle)
    click.echo(f"{handle} is deactivated.")


@people.command("list")
@output.as_json
@pass_door
def list_people(door: Door, *, as_json: bool) -> None:
    """List people and their roles."""
    with door.open() as home, home.reading() as session:
        found = queries.list_people(session)
    if as_json:
        output.show_json(found)
        return
    rows = [(p.handle, p.display_name, ", ".join(p.roles), p.is_active) for p in found]
    output.table(("HANDLE", "NAME", "ROLES", "ACTIVE"), rows, empty="No people yet.")
