"""The loop: takes promised jobs from the engine and gives each to its handler, one at a time, until told to stop.

One process at a time works in a zone of a home (a lock file says which), so that a job that was running when its
process died is begun again by the next one, and by nobody else. Heavy work spreads over processes inside a handler.
"""

import fcntl
import os
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Self

import structlog
from dbos import DBOS
from sqlmodel import Session, col, select

from policies.takedowns import CaseState
from registry import ids
from registry.acts import Promise
from registry.errors import AccessionError, BugError, ConflictError, UnavailableError
from registry.home import Home
from registry.jobs import JOB_FORMAT, WORKFLOW, Job, Zone, queue_of, zone_of
from registry.models.imports import Import, ImportState
from registry.models.links import CheckState, LinkCheck
from registry.models.releases import Release, ReleaseState
from registry.models.takedowns import TakedownCase
from registry.services.revocations import promises as due_revocations
from registry.services.transparency import promises as due_checkpoints
from registry.worker.station import Progress, Station, silent

POLL_SECONDS = 0.1
SWEEP_SECONDS = 30.0
CONFLICTS_MAX = 3
ALL_ZONES = frozenset(Zone)

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Handling:
    """How a job is done, and what is recorded when it cannot be done."""

    do: Callable[[Station, str], None]
    fail: Callable[[Station, str, AccessionError], None]


def handling_of(job: Job) -> Handling:  # noqa: PLR0911 - one way for each job
    """How the job is handled. A handler is imported when its first job comes: the signer never sees a pixel library."""
    match job:
        case Job.READ_IMPORT:
            from registry.worker.handlers import imports  # noqa: PLC0415 - see above

            return Handling(imports.read, imports.fail)
        case Job.BUILD_RELEASE:
            from registry.worker.handlers import releases  # noqa: PLC0415 - see above

            return Handling(releases.build, releases.fail)
        case Job.SIGN_RELEASE:
            from registry.worker.handlers import signing  # noqa: PLC0415 - see above

            return Handling(signing.sign_release, signing.fail)
        case Job.MATCH_TAKEDOWN:
            from registry.worker.handlers import takedowns  # noqa: PLC0415 - see above

            return Handling(takedowns.match, takedowns.fail)
        case Job.CHECK_LINKS:
            from registry.worker.handlers import links  # noqa: PLC0415 - see above

            return Handling(links.check, links.fail)
        case Job.REVOKE:
            from registry.worker.handlers import revocations  # noqa: PLC0415 - see above

            return Handling(revocations.revoke, revocations.fail)
        case Job.SIGN_CHECKPOINT:
            from registry.worker.handlers import checkpoints  # noqa: PLC0415 - see above

            return Handling(checkpoints.sign_checkpoint, checkpoints.fail)


class _Place:
    """Where the engine's workflow, which is registered once per process, finds the station of the open worker."""

    station: Station | None = None


@DBOS.workflow(name=WORKFLOW)
def _work(job: str, key: str) -> None:
    station = _Place.station
    if station is None:
        raise UnavailableError("No worker is open in this process.")
    carry_out(station, Job(job), key)


def carry_out(station: Station, job: Job, key: str) -> None:
    """The job is done, or the record says why it could not be done."""
    log.info("job.started", job=job.value, key=key)
    handling = handling_of(job)
    try:
        _do(handling, station, key)
    except AccessionError as error:
        handling.fail(station, key, error)
    except OSError as error:
        reason = error.strerror or str(error)
        handling.fail(station, key, UnavailableError(f"The machine could not do this: {reason}."))
    except Exception:
        # The loop outlives every job: a bug fails its job with a sentence, and the log has the trace.
        log.exception("job.broke", job=job.value, key=key)
        handling.fail(station, key, BugError("Accession met a case that it was not written for; its log says which."))
    log.info("job.ended", job=job.value, key=key)


def _do(handling: Handling, station: Station, key: str) -> None:
    """The job is done; begun again where somebody changed the same thing at the same time, for that passes."""
    for _ in range(CONFLICTS_MAX):
        try:
            handling.do(station, key)
        except ConflictError:
            log.info("job.begun-again", key=key)
        else:
            return
    handling.do(station, key)


class Worker:
    """The one worker of a home in its zones, while the context lasts. Whoever opens it holds their locks."""

    def __init__(self, home: Home, progress: Progress = silent, zones: frozenset[Zone] = ALL_ZONES) -> None:
        self.station = Station(home, progress)
        self.zones = sorted(zones)

    def __enter__(self) -> Self:
        home = self.station.home
        _Place.station = self.station
        _clear_away(home, self.zones)
        DBOS(
            config={
                "name": "accession",
                "system_database_url": home.queue.url,
                "application_version": JOB_FORMAT,
                "executor_id": f"{home.settings.worker_name}.{ids.new_id()}",
                "log_level": "ERROR",
                "enable_otlp": False,
            }
        )
        queues = [queue_of(zone) for zone in self.zones]
        DBOS.listen_queues(queues)
        DBOS.launch()
        for queue in queues:
            DBOS.register_queue(queue, worker_concurrency=1, polling_interval_sec=POLL_SECONDS)
        self.sweep(is_first=True)
        return self

    def __exit__(self, *_: object) -> None:
        DBOS.destroy(workflow_completion_timeout_sec=0)
        _Place.station = None

    def sweep(self, *, is_first: bool = False) -> int:
        """Every promise that the rows still make is delivered; returns how many there are.

        Upheld cases may wait for months, and nothing changes for them but a publication, which promises by itself:
        they are looked at when a worker begins.
        """
        with self.station.home.reading() as session:
            promises = promised(session) + (due_revocations(session) if is_first else [])
        self.station.home.queue.deliver(promises)
        return len(promises)

    def run_until(self, stop: threading.Event) -> None:
        """Works until `stop` is set."""
        while not stop.wait(SWEEP_SECONDS):
            try:
                self.sweep()
            except AccessionError as error:
                log.warning("sweep.failed", reason=error.sentence)


def promised(session: Session) -> list[Promise]:
    """What the states of the rows promise, oldest first."""
    imports_running = select(Import).where(Import.state == ImportState.RUNNING).order_by(col(Import.id))
    to_build = select(Release).where(Release.state == ReleaseState.BUILDING).order_by(col(Release.id))
    to_sign = select(Release).where(Release.state == ReleaseState.SIGNING).order_by(col(Release.id))
    to_match = select(TakedownCase).where(TakedownCase.state == CaseState.RECEIVED).order_by(col(TakedownCase.id))
    to_check = select(LinkCheck).where(LinkCheck.state == CheckState.RUNNING).order_by(col(LinkCheck.id))
    return [
        *(Promise(Job.MATCH_TAKEDOWN, str(row.id)) for row in session.exec(to_match)),
        *(Promise(Job.READ_IMPORT, str(row.id)) for row in session.exec(imports_running)),
        *(Promise(Job.BUILD_RELEASE, str(row.id)) for row in session.exec(to_build)),
        *(Promise(Job.SIGN_RELEASE, str(row.id)) for row in session.exec(to_sign)),
        *(Promise(Job.CHECK_LINKS, str(row.id)) for row in session.exec(to_check)),
        *due_checkpoints(session),
    ]


@contextmanager
def lock(home: Home, zones: frozenset[Zone] = ALL_ZONES) -> Iterator[bool]:
    """Whether this process is now the home's worker in all of the zones; it is until the block ends."""
    descriptors = []
    try:
        for zone in sorted(zones):
            file = home.settings.home / f"{zone}.lock"
            descriptors.append(os.open(file, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600))
        try:
            for descriptor in descriptors:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
        else:
            yield True
    finally:
        for descriptor in descriptors:
            os.close(descriptor)


def keep(home: Home, promise: Promise, progress: Progress = silent) -> None:
    """Returns once the promise is kept, or cannot be: by this process where no worker runs, else by that worker.

    Should the worker die meanwhile, this process takes its place. The engine is not started for one job: whoever holds
    the zone's lock is alone, and the row promises the job until it is done.
    """
    zones = frozenset({zone_of(promise.job)})
    while True:
        with lock(home, zones) as is_ours:
            if is_ours:
                _clear_away(home, sorted(zones))
                carry_out(Station(home, progress), Job(promise.job), promise.key)
                home.queue.forget(promise)
                return
        if home.queue.has_ended(promise) or not _is_open(home, promise):
            return
        time.sleep(POLL_SECONDS)


def _clear_away(home: Home, zones: list[Zone]) -> None:
    """What a dead process of this home left is gone: jobs that nobody works on, and halves of blobs."""
    home.queue.drop_orphans(home.settings.worker_name, zones)
    home.blobs.sweep()


def _is_open(home: Home, promise: Promise) -> bool:
    """Whether a row still makes the promise."""
    with home.reading() as session:
        return promise in [*promised(session), *due_revocations(session)]
