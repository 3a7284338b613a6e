"""What does a dry run of all of ImageNet cost, the first time and while somebody types, and how does that grow?

Over files as the registry has them: a manifest, and layers of labels, votes, defects and rights about its images; the
policy asks for all of them beside its lists of synsets. CPU time stands beside the time on the clock. The peer is the
same count by hand: DuckDB over the labels of the same manifest.
"""

import resource
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from policies import impact, vectorised
from policies.document import Policy, parse
from registry.catalogue import manifests
from registry.catalogue.layers import known
from registry.catalogue.layers.kinds import SCHEMAS, Kind
from registry.catalogue.layers.known import Source
from registry.catalogue.manifests import columns
from tests.factories.policies import attachment, digest_of, document, rule, text

SIZES = (1_281_167, 14_197_122)
SYNSETS, UNSAFE = 21_841, 1_593
COUNTED = frozenset({"label", "split", "rights_conflicts"})
NAMES = [f"n{number:08d}" for number in range(SYNSETS)]


def run() -> list[str]:
    """The measured lines, ready to print."""
    lines = []
    with tempfile.TemporaryDirectory(prefix="accession-bench-") as folder:
        for rows in SIZES:
            with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as fresh:
                lines += fresh.submit(_size, Path(folder) / str(rows), rows).result()
    return lines


def _size(folder: Path, rows: int) -> list[str]:
    folder.mkdir()
    manifest = folder / "manifest"
    manifests.write_source_tables(_images(rows), manifest)
    sources = [Source(kind, "real", _layer(kind, manifest, folder)) for kind in _SAYS]
    by_hand = _taken(lambda: _by_hand(manifest))
    lines = [f"{rows:,} images; by hand over their labels alone {by_hand}"]
    lines.append(f"  a policy of lists: {_tried(_policy(), manifest, [], folder)}")
    lines.append(f"  a policy of lists and layers: {_tried(_policy(*_ASKING), manifest, sources, folder)}")
    peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return [*lines, f"  peak memory, making the files among it, {peak_mb:.0f} MB (at most 2,000)"]


def _tried(policy: Policy, manifest: Path, sources: list[Source], folder: Path) -> str:
    groups = folder / "groups"
    first = _taken(lambda: _write(manifest, sources, policy, groups))
    again = _taken(lambda: impact.measure(policy, manifests.read_groups(groups), policy))
    return f"facts grouped {first} (at most 15), then at each keystroke {again}"


def _write(manifest: Path, sources: list[Source], policy: Policy, out: Path) -> None:
    asked = vectorised.columns_of(policy) | COUNTED
    said = known.pieces(manifest, sources) if sources else None
    batches = manifests.fact_batches(manifest, held=[], taken_down=[], known=said, wanted=asked)
    manifests.write_groups(batches, asked, out)


def _by_hand(manifest: Path) -> None:
    connection = duckdb.connect()
    connection.execute("create table unsafe as select unnest(?) as label", [NAMES[:UNSAFE]])
    question = "select label, label in (select label from unsafe), count(*) from read_parquet(?) group by all"
    connection.execute(question, [str(manifest)]).fetchall()
    connection.close()


_ASKING = (
    rule(id="labels", when={"layer": {"name": "real", "agrees": False}}, then="exclude", reason="label-differs"),
    rule(id="votes", when={"all": [{"votes": {"at_least": 5}}, {"agreement": {"at_most": 50}}]}, then="exclude"),
    rule(id="cmyk", when={"advisories": {"any_in": ["cmyk"]}}, then="exclude", reason="cmyk"),
    rule(id="licence", when={"licence": {"names": ["CC-BY-NC-2.0"]}}, then="exclude", reason="licence"),
)


def _policy(*rules: dict[str, object]) -> Policy:
    unsafe = "\n".join(NAMES[:UNSAFE]).encode()
    listed = rule(id="unsafe", when={"synset": {"in_list": "unsafe"}}, then="exclude", reason="unsafe-synset")
    plain = document(lists={"unsafe": attachment(unsafe)}, rules=[listed, *rules], strategy="strictest")
    return parse(text(plain), {digest_of(unsafe): unsafe})


def _images(rows: int) -> Iterator[pa.Table]:
    """The rows of a source, some classes at a time."""
    rng = np.random.default_rng(rows)
    per_class = rows // SYNSETS + 1
    for start in range(0, rows, 512 * per_class):
        count = min(512 * per_class, rows - start)
        label = np.array(NAMES, object)[(start + np.arange(count)) // per_class]
        path = pa.array([f"{name}/{name}_{place:08d}.JPEG" for place, name in enumerate(label.tolist(), start)])
        yield columns.completed(
            pa.table(
                {
                    "path": path,
                    "size_bytes": pa.array(rng.integers(5000, 300_000, count)),
                    "sha256": pa.FixedSizeBinaryArray.from_buffers(
                        pa.binary(32), count, [None, pa.py_buffer(rng.bytes(32 * count))]
                    ),
                    "format": pa.repeat(pa.scalar("jpeg"), count),
                    "width": pa.repeat(pa.scalar(500, pa.int64()), count),
                    "height": pa.repeat(pa.scalar(375, pa.int64()), count),
                    "mode": pa.repeat(pa.scalar("RGB"), count),
                    "orientation": pa.repeat(pa.scalar(1, pa.int8()), count),
                    "thumbnails": pa.array([[]] * count, pa.list_(pa.string())),
                    "has_metadata": pa.repeat(pa.scalar(value=False), count),
                    "label": pa.array(label, pa.string()),
                }
            ),
            [],
        )


# What each layer says of which share of the images.
_SAYS: dict[Kind, float] = {Kind.LABELS: 0.1, Kind.VOTES: 1.0, Kind.DEFECTS: 0.01, Kind.RIGHTS: 1.0}


def _layer(kind: Kind, manifest: Path, folder: Path) -> Path:
    rng, file = np.random.default_rng(2021), folder / kind
    with pq.ParquetWriter(file, SCHEMAS[kind], compression="zstd") as writer:
        for batch in pq.ParquetFile(manifest).iter_batches(262_144, columns=["path", "label"]):
            chosen = batch.filter(pa.array(rng.random(batch.num_rows) < _SAYS[kind]))
            said = _said(kind, chosen.column("label"), rng)
            full = {name: said.get(name) for name in SCHEMAS[kind].names if name != "image"}
            nothing = {name: pa.nulls(len(chosen), SCHEMAS[kind].field(name).type) for name in full}
            filled = {name: nothing[name] if value is None else value for name, value in full.items()}
            writer.write_table(pa.table({"image": chosen.column("path"), **filled}, SCHEMAS[kind]), 32_768)
    return file


def _said(kind: Kind, label: pa.Array, rng: np.random.Generator) -> dict[str, pa.Array]:
    count = len(label)

    def drawn(*words: str) -> pa.Array:
        return pa.array(np.array(words, object)[rng.integers(0, len(words), count)], pa.string())

    match kind:
        case Kind.LABELS:
            return {"labels": pa.ListArray.from_arrays(np.arange(count + 1, dtype=np.int32), label)}
        case Kind.VOTES:
            votes = pa.array(rng.integers(3, 10, count))
            return {"label": label, "answer": drawn("yes", "yes", "no"), "votes": votes}
        case Kind.DEFECTS:
            return {"code": drawn("cmyk", "duplicate")}
        case _:
            licences = drawn("CC-BY-4.0", "CC-BY-NC-2.0", "CC0-1.0")
            confidence = pa.array(rng.choice([0.5, 0.9, 1.0], count))
            words = {name: pa.repeat(pa.scalar(name), count) for name in ("licence", "exif")}
            return {"kind": words["licence"], "evidence": words["exif"], "value": licences, "confidence": confidence}


def _taken(work: Callable[[], object]) -> str:
    """CPU time of all threads, and on the clock."""
    cpu, clock = time.process_time(), time.perf_counter()
    work()
    return f"{time.process_time() - cpu:.2f} s CPU ({time.perf_counter() - clock:.2f} s)"
