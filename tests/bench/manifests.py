"""How fast are manifests at the size of ImageNet, how much room do they take, and how does that grow?

Sizes are those of a tenth of ILSVRC-2012's training set, of all of it, and of fall11; rows are generated, and what that
costs is not counted. "Hashing" is the SHA-256 of the leaves and nodes of one tree, measured by itself in the same run.
"""

import json
import resource
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from hashlib import sha256
from itertools import islice
from multiprocessing import get_context
from pathlib import Path
from typing import Final, NamedTuple, TypeVar

import numpy as np
import pyarrow.parquet as pq

from policies.taxonomy import Taxonomy
from registry.blobs import BlobStore
from registry.catalogue import manifests, reading
from registry.catalogue.layout_names import LayoutName
from registry.catalogue.layouts.source import Source
from registry.catalogue.manifests import Parent
from registry.catalogue.manifests.lines import ReleaseLines
from registry.proof import canonical, merkle
from registry.proof.manifest import Verdict
from registry.queries import classes
from tests.bench import _rows

SIZES: Final = (128_000, 1_281_167, 14_197_122)
ROUNDS: Final = 3
VERSIONS: Final = 10
_HASHED_GROUPS: Final = 4
_AIM: Final = "1,281,167 rows: at most 2"


Told = TypeVar("Told")


class Cost(NamedTuple):
    """What something took."""

    seconds: float
    processor: float

    def __sub__(self, other: "Cost") -> "Cost":
        """What is left without the other, which is no part of the matter."""
        return Cost(self.seconds - other.seconds, self.processor - other.processor)

    def __str__(self) -> str:
        return f"{self.seconds:.2f} s ({self.processor:.2f} of processor)"


def run() -> Iterator[str]:
    """The measured lines, ready to print."""
    before: dict[str, Cost] = {}
    with tempfile.TemporaryDirectory(prefix="accession-bench-") as folder:
        for at, rows in enumerate(SIZES):
            here = Path(folder) / str(rows)
            here.mkdir()
            costs: dict[str, Cost] = {}
            for act in (_manifests, _differences, _url_list):
                some, lines = _in_a_fresh_process(act, here, rows)
                yield from lines
                costs |= some
            if at:
                yield _grown(before, costs, SIZES[at - 1], rows)
            before = costs


def _grown(before: dict[str, Cost], after: dict[str, Cost], small: int, large: int) -> str:
    times = [f"{what} {after[what].processor / before[what].processor:.1f}" for what in after]
    return f"  {large / small:.1f} times the rows of before took so many times the processor: {', '.join(times)}"


def _manifests(folder: Path, rows: int) -> tuple[dict[str, Cost], list[str]]:
    drawn, source, old, new = (folder / name for name in ("drawn", "source", "old", "new"))
    _rows.draw(rows, drawn)
    read, _ = _told(lambda: [len(table) for table in _rows.groups(drawn)])
    written, totals = _told(lambda: manifests.write_source_tables(_rows.sources(drawn), source))
    parent = Parent(source, totals.parent_root)
    released, _ = _told(lambda: manifests.write_release_tables(_rows.groups(drawn), old, parent=parent))
    drawn.unlink()
    costs = {
        "source": written - read,
        "release": released - read,
        "next source": _cost(lambda: manifests.write_source_tables(_rows.replaced(source), folder / "next")),
        "next release": _cost(lambda: manifests.write_release_tables(_rows.revised(old), new, parent=parent)),
    }
    hashed = _hashing(old, rows)
    first = f"{rows:,} rows: source written in {costs['source']}, release in {costs['release']}"
    second = (
        f"  with 1 % changed, read and written: source in {costs['next source']}, release in {costs['next release']}, "
        f"{hashed:.2f} of each hashing ({_AIM})"
    )
    lines = [
        f"{first}, each beside {hashed:.2f} s of hashing ({_AIM} beside hashing)",
        second,
        _room(folder, source, new),
    ]
    looked, asked = _lookups(new, rows)
    return costs | asked, [*lines, looked]


def _differences(folder: Path, rows: int) -> tuple[dict[str, Cost], list[str]]:
    old, new = folder / "old", folder / "new"
    counted = min(_cost(lambda: manifests.diff_counts(old, new)) for _ in range(ROUNDS))
    told = _cost(lambda: list(islice(manifests.diff(old, new), 100)))
    first = f"  what differs in {rows:,} rows counted in {counted} (1,281,167 rows: at most 1)"
    return {"diff": counted}, [f"{first}, the first 100 told in {told}, peak {_peak_bytes() / 1e9:.2f} GB"]


def _room(folder: Path, source: Path, release: Path) -> str:
    facts = folder / "facts.lines"
    with facts.open("wb") as out:
        out.writelines(_rows.facts(release))
    BlobStore(folder / "blobs").put_file(facts, is_packed=True)
    facts.unlink()
    packed = sum(file.stat().st_size for file in (folder / "blobs").rglob("*") if file.is_file())
    alone, whole, boxes = source.stat().st_size, release.stat().st_size + packed, _box_bytes(release)
    ten = [f"{VERSIONS * size / 1e9:.1f}" for size in (alone, whole, whole - boxes)]
    sizes = f"source {alone / 1e6:,.0f} MB, release with its facts {whole / 1e6:,.0f} MB"
    said = f"ten versions of the source {ten[0]} GB, of the release {ten[1]}, without face boxes {ten[2]}"
    return f"  {sizes}, {boxes / 1e6:,.0f} of it face boxes; {said} (14,197,122 rows: at most 7)"


def _box_bytes(file: Path) -> int:
    with pq.ParquetFile(file) as parquet:
        found = parquet.metadata
    groups = [found.row_group(number) for number in range(found.num_row_groups)]
    chunks = [group.column(number) for group in groups for number in range(group.num_columns)]
    return sum(chunk.total_compressed_size for chunk in chunks if chunk.path_in_schema.startswith("boxes"))


def _lookups(file: Path, rows: int) -> tuple[str, dict[str, Cost]]:
    (entry,) = manifests.page(file, f"n{rows // _rows.PER_CLASS // 2:08d}", 1)
    path, digest = entry.source.path, entry.source.sha256
    (blurred,) = manifests.page(file, path, 1, verdict=Verdict.BLUR)
    kept = canonical.canonical_bytes({str(it.label): it.rows for it in manifests.labels(file)})
    known = _rows.taxonomy()
    asked: dict[str, Callable[[], object]] = {
        "page of 100": lambda: manifests.page(file, path, 100),
        "by path": lambda: manifests.find(file, path=path),
        "by sha256 of the source": lambda: manifests.find(file, sha256=digest),
        "of the output": lambda: manifests.find(file, sha256=blurred.output_sha256),
        "counts by synset": lambda: manifests.labels(file),
        "by subtree": lambda: classes.branches(Taxonomy.parse(known), json.loads(kept), "n00000000"),
    }
    costs = {what: min(_cost(act) for _ in range(ROUNDS)) for what, act in asked.items()}
    said = [f"{what} {it.seconds * 1e3:.0f} ms ({it.processor * 1e3:.0f})" for what, it in costs.items()]
    return f"  {', '.join(said)} (in brackets of processor; at most 50, 50, 50, 50, 250, 250)", costs


def _url_list(folder: Path, rows: int) -> tuple[dict[str, Cost], list[str]]:
    file = folder / "urls.txt"
    with file.open("wb") as out:
        out.writelines(_rows.urls(np.random.default_rng(rows), rows))
    cost = _cost(lambda: reading.read(Source(file), LayoutName.URL_LIST, folder / "urls"))
    said = f"peak {_peak_bytes() / 1e9:.2f} GB (14,197,122: at most 120 s and 1.5 GB)"
    return {"list": cost}, [f"  list of as many URLs imported in {cost}, {said}"]


def _peak_bytes() -> int:
    """The most memory that this process has held."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def _hashing(file: Path, rows: int) -> float:
    """Seconds of processor for the leaves and nodes of one tree over a manifest, from what its first rows take."""
    groups = [table for _, table in zip(range(_HASHED_GROUPS), _rows.groups(file), strict=False)]
    texts = [bytes(ReleaseLines(table.combine_chunks()).file()).split(b"\n")[:-1] for table in groups]

    def one() -> None:
        tree = merkle.Tree()
        for leaves in texts:
            tree.extend([sha256(b"\x00" + leaf).digest() for leaf in leaves])

    return min(_cost(one) for _ in range(ROUNDS)).processor / sum(map(len, texts)) * rows


def _in_a_fresh_process(
    act: Callable[[Path, int], tuple[dict[str, Cost], list[str]]], folder: Path, rows: int
) -> tuple[dict[str, Cost], list[str]]:
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        return pool.submit(act, folder, rows).result()


def _cost(act: Callable[[], object]) -> Cost:
    return _told(act)[0]


def _told(act: Callable[[], Told]) -> tuple[Cost, Told]:
    start, used = time.perf_counter(), time.process_time()
    told = act()
    return Cost(time.perf_counter() - start, time.process_time() - used), told
