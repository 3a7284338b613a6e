"""How a command shows what it found: tables for people, JSON for machines. The only place that prints either."""

from __future__ import annotations

import dataclasses
import json
import sys
import time
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from enum import Enum
from pathlib import Path
from uuid import UUID

import click

from registry import clock

REDRAW_SECONDS = 0.2
REPORT_SECONDS = 5.0
as_json = click.option("--json", "as_json", is_flag=True, help="Print JSON instead of a table.")


def show_json(value: object) -> None:
    """The value as indented JSON on standard output."""
    click.echo(json.dumps(plain(value), indent=2, ensure_ascii=False))  # noqa: TID251 - the home of what is shown


def plain(value: object) -> object:
    """The value in JSON's own types: dataclasses and documents as objects, times as RFC 3339, ids and paths as text."""
    if (names := _names(value)) is not None:
        return {name: plain(getattr(value, name)) for name in names}
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [plain(item) for item in value]
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, date):
        return clock.rfc3339(value) if isinstance(value, datetime) else value.isoformat()
    return str(value) if isinstance(value, UUID | Path) else value


def _names(value: object) -> Sequence[str] | None:
    """The fields of a dataclass, or of a document; None for everything else."""
    if dataclasses.is_dataclass(value):
        return [field.name for field in dataclasses.fields(value)]
    # Pydantic's are told without importing it: most commands start without.
    documented = getattr(type(value), "model_fields", None)
    return None if documented is None else list(documented)


def table(headings: Sequence[str], rows: Sequence[Sequence[object]], *, empty: str) -> None:
    """The rows in aligned columns; numbers to the right; `empty` where there are none."""
    if not rows:
        click.echo(empty)
        return
    cells = [[_cell(value) for value in row] for row in rows]
    widths = [max(len(line[column]) for line in [list(headings), *cells]) for column in range(len(headings))]
    numeric = [all(type(row[column]) is int for row in rows) for column in range(len(headings))]
    for line in [list(headings), *cells]:
        padded = [
            text.rjust(width) if right else text.ljust(width)
            for text, width, right in zip(line, widths, numeric, strict=True)
        ]
        click.echo("  ".join(padded).rstrip())


def facts(pairs: Sequence[tuple[str, object]]) -> None:
    """Names and values, one pair a line."""
    width = max(len(name) for name, _ in pairs)
    for name, value in pairs:
        click.echo(f"{name.ljust(width)}  {_cell(value)}")


def _cell(value: object) -> str:
    match value:
        case None:
            return "-"
        case bool():
            return "yes" if value else "no"
        case int():
            return f"{value:,}"
        case datetime():
            return clock.rfc3339(value)
        case Enum():
            return str(value.value)
        case _:
            return printable(str(value))


def complain(sentence: str) -> None:
    """The sentence on one line of standard error; a file's name in it cannot steer the terminal."""
    click.echo(f"accession: {printable(sentence)}", err=True)


def printable(text: str) -> str:
    """The text with control characters made visible, so that a file's name cannot steer the terminal."""
    return "".join(char if char.isprintable() else ascii(char)[1:-1] for char in text)


class ProgressLine:
    """Tells how far work is: a line that redraws on a terminal, a line now and then elsewhere."""

    def __init__(self) -> None:
        self._is_terminal = sys.stderr.isatty()
        self._what, self._began, self._drawn, self._first = "", 0.0, 0.0, 0

    def __call__(self, what: str, done: int, total: int | None) -> None:
        """So many are done, of so many."""
        now = time.monotonic()
        if what != self._what:
            # What was done before is no measure of how fast it goes now.
            self._what, self._began, self._drawn, self._first = what, now, 0.0, done
        is_last = done == total
        if not is_last and now - self._drawn < (REDRAW_SECONDS if self._is_terminal else REPORT_SECONDS):
            return
        self._drawn = now
        line = f"  {what}: {done:,}{_expected(done, total, done - self._first, now - self._began)}"
        click.echo(f"\r\x1b[2K{line}" if self._is_terminal else line, nl=is_last or not self._is_terminal, err=True)


def _expected(done: int, total: int | None, lately: int, seconds: float) -> str:
    """Out of how many, how fast, and how long it will take; by how many were done lately, in so many seconds."""
    of = "" if total is None else f" of {total:,}"
    if lately <= 0 or seconds < REDRAW_SECONDS:
        return of
    rate = lately / seconds
    left = f", {(total - done) / rate:,.0f} s left" if total is not None and total > done else ""
    return f"{of} ({rate:,.1f} a second{left})"
