"""How do rows that come in any order get into that of their paths, fourteen million of them in flat memory?

They wait in a temporary file, and DuckDB sorts it, on the disk where memory does not reach. Of rows with one path the
first that arrived is taken; the others are told to whoever asks.
"""

import glob
import tempfile
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any, Final

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from registry.blobs import storage_trouble
from registry.catalogue.manifests.session import UNLOCKED

ARRIVAL: Final = "arrival"
MEMORY: Final = "512MB"
BATCH_ROWS: Final = 65_536


def by_path(tables: Iterable[pa.Table], on_repeated: Callable[[dict[str, Any]], None]) -> Iterator[pa.Table]:
    """The rows in ascending order of path, each path once.

    Args:
        tables: all of one schema; where there is a column `arrival`, it says the order of arrival.
        on_repeated: told of each row whose path came before, with its columns by name, but for its bytes' facts.

    Raises:
        UnavailableError: the temporary file cannot be written.
    """
    with tempfile.TemporaryDirectory(prefix="accession-sorting-") as folder:
        file = Path(folder) / "rows.parquet"
        schema = _written(tables, file)
        if schema is None:
            return
        settings = UNLOCKED | {"memory_limit": MEMORY, "temp_directory": folder, "preserve_insertion_order": False}
        with duckdb.connect(config=settings) as connection:
            connection.execute("SET enable_progress_bar = false")
            connection.execute("SET lock_configuration = true")
            rows = connection.read_parquet(glob.escape(str(file))).order("path, arrival")
            last: str | None = None
            for batch in rows.to_arrow_reader(BATCH_ROWS):
                table = pa.Table.from_batches([batch]).cast(schema).combine_chunks()
                unique, last = _unique(table, last, on_repeated)
                yield unique.drop_columns([ARRIVAL])


def _written(tables: Iterable[pa.Table], file: Path) -> pa.Schema | None:
    """The schema of the rows, which are in the file now; null where there are none."""
    writer, count, schema = None, 0, None
    with storage_trouble("a temporary file"):
        try:
            for table in tables:
                numbered = table
                if ARRIVAL not in table.column_names:
                    numbered = table.append_column(ARRIVAL, pa.array(np.arange(count, count + len(table))))
                count += len(table)
                schema = numbered.schema
                writer = writer or pq.ParquetWriter(file, schema, compression="lz4", use_dictionary=False)
                writer.write_table(numbered)
        finally:
            if writer is not None:
                writer.close()
    return schema if count else None


def _unique(
    table: pa.Table, last: str | None, on_repeated: Callable[[dict[str, Any]], None]
) -> tuple[pa.Table, str | None]:
    """The rows whose path is not that of the row before, and the last path."""
    paths = table["path"].combine_chunks()
    before = pa.concat_arrays([pa.array([last], paths.type), paths[:-1]])
    is_first = pc.fill_null(pc.not_equal(paths, before), fill_value=True)
    if not pc.all(is_first).as_py():
        for row in table.filter(pc.invert(is_first)).to_pylist():
            on_repeated(row)
        table = table.filter(is_first)
    return table, paths[-1].as_py() if len(paths) else last
