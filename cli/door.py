"""What every command shares: which home, who acts, and how to open both, late."""

from __future__ import annotations

import logging
import sys
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import click

from registry import environment
from registry.errors import UnauthenticatedError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from registry.access import Actor
    from registry.acts import Promise
    from registry.home import Home

    Progress = Callable[[str, int, int | None], None]


@dataclass(frozen=True, slots=True)
class Door:
    """What was said before the command.

    Attributes:
        home_name: the folder given with `--home`; None to take the variable.
        handle: the person given with `--as`; None to take the variable.
    """

    home_name: str | None
    handle: str | None

    @contextmanager
    def open(self) -> Iterator[Home]:
        """The opened home, with a database of the right shape.

        Raises:
            NotFoundError: there is no such home.
            UnavailableError: its database cannot be reached, or has another shape.
        """
        from registry import db, logs, settings  # noqa: PLC0415 - `--help` needs no database
        from registry.home import Home  # noqa: PLC0415 - likewise

        logs.configure_if_new(logging.WARNING)
        with Home(settings.load(settings.chosen_home(self.home_name))) as home:
            db.require_head(home.engine)
            yield home

    def keep(self, home: Home, promises: Iterable[Promise], tell: Progress | None = None) -> None:
        """Every promise is kept: by this process, or by the worker that is running already."""
        for promise in promises:
            from registry.worker import loop  # noqa: PLC0415 - the job engine and the detectors are slow to import
            from registry.worker.station import silent  # noqa: PLC0415 - likewise

            loop.keep(home, promise, tell or silent)

    def actor(self, home: Home) -> Actor:
        """The person who acts, after they have proved that they are it.

        Raises:
            UnauthenticatedError: nobody is named, or the password is not right.
        """
        from registry.services import people  # noqa: PLC0415 - `--help` needs no passwords

        handle = self.handle or environment.variable(environment.PERSON_VARIABLE)
        if not handle:
            raise UnauthenticatedError(
                f"Say who acts: accession --as PERSON ..., or the variable {environment.PERSON_VARIABLE}."
            )
        known = environment.variable(environment.PASSWORD_VARIABLE)
        if not known and not sys.stdin.isatty():
            raise UnauthenticatedError(
                f"Nobody can be asked for the password of {handle} here; give it in {environment.PASSWORD_VARIABLE}."
            )
        password = known or click.prompt(f"Password of {handle}", hide_input=True, err=True)
        with home.reading() as session:
            return people.authenticate(session, handle, password)

    def manager(self, home: Home) -> Actor:
        """The person who acts, if one is named; else the operator, who owns the files of the home."""
        from registry.access import OPERATOR  # noqa: PLC0415 - `--help` needs no permissions

        is_named = self.handle or environment.variable(environment.PERSON_VARIABLE)
        return self.actor(home) if is_named else OPERATOR


pass_door = click.make_pass_decorator(Door)
"""Gives a command the door."""
