"""What does a release cost that follows another one, when nothing is left to look at, and how does that grow?

Images are rows without pixels. An engine that answers at once stands in for the looks of the first release; the second
is built by the real one, which is asked for nothing. What a look costs, `make bench blurring` measures.
"""

import resource
import tempfile
import time
from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import Final, NamedTuple
from unittest import mock

from blurring import engines
from blurring.engines import ItemResult, Shard, ShardResult
from blurring.pipeline import Action, Outcome
from registry.catalogue import manifests
from registry.home import Home
from registry.models.imports import Import
from tests.bench import _rows
from tests.factories import homes, people, pictures

SIZES: Final = (12_800, 128_000)
PREVIEW: Final = bytes(700)


class Cost(NamedTuple):
    """What a build took."""

    seconds: float
    processor: float


class AtOnce:
    """Answers without looking."""

    def run(self, shards: Iterable[Shard], *_: object) -> Iterator[ShardResult]:
        """See `Engine.run`."""
        outcome = Outcome(Action.UNCHANGED, width=500, height=375, preview=PREVIEW)
        for shard in shards:
            yield ShardResult(shard.id, tuple(ItemResult(item.path, outcome) for item in shard.items))


def run() -> Iterator[str]:
    """The measured lines, ready to print."""
    processor = []
    for rows in SIZES:
        with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as fresh:
            cost, line = fresh.submit(_size, rows).result()
        processor.append(cost.processor)
        yield line
    yield f"  {SIZES[1] / SIZES[0]:.0f} times the images took {processor[1] / processor[0]:.1f} times the processor"


def _size(rows: int) -> tuple[Cost, str]:
    with tempfile.TemporaryDirectory(prefix="accession-bench-") as folder:
        root = Path(folder)
        with Home(homes.create(root / "home")) as home:
            _import(home, root, rows)
            with mock.patch.object(engines, "opened", return_value=AtOnce()):
                homes.build(home, homes.plan(home, policy=homes.FACES))
            label = homes.plan(home, policy=homes.FACES)
            start, used = time.perf_counter(), time.process_time()
            built = homes.build(home, label)
            cost = Cost(time.perf_counter() - start, time.process_time() - used)
    said = (built.counts or {})["detector"]["taken over"].partition(" results")[0]
    peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    each = f"{cost.processor / rows * 1e6:.0f} us of processor for each image"
    return cost, f"{said} looks taken over: built in {cost.seconds:.1f} s, {each}; peak memory {peak_mb:.0f} MB"


def _import(home: Home, root: Path, rows: int) -> None:
    """A variant of so many images: what one picture's import left, with another manifest."""
    with homes.act(home, "operator") as act:
        people.add_all(act.session, act.now)
    homes.publish_policies(home)
    (root / "source" / "a").mkdir(parents=True)
    (root / "source" / "a" / "a.jpg").write_bytes(pictures.jpeg())
    made = homes.import_folder(home, root / "source")
    _rows.draw(rows, root / "drawn")
    totals = manifests.write_source_tables(_rows.sources(root / "drawn"), root / "manifest")
    with homes.act(home, "mara") as act:
        row = act.session.get_one(Import, made.id)
        row.manifest_sha256 = home.blobs.put_file(root / "manifest")
        row.root, row.row_count = totals.parent_root, totals.rows
