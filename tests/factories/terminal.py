"""The command line as somebody at a terminal meets it: words in; an exit code and two streams out."""

import io
import sys
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path

import pytest
import structlog

from cli.main import main
from registry import environment
from tests.factories.people import PASSWORD


@dataclass(frozen=True, slots=True)
class Done:
    """What came of a command."""

    code: object
    out: str
    err: str


@dataclass(frozen=True, slots=True)
class Terminal:
    """A terminal where a home was named, and perhaps a person who acts.

    Attributes:
        home: the registry home; None to name none.
        person: who acts; None for nobody.
        password: theirs.
    """

    home: Path | None = None
    person: str | None = None
    password: str = PASSWORD

    def run(self, *words: str | Path, typed: str = "") -> Done:
        """The command, run in this process as `accession` would be."""
        out, err = (io.TextIOWrapper(io.BytesIO(), "utf-8", write_through=True) for _ in range(2))
        with pytest.MonkeyPatch.context() as patch, redirect_stdout(out), redirect_stderr(err), _own_logs():
            self._say_who(patch)
            patch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(typed.encode())))
            with pytest.raises(SystemExit) as ended:
                main([*self._home_words(), *map(str, words)])
        return Done(ended.value.code, _text(out), _text(err))

    def acting(self, person: str) -> "Terminal":
        """The same terminal, with somebody else at it."""
        return Terminal(self.home, person)

    def _home_words(self) -> list[str]:
        return ["--home", str(self.home)] if self.home else []

    def _say_who(self, patch: pytest.MonkeyPatch) -> None:
        for name in (environment.HOME_VARIABLE, environment.PERSON_VARIABLE, environment.PASSWORD_VARIABLE):
            patch.delenv(name, raising=False)
        if self.person is not None:
            patch.setenv(environment.PERSON_VARIABLE, self.person)
            patch.setenv(environment.PASSWORD_VARIABLE, self.password)


@contextmanager
def _own_logs() -> Iterator[None]:
    """As in a process of its own, nobody has said how to log, and what the command says about it ends with it."""
    structlog.reset_defaults()
    try:
        yield
    finally:
        structlog.reset_defaults()


def _text(stream: io.TextIOWrapper) -> str:
    stream.seek(0)
    return stream.read()
