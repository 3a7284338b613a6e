"""How is a manifest opened for questions?

DuckDB reads the Parquet file where it lies; only the row groups that a question touches are read. Nothing is changed,
nothing is fetched from elsewhere, and no name in the question is more than a value.

A process has one database, in memory and empty; each question gets a session of it with views of its own. What a file
says of itself is kept from one question to the next: reading that again would take longer than most answers.
"""

import glob
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

import duckdb

from registry.catalogue.manifests import columns, looks
from registry.errors import DamagedError, InvalidInputError

UNLOCKED: dict[str, str | bool | int | float | list[str]] = {
    "autoinstall_known_extensions": False,
    "autoload_known_extensions": False,
}
ROW = "file_row_number"
"""The column that says which row of the file a row is, counted from 0."""
SETTINGS = UNLOCKED | {"lock_configuration": True}


@contextmanager
def opened(only: Sequence[str] = (), /, **files: Path) -> Iterator[Any]:
    """A DuckDB session in which each file is a view of the given name.

    Args:
        only: the columns that the question needs, `ROW` among them if it does: of each other one DuckDB would look at
            what the file says of every row group. All but `ROW`, where none is named.
        files: by the names that the question has for them.

    Raises:
        DamagedError: a file is no manifest any more.
        InvalidInputError: a file is no manifest of the kind that the question needs.
    """
    with _database(os.getpid()).cursor() as session:
        try:
            for name, file in files.items():
                _show(session, name, file, only)
            yield session
        except (duckdb.IOException, duckdb.InvalidInputException) as error:
            raise DamagedError(f"A manifest is damaged or gone ({_names(files)}); look into your backup.") from error
        except duckdb.BinderException as error:
            raise InvalidInputError(f"No manifest of the kind that is needed: {_names(files)}.") from error


def _names(files: dict[str, Path]) -> str:
    return ", ".join(file.name for file in files.values())


@cache
def _database(process: int) -> Any:  # noqa: ANN401, ARG001 - a process that was forked off gets its own
    database = duckdb.connect(config=UNLOCKED)
    database.execute("LOAD parquet")
    # For all sessions: without this word it would be for the first alone, which answers nothing.
    database.execute("SET GLOBAL parquet_metadata_cache = true")
    database.execute("SET lock_configuration = true")
    return database


def _show(session: Any, name: str, file: Path, only: Sequence[str]) -> None:  # noqa: ANN401 - DuckDB's connection
    """Make a file a view, with the columns that its format did not have yet, or its kind has not, all of them null."""
    # A file name is no pattern, whatever characters it has.
    pattern = glob.escape(str(file)).replace("'", "''")
    # The names of views and columns are constants of this room; a file can be named here in no other way.
    source = f"FROM read_parquet('{pattern}')"
    if only:
        session.execute(f"CREATE TEMP VIEW {name} AS SELECT {', '.join(only)} {source}")
        return
    session.execute(f"SELECT * {source} LIMIT 0")
    present = {column for column, *_ in session.description}
    wanted = [field.name for field in columns.EXTRAS] if "has_metadata" in present else []
    if "verdict" in present:
        wanted += [field.name for field in looks.FIELDS]
    missing = "".join(f", NULL AS {column}" for column in wanted if column not in present)
    session.execute(f"CREATE TEMP VIEW {name} AS SELECT *{missing} {source}")
