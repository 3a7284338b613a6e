"""What does the public log cost? Leaves through the real transaction path in batches of one, tree heads, proofs.

The peer is the sqlite3 module itself: the same row into the same table of the same file, one transaction each, with
the same durability (WAL, synchronous=FULL: one fsync for each commit). The second place is memory, where an fsync
costs nothing: there shows what our own code costs.
"""

import logging
import sqlite3
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from registry import acts, clock, logs, settings
from registry.access import WORKER
from registry.home import Home
from registry.proof.logfiles import LogFolder
from registry.proof.logproof import LogEntry
from registry.queries import transparency as queries
from registry.services import transparency
from registry.worker.handlers import checkpoints
from registry.worker.station import Station
from tests.factories import homes, rows

APPENDED, GROWN, PROOFS = 1_000, 20_000, 200
MEMORY = Path("/dev/shm")  # noqa: S108 - the point is that it is memory
LABEL = "imagenet/ilsvrc2012-fb/2026.1"
TARGET = 2_000


def run() -> list[str]:
    """The measured lines, ready to print."""
    with tempfile.TemporaryDirectory(prefix="accession-bench-") as folder:
        lines = [_appended(Path(folder), "this disk"), *_headed(Path(folder))]
    if MEMORY.is_dir():
        with tempfile.TemporaryDirectory(prefix="accession-bench-", dir=MEMORY) as folder:
            lines.insert(1, _appended(Path(folder), "memory"))
    return lines


def _appended(folder: Path, where: str) -> str:
    """Acts with one leaf each, against rows with one transaction each."""
    file = folder / "home" / "registry.sqlite"
    homes.create(folder / "home")
    with Home(settings.load(folder / "home")) as home:
        _append(home, 10)
        ours, cpu = _timed(lambda: _append(home, APPENDED))
    theirs, _ = _timed(lambda: _insert(file))
    return (
        f"leaves in {where}: {APPENDED / ours:,.0f} acts a second with one leaf each (target {TARGET:,}), "
        f"{ours / theirs:.2f} of sqlite3's own time ({APPENDED / theirs:,.0f} a second); "
        f"{cpu / APPENDED * 1e6:.0f} us CPU an act"
    )


def _append(home: Home, count: int) -> None:
    for _ in range(count):
        with acts.begin(home.sessions, WORKER, clock.utc_now()) as act:
            transparency.append(act, "release", rows.DIGEST, LABEL)


def _insert(file: Path) -> None:
    entry = LogEntry(kind="release", at=homes.NOW, subject=rows.DIGEST, label=LABEL).to_bytes()
    connection = sqlite3.connect(file, isolation_level=None)
    connection.execute("PRAGMA synchronous=FULL")
    statement = (
        "INSERT INTO log_leaf (number, kind, subject, label, entry, appended_at) "
        "SELECT max(number) + 1, 'release', ?, ?, ?, '2026-11-22 00:00:00.000000' FROM log_leaf"
    )
    for _ in range(APPENDED):
        connection.execute("BEGIN IMMEDIATE")
        connection.execute(statement, (rows.DIGEST, LABEL, entry))
        connection.execute("COMMIT")
    connection.close()


def _headed(folder: Path) -> list[str]:
    """A tree head over many leaves, one over one more, and proofs from the files."""
    logs.configure(logging.WARNING)
    with Home(settings.load(folder / "home")) as home:
        with acts.begin(home.sessions, WORKER, clock.utc_now()) as act:
            for number in range(GROWN):
                transparency.append(act, "release", rows.DIGEST, f"{LABEL}.{number}")
        many, _ = _timed(lambda: checkpoints.sign_checkpoint(Station(home), "log"))
        _append(home, 1)
        one, _ = _timed(lambda: checkpoints.sign_checkpoint(Station(home), "log"))
        tree = LogFolder(home.settings.log_folder)
        with home.reading() as session:
            proof = queries.release_proof(session, tree, LABEL) or b""
            proved, cpu = _timed(lambda: [queries.release_proof(session, tree, LABEL) for _ in range(PROOFS)])
    size = f"{APPENDED * 2 + GROWN:,}"
    each, used = proved / PROOFS * 1e3, cpu / PROOFS * 1e3
    cost = f"{each:.2f} ms on the clock and {used:.2f} of CPU (target 1)"
    return [
        f"tree head over about {size} new leaves: {many:.2f} s, over one more: {one * 1e3:.0f} ms",
        f"proof of a release, from the files of {size} leaves: {cost}, {len(proof):,} bytes (target below 2,000)",
    ]


def _timed(work: Callable[[], object]) -> tuple[float, float]:
    """Seconds on the clock, and CPU seconds of this process."""
    began, before = time.perf_counter(), time.process_time()
    work()
    return time.perf_counter() - began, time.process_time() - before
