"""How is a manifest opened for questions?

DuckDB reads the Parquet file where it lies; only the row groups that a question touches are read. Nothing is changed,
nothing is fetched from elsewhere, and no name in the question is more than a value.
"""

import glob
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb

from registry.catalogue.manifests import looks
from registry.errors import DamagedError, InvalidInputError

SETTINGS: dict[str, str | bool | int | float | list[str]] = {
    "autoinstall_known_extensions": False,
    "autoload_known_extensions": False,
    "lock_configuration": True,
}


@contextmanager
def opened(**files: Path) -> Iterator[Any]:
    """A DuckDB connection in which each file is a view of the given name.

    Raises:
        DamagedError: a file is no manifest any more.
        InvalidInputError: a file is no manifest of the kind that the question needs.
    """
    with duckdb.connect(config=SETTINGS) as connection:
        try:
            for name, file in files.items():
                # A file name is no pattern, whatever characters it has.
                _since_then(connection.read_parquet(glob.escape(str(file)))).create_view(name)
            yield connection
        except (duckdb.IOException, duckdb.InvalidInputException) as error:
            raise DamagedError(f"A manifest is damaged or gone ({_names(files)}); look into your backup.") from error
        except duckdb.BinderException as error:
            raise InvalidInputError(f"No manifest of the kind that is needed: {_names(files)}.") from error


def _names(files: dict[str, Path]) -> str:
    return ", ".join(file.name for file in files.values())


def _since_then(manifest: Any) -> Any:  # noqa: ANN401 - DuckDB's relation
    """The manifest with the columns that its format did not have yet, all of them null."""
    if "verdict" not in manifest.columns:
        return manifest
    missing = [f"NULL AS {field.name}" for field in looks.FIELDS if field.name not in manifest.columns]
    return manifest.project(", ".join(["*", *missing])) if missing else manifest
