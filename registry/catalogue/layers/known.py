"""What do a variant's layers say about every image of a manifest, as the facts that a policy may ask for?

One row for each image, in path order, with a column for each fact (docs/operations/policies.md says which kind of layer
gives which). A layer that says nothing about an image leaves the fact unknown; only advisories are known to be none
where a layer of defects does not name the image.

Manifests and layers both lie in the order of their paths, so they are joined piece by piece: fourteen million images
need no more memory than one piece. A layer that names images without their folders is first turned into one that has
them.
"""

import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from registry.catalogue.layers.coverage import STEM
from registry.catalogue.layers.kinds import Kind
from registry.catalogue.manifests import session

ROWS = 65_536
# So many images are joined at once: a few hundred megabytes.
PIECE_ROWS = 4 * ROWS
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
_ONLY: Mapping[Kind, str] = {Kind.VOTES: "WHERE held IS NULL OR held = named.label"}

# An image with a folder in its name is meant by its path, else by its stem.
_ALL = f"""
    WITH held AS (SELECT path, {STEM.format("path")} AS stem FROM manifest)
    SELECT * FROM (
        SELECT * FROM layer WHERE contains(image, '/')
        UNION ALL
        SELECT held.path AS image, layer.* EXCLUDE (image) FROM layer JOIN held ON {STEM.format("image")} = stem
        WHERE NOT contains(image, '/')
    ) ORDER BY image
"""  # noqa: S608 - constants of this room
_ONE = f"""
    SELECT $only AS image, layer.* EXCLUDE (image) FROM layer
    WHERE image = $only OR (NOT contains(image, '/') AND {STEM.format("image")} = {STEM.format("$only")})
"""  # noqa: S608 - constants of this room


@dataclass(frozen=True, slots=True)
class Source:
    """One layer to ask: its kind, its name, and its rows as a Parquet file."""

    kind: Kind
    name: str
    file: Path


def write(manifest: Path, sources: Sequence[Source], out: Path, only: str | None = None) -> None:
    """What the layers say about every image of the manifest, or about one alone, as a Parquet file; as `pieces`."""
    with ExitStack() as stack:
        writer = None
        for found in pieces(manifest, sources, only):
            writer = writer or stack.enter_context(pq.ParquetWriter(out, found.schema, compression="zstd"))
            writer.write_table(found, ROWS)


def pieces(manifest: Path, sources: Sequence[Source], only: str | None = None) -> Iterator[pa.Table]:
    """What the layers say about every image of the manifest, in path order; at least one piece.

    Args:
        manifest: of either kind.
        sources: at least one.
        only: the path of the one image that is asked about; None for all.

    Raises:
        InvalidInputError: a file is no manifest or no layer.
    """
    question = _question(sources)
    with tempfile.TemporaryDirectory(prefix="accession-known-") as folder:
        files = [
            _by_path(manifest, source.file, Path(folder) / str(place), only) for place, source in enumerate(sources)
        ]
        with ExitStack() as stack:
            layers = [_Layer(stack.enter_context(pq.ParquetFile(file))) for file in files]
            connection = stack.enter_context(session.opened())
            for held in _held(manifest, only):
                paths = held.column("path").combine_chunks()
                connection.register("held", held)
                for place, layer in enumerate(layers):
                    connection.register(f"layer_{place}", layer.about(paths, held.column("label")))
                yield connection.sql(question).to_arrow_table()


class _Layer:
    """A layer in path order, asked about one piece of the manifest after the other."""

    def __init__(self, file: pq.ParquetFile) -> None:
        self._batches = file.iter_batches(ROWS)
        self._schema = file.schema_arrow
        self._waiting: pa.RecordBatch | None = None

    def about(self, paths: pa.Array, labels: pa.ChunkedArray) -> pa.Table:
        """The rows about these images, each with the place of its image, and votes with the label that it has there."""
        rows = self._up_to(paths[len(paths) - 1].as_py() if len(paths) else "")
        images = rows.column("image").combine_chunks()
        places = pa.array(np.arange(len(paths), dtype=np.int32))
        # A layer often says one thing of every image; then nothing has to be looked for.
        if not images.equals(paths):
            # Most layers name a few images only: to look for these among themselves is far less than among all.
            is_named = pc.is_in(paths, value_set=images)
            within = pc.index_in(images, value_set=paths.filter(is_named))
            rows, places = rows.filter(within.is_valid()), places.filter(is_named).take(within.drop_null())
            labels = labels.take(places) if "answer" in rows.column_names else labels
        found = rows.drop_columns(["image"]).append_column("row", places)
        return found.append_column("held", labels) if "answer" in rows.column_names else found

    def _up_to(self, last: str) -> pa.Table:
        """The rows that were not given yet whose image is at or before the last one."""
        given = []
        while (batch := self._next()) is not None:
            images = batch.column("image")
            is_given = (
                len(batch) if images[len(batch) - 1].as_py() <= last else pc.sum(pc.less_equal(images, last)).as_py()
            )
            given.append(batch.slice(0, is_given))
            if is_given < len(batch):
                self._waiting = batch.slice(is_given)
                break
        return pa.Table.from_batches(given, self._schema)

    def _next(self) -> pa.RecordBatch | None:
        """What is left of the batch before, or else the next one."""
        waiting, self._waiting = self._waiting, None
        return next(self._batches, None) if waiting is None else waiting


def _held(manifest: Path, only: str | None) -> Iterator[pa.Table]:
    """Paths and labels of the manifest with the number of each row in its piece, in path order; at least one piece."""
    if only is not None:
        with session.opened(manifest=manifest) as one:
            question = "SELECT path, label, 0::INTEGER AS row FROM manifest WHERE path = $only"
            yield one.sql(question, params={"only": only}).to_arrow_table()
        return
    with pq.ParquetFile(manifest) as whole:
        nothing = pa.RecordBatch.from_pydict({"path": pa.array([], pa.string()), "label": pa.array([], pa.string())})
        batches = whole.iter_batches(PIECE_ROWS, columns=["path", "label"])
        for batch in batches if whole.metadata.num_rows else [nothing]:
            rows = pa.array(np.arange(batch.num_rows, dtype=np.int32))
            yield pa.Table.from_batches([batch]).append_column("row", rows)


def _by_path(manifest: Path, layer: Path, out: Path, only: str | None) -> Path:
    """The layer with every image named by its path, in that order; itself, where it is that already.

    Where one image alone is asked about, only what is said about that one.
    """
    with session.opened(manifest=manifest, layer=layer) as both:
        if only is not None:
            question, asked = _ONE, {"only": only}
        else:
            [(has_stems,)] = both.execute("SELECT bool_or(NOT contains(image, '/')) FROM layer").fetchall()
            if not has_stems:
                return layer
            question, asked = _ALL, {}
        reader = both.sql(question, params=asked).to_arrow_reader(ROWS)
        with pq.ParquetWriter(out, reader.schema, compression="zstd") as writer:
            for batch in reader:
                writer.write_batch(batch, ROWS)
    return out


def _question(sources: Sequence[Source]) -> str:
    """Joins what each kind says; names of layers come in as column names, quoted, and every other text is ours."""
    parts, columns, joins = [], ["held.path"], []
    for place, source in enumerate(sources):
        if source.kind is Kind.LABELS:
            quoted = (LAYER + source.name).replace('"', '""')
            parts.append(f"said_{place} AS ({_said([place], 'any_value(labels) AS labels')})")
            columns.append(f'said_{place}.labels AS "{quoted}"')
            joins.append(f"LEFT JOIN said_{place} USING (row)")
    for kind, said in _SAID.items():
        places = [place for place, source in enumerate(sources) if source.kind is kind]
        if places:
            parts.append(f"{kind} AS ({_said(places, said, _ONLY.get(kind, ''))})")
            columns += _columns(kind)
            joins.append(f"LEFT JOIN {kind} USING (row)")
    return f"WITH {', '.join(parts)} SELECT {', '.join(columns)} FROM held {' '.join(joins)} ORDER BY row"  # noqa: S608 - see above


def _said(places: Sequence[int], said: str, only: str = "") -> str:
    """What the rows of these layers say of each image of the piece."""
    rows = " UNION ALL ".join(f"SELECT * FROM layer_{place}" for place in places)  # noqa: S608 - see above
    return f"SELECT row, {said} FROM ({rows}) AS named {only} GROUP BY row"  # noqa: S608 - see above


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
