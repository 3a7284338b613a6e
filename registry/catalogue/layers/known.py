"""What do a variant's layers say about every image of a manifest, as the facts that a policy may ask for?

One row for each image, in path order, with a column for each fact (docs/operations/policies.md says which kind of layer
gives which). A layer that says nothing about an image leaves the fact unknown; only advisories are known to be none
where a layer of defects does not name the image.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from registry.catalogue.layers.coverage import STEM
from registry.catalogue.layers.kinds import Kind
from registry.catalogue.manifests import session

ROWS = 65_536
# The facts that layers of each kind can tell of.
FACTS: Mapping[Kind, tuple[str, ...]] = {
    Kind.LABELS: ("layer",),
    Kind.VOTES: ("votes", "agreement"),
    Kind.DEFECTS: ("advisories",),
    Kind.SOURCES: ("source_url", "source_host", "retrieved_on"),
    Kind.RIGHTS: ("licence", "licence_confidence", "rights_conflicts"),
}
LAYER = "layer:"

# What each kind says of one image: the columns, and how they come from the rows that name it.
_SAID: Mapping[Kind, str] = {
    Kind.VOTES: """
        nullif(sum(votes), 0)::BIGINT AS votes,
        (100 * sum(votes) FILTER (answer IN (named.label, 'yes', 'both')) // nullif(sum(votes), 0))::BIGINT AS agreement
    """,
    Kind.DEFECTS: "list_sort(list(DISTINCT code)) AS advisories",
    Kind.RIGHTS: """
        arg_max(value, confidence) FILTER (kind = 'licence') AS licence,
        round(100 * max(confidence) FILTER (kind = 'licence'))::BIGINT AS licence_confidence,
        count(*) FILTER (kind = 'conflict') AS rights_conflicts
    """,
    Kind.SOURCES: "min(url) AS source_url, arg_min(retrieved_on, url) AS retrieved_on",
}
_ONLY: Mapping[Kind, str] = {Kind.VOTES: "WHERE held.label IS NULL OR held.label = named.label"}


@dataclass(frozen=True, slots=True)
class Source:
    """One layer to ask: its kind, its name, and its rows as a Parquet file."""

    kind: Kind
    name: str
    file: Path


def write(manifest: Path, sources: Sequence[Source], out: Path) -> None:
    """What the layers say about every image of the manifest, as a Parquet file.

    Raises:
        InvalidInputError: a file is no manifest or no layer.
    """
    views = {f"layer_{place}": source.file for place, source in enumerate(sources)}
    with session.opened(manifest=manifest, **views) as connection, ExitStack() as stack:
        reader = connection.sql(_question(sources)).to_arrow_reader(ROWS)
        writer = stack.enter_context(pq.ParquetWriter(out, reader.schema, compression="zstd"))
        for batch in reader:
            writer.write_batch(batch, ROWS)


def _question(sources: Sequence[Source]) -> str:
    """Joins what each kind says; names of layers come in as column names, quoted, and every other text is ours."""
    held = f"held AS (SELECT path, {STEM.format('path')} AS stem, label FROM manifest)"  # noqa: S608 - see above
    parts, columns, joins = [held], ["held.path"], []
    for place, source in enumerate(sources):
        if source.kind is Kind.LABELS:
            quoted = (LAYER + source.name).replace('"', '""')
            labels = _said(f"FROM layer_{place}", "any_value(labels) AS labels")
            parts.append(f"said_{place} AS ({labels})")
            columns.append(f'said_{place}.labels AS "{quoted}"')
            joins.append(f"LEFT JOIN said_{place} USING (path)")
    for kind, said in _SAID.items():
        rows = [f"FROM layer_{place}" for place, source in enumerate(sources) if source.kind is kind]
        if rows:
            parts.append(f"{kind} AS ({_said(' UNION ALL '.join(rows), said, _ONLY.get(kind, ''))})")
            columns += _columns(kind)
            joins.append(f"LEFT JOIN {kind} USING (path)")
    return f"WITH {', '.join(parts)} SELECT {', '.join(columns)} FROM held {' '.join(joins)} ORDER BY path"  # noqa: S608 - see above


def _said(rows: str, said: str, only: str = "") -> str:
    """What the rows say of each image; an image with a folder in its name is meant by its path, else by its stem."""
    named = f"SELECT *, {STEM.format('image')} AS stem_of FROM ({rows})"  # noqa: S608 - see above
    by_path = f"SELECT held.path, named.* FROM held JOIN ({named}) AS named ON image = held.path {only}"  # noqa: S608
    by_stem = f"SELECT held.path, named.* FROM held JOIN ({named}) AS named ON stem_of = held.stem {only}"  # noqa: S608
    by_path += " AND contains(image, '/')" if only else " WHERE contains(image, '/')"
    by_stem += " AND NOT contains(image, '/')" if only else " WHERE NOT contains(image, '/')"
    return f"SELECT path, {said} FROM ({by_path} UNION ALL {by_stem}) AS named GROUP BY path"  # noqa: S608 - see above


def _columns(kind: Kind) -> list[str]:
    if kind is Kind.DEFECTS:
        return ["coalesce(advisories, []::VARCHAR[]) AS advisories"]
    host = r"nullif(regexp_extract(lower(source_url), '^[a-z][a-z0-9+.-]*://(?:[^/@?#]*@)?([^/:?#]+)', 1), '')"
    return [host + " AS source_host" if fact == "source_host" else f"{kind}.{fact}" for fact in FACTS[kind]]


class Known:
    """What `write` found, asked by path; quickest in ascending order of path.

    Without a file nothing is known of any image.
    """

    def __init__(self, file: Path | None = None) -> None:
        self.file = file
        self._batches: Iterator[pa.RecordBatch] = iter(())
        self._rows: dict[str, dict[str, Any]] = {}
        self._last = ""

    def of(self, path: str) -> Mapping[str, Any]:
        """The facts about one image by their names, as `policies.facts.ImageFacts` takes them."""
        if self.file is None:
            return {}
        if path not in self._rows:
            self._turn_to(self.file, path)
        return self._rows.get(path, {})

    def _turn_to(self, file: Path, path: str) -> None:
        if path <= self._last or not self._last:
            self._batches, self._last = pq.ParquetFile(file).iter_batches(ROWS), ""
        while path > self._last:
            batch = next(self._batches, None)
            if batch is None:
                return
            self._rows = {row.pop("path"): _facts(row) for row in batch.to_pylist()}
            self._last = next(reversed(self._rows))


def _facts(row: dict[str, Any]) -> dict[str, Any]:
    layers = {name: row.pop(name) for name in sorted(row) if name.startswith(LAYER)}
    said = tuple((name.removeprefix(LAYER), tuple(labels)) for name, labels in layers.items() if labels is not None)
    facts = {name: tuple(value) if isinstance(value, list) else value for name, value in row.items()}
    return {**facts, **({"layer": said} if said else {})}
