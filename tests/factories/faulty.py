"""A command that fails in a way that nobody foresaw."""

import click


@click.command()
def divide() -> None:
    """Divide by zero."""
    click.echo(1 // 0)
