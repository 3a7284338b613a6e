"""What have pictures said of rights while an import read them? Kept in a file until the manifest is written.

Images arrive in any order, and a path may come twice; the manifest says which of them were taken. So what was said is
kept with path and digest, sorted when all have arrived, and laid beside the manifest.
"""

from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import pyarrow as pa
import pyarrow.parquet as pq

from registry.catalogue import manifests
from registry.catalogue.entries import SourceEntry
from registry.catalogue.layers.content import Row
from registry.catalogue.manifests import session
from registry.catalogue.rights import collecting
from registry.catalogue.rights.collecting import Origin
from registry.catalogue.rights.rules import Rules
from registry.catalogue.rights.statements import Statement, Where

GROUP_ROWS = 8192
_SCHEMA = pa.schema(
    [
        ("path", pa.string()),
        ("sha256", pa.string()),
        ("place", pa.string()),
        ("about", pa.string()),
        ("words", pa.string()),
        ("start", pa.int64()),
    ]
)
_BY_PATH = "SELECT path, sha256, place, about, words, start FROM heard ORDER BY ALL"


class Heard:
    """Takes what pictures say, as `Source.heard`; a context manager, for the time of the reading.

    Args:
        file: where it is kept.
    """

    def __init__(self, file: Path) -> None:
        self.file = file
        self._writer = pq.ParquetWriter(file, _SCHEMA, compression="zstd")
        self._waiting: list[tuple[Any, ...]] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._write()
        self._writer.close()

    def __call__(self, entry: SourceEntry, said: Iterable[Statement]) -> None:
        """Keep what one picture says."""
        self._waiting += [(entry.path, entry.sha256, it.where.value, it.about, it.text, it.offset) for it in said]
        if len(self._waiting) >= GROUP_ROWS:
            self._write()

    def _write(self) -> None:
        columns = zip(*self._waiting, strict=True) if self._waiting else ((),) * len(_SCHEMA)
        arrays = [pa.array(column, field.type) for column, field in zip(columns, _SCHEMA, strict=True)]
        self._writer.write_table(pa.Table.from_arrays(arrays, schema=_SCHEMA))
        self._waiting.clear()


def rows(file: Path, manifest: Path, origins: Mapping[str, Origin], rules: Rules, terms: str) -> Iterator[Row]:
    """The rows of a layer of rights about the pictures of a manifest, by path.

    Args:
        file: what `Heard` kept while it was read.
        manifest: of a source.
        origins: where images were found, by path or by bare name, beside what the manifest says.
        rules: conclude licences.
        terms: the licence of the whole variant.
    """
    with session.opened(heard=file) as asked:
        spoken = groupby(_fetched(asked.execute(_BY_PATH)), key=lambda row: row[0])
        path, said = next(spoken, (None, iter(())))
        for entry in manifests.iter_source(manifest):
            while path is not None and path < entry.path:
                path, said = next(spoken, (None, iter(())))
            if entry.format is None or entry.sha256 is None:
                continue
            here = [_statement(row) for row in said if row[1] == entry.sha256] if path == entry.path else []
            found = collecting.origin_of(entry, origins)
            if here or found is not None:
                yield from collecting.rows_of(entry.path, here, found, rules, terms)


def _fetched(asked: Any) -> Iterator[tuple[Any, ...]]:  # noqa: ANN401 - DuckDB's connection
    while found := asked.fetchmany(GROUP_ROWS):
        yield from found


def _statement(row: tuple[Any, ...]) -> Statement:
    _, _, where, about, text, offset = row
    return Statement(Where(where), about, text, offset)
