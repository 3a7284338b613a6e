"""What a handler works with: the opened home, and somebody to tell how far it is."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass

from registry.access import WORKER
from registry.acts import Act
from registry.home import Home

Progress = Callable[[str, int, int | None], None]
"""Told what is being done, how many are done, and how many there are (None: nobody knows yet)."""


def silent(what: str, done: int, total: int | None) -> None:
    """A progress that nobody watches."""
    del what, done, total


@dataclass(frozen=True, slots=True)
class Station:
    """One worker's place."""

    home: Home
    progress: Progress = silent

    def act(self) -> AbstractContextManager[Act]:
        """An act of the worker, now."""
        return self.home.act(WORKER)
