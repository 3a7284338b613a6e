"""Which witnesses must have cosigned? The two options that every command has which believes a tree head."""

from collections.abc import Callable, Sequence
from functools import wraps
from typing import Any, TypeVar

import click

from registry.proof import note
from registry.proof.monitor import Witnesses

R = TypeVar("R")


def options(command: Callable[..., R]) -> Callable[..., R]:
    """The command takes `--witness KEY`, again and again, and `--witnesses K`; it is given them as `witnesses`."""

    @click.option("--witness", "keys", multiple=True, metavar="KEY", help="A witness of the log, by its public key.")
    @click.option(
        "--witnesses",
        "needed",
        type=click.IntRange(min=0),
        metavar="K",
        help="How many of them must have cosigned the tree head; all, if not given.",
    )
    @wraps(command)
    def asked(*words: Any, keys: tuple[str, ...], needed: int | None, **others: Any) -> R:  # noqa: ANN401 - its own
        return command(*words, witnesses=asked_for(keys, needed), **others)

    return asked


def asked_for(keys: Sequence[str], needed: int | None) -> Witnesses:
    """Whose cosignatures are looked for.

    Raises:
        InvalidInputError: a key is none.
        click.UsageError: more are needed than are named.
    """
    known = tuple(map(note.key_from_text, keys))
    if any(key.kind != note.COSIGNATURE for key in known):
        raise click.UsageError("A key given with --witness is that of a log.")
    if needed is not None and needed > len(known):
        raise click.UsageError("More witnesses are needed than are named with --witness.")
    return Witnesses(known, len(known) if needed is None else needed)
