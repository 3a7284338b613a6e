"""Are the rows of a release those of its parent, image by image and in every column?

Asked while the release is written, a row group at a time. What is so has the parent's root, and nobody hashes the
parent's lines again.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import pyarrow as pa
import pyarrow.parquet as pq

from registry.catalogue.manifests import columns
from registry.errors import AccountNotClosedError, DamagedError

READ_ROWS = 32_768


class Parent(NamedTuple):
    """A source's manifest, or a release of the same source, and the root over the lines of the source."""

    file: Path
    root: str


class InStep:
    """The parent's rows, read in step with those of a release.

    Attributes:
        root: over the parent's lines.
    """

    def __init__(self, root: str, batches: Iterator[pa.RecordBatch], schema: pa.Schema) -> None:
        self.root = root
        self._batches = batches
        self._waiting = pa.Table.from_batches([], schema)

    def expect(self, group: pa.Table) -> None:
        """Nothing, when the next rows of the parent are these.

        Raises:
            AccountNotClosedError: they are not, or there are no more.
        """
        while len(self._waiting) < len(group) and (batch := next(self._batches, None)) is not None:
            self._waiting = pa.concat_tables([self._waiting, pa.Table.from_batches([batch])])
        theirs, self._waiting = self._waiting.slice(0, len(group)), self._waiting.slice(len(group))
        if not theirs.equals(group.select(columns.SOURCE.names)):
            raise _not_closed(_first_other(theirs, group))

    def expect_end(self) -> None:
        """Nothing, when the parent has no further rows.

        Raises:
            AccountNotClosedError: it has.
        """
        rest = [self._waiting, *(pa.Table.from_batches([batch]) for batch in self._batches)]
        if path := next((table["path"][0].as_py() for table in rest if len(table)), None):
            raise _not_closed(path)


@contextmanager
def in_step(parent: Parent) -> Iterator[InStep]:
    """The rows of the parent, from the first on.

    Raises:
        DamagedError: the file is no manifest any more.
    """
    names = columns.SOURCE.names
    try:
        with pq.ParquetFile(parent.file) as file:
            schema = pa.schema([file.schema_arrow.field(name) for name in names])
            yield InStep(parent.root, file.iter_batches(READ_ROWS, columns=names), schema)
    except (pa.ArrowException, FileNotFoundError) as error:
        raise DamagedError(f"The manifest {parent.file.name} is damaged or gone; look into your backup.") from error


def _first_other(theirs: pa.Table, ours: pa.Table) -> str:
    """The first path of the one whose row is not that of the other."""
    rows = [table.select(columns.SOURCE.names).to_pylist() for table in (theirs, ours)]
    for parent, child in zip(*rows, strict=False):
        if parent != child:
            return min(str(parent["path"]), str(child["path"]))
    return str(rows[1][len(rows[0])]["path"])


def _not_closed(path: str) -> AccountNotClosedError:
    return AccountNotClosedError(
        f"The account of the parent's images is not closed: the images are not those of the parent from {path} on."
    )
