"""What does a release cost that follows another one, after one image in a hundred was taken down? How does that grow?

Images are rows without pixels. An engine that answers at once stands in for the looks of the first release; the second
is built by the real one, which is asked for nothing. What a look costs, `make bench blurring` measures.
"""

import os
import resource
import tempfile
import time
from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from itertools import islice
from multiprocessing import get_context
from pathlib import Path
from typing import Final, NamedTuple
from unittest import mock

from blurring import engines
from blurring.engines import ItemResult, Shard, ShardResult
from blurring.pipeline import Action, Outcome
from policies.takedowns import CaseState
from registry.catalogue import manifests
from registry.home import Home
from registry.models.imports import Import
from registry.models.takedowns import TakedownImage
from registry.queries import names
from tests.bench import _rows
from tests.factories import homes, people, pictures
from tests.factories import rows as _rows_of

SIZES: Final = (12_800, 128_000)
# What a small picture takes.
PREVIEW_BYTES: Final = 460
# One image in so many is taken down between the two.
TAKEN_DOWN: Final = 100


class Cost(NamedTuple):
    """What a build took."""

    seconds: float
    processor: float


class AtOnce:
    """Answers without looking."""

    def run(self, shards: Iterable[Shard], *_: object) -> Iterator[ShardResult]:
        """See `Engine.run`."""
        for shard in shards:
            yield ShardResult(shard.id, tuple(ItemResult(item.path, _outcome()) for item in shard.items))


def _outcome() -> Outcome:
    return Outcome(Action.UNCHANGED, width=500, height=375, preview=os.urandom(PREVIEW_BYTES))


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
            _take_down(home, root / "manifest")
            label, first = homes.plan(home, policy=homes.FACES), _stored(root)
            start, used = time.perf_counter(), time.process_time()
            built = homes.build(home, label)
            cost = Cost(time.perf_counter() - start, time.process_time() - used)
            room = first / rows, (_stored(root) - first) / rows
    said = (built.counts or {})["detector"]["taken over"].partition(" results")[0]
    peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    each = f"{cost.processor / rows * 1e6:.0f} us of processor for each image"
    took = f"built in {cost.seconds:.1f} s, {each}; peak memory {peak_mb:.0f} MB"
    kept = f"room for each image {room[0]:.0f} bytes for source and first release, {room[1]:.0f} for the second"
    return cost, f"{said} looks taken over: {took}; {kept}"


def _take_down(home: Home, manifest: Path) -> None:
    """One image in a hundred, by one case."""
    with home.sessions() as session:
        variant, mara = names.variant(session, homes.VARIANT), _rows_of.mara(session)
        case = _rows_of.case(session, state=CaseState.UPHELD, decided_by=mara)
        for entry in islice(manifests.iter_source(manifest), 0, None, TAKEN_DOWN):
            about = TakedownImage(
                case_id=case.id,
                image_sha256=entry.sha256 or "",
                variant_id=variant.id,
                path=entry.path,
                added_at=homes.NOW,
            )
            session.add(about)
        session.commit()


def _stored(root: Path) -> int:
    return sum(file.stat().st_size for file in (root / "home" / "blobs").rglob("*") if file.is_file())


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
