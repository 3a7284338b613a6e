"""Durable jobs: the only door to the engine that runs heavy work (DBOS; ADR 0004).

A job is promised by the state of a row. Its id is made of its name and the row's key, so that promising it twice runs
it once, and a job that was running when its process died runs again when a worker starts.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from sqlalchemy.exc import SQLAlchemyError

from registry import db
from registry.errors import UnavailableError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from dbos import DBOSClient

    from registry.acts import Promise

WORKFLOW = "accession.job"
# Part of a job's identity: a worker picks up only what its own version of the job format has enqueued.
JOB_FORMAT = "1"
OUT_OF_REACH = "The job engine cannot be reached at the moment; what was asked for is on record, to be done later."
UNDER_WAY = frozenset({"ENQUEUED", "PENDING", "DELAYED"})


class Job(StrEnum):
    """What can be promised; each has one handler in `registry.worker.handlers`."""

    READ_IMPORT = "imports.read"
    BUILD_RELEASE = "releases.build"
    SIGN_RELEASE = "releases.sign"
    MATCH_TAKEDOWN = "takedowns.match"
    REVOKE = "revocations.revoke"
    SIGN_CHECKPOINT = "log.checkpoint"
    CHECK_LINKS = "links.check"


class Zone(StrEnum):
    """Where a job runs: the signer alone has the keys, the walker of links alone asks strangers; neither does more."""

    WORKER = "worker"
    SIGNER = "signer"
    LINKS = "links"


def zone_of(job: str) -> Zone:
    """The zone in which the job runs."""
    match Job(job):
        case Job.READ_IMPORT | Job.BUILD_RELEASE | Job.MATCH_TAKEDOWN:
            return Zone.WORKER
        case Job.SIGN_RELEASE | Job.REVOKE | Job.SIGN_CHECKPOINT:
            return Zone.SIGNER
        case Job.CHECK_LINKS:
            return Zone.LINKS


def queue_of(zone: Zone) -> str:
    """What the engine calls the queue of a zone."""
    return f"accession.{zone}"


def workflow_id(promise: Promise) -> str:
    """The id under which the engine knows a promise; equal promises have equal ids."""
    return f"{promise.job}:{promise.key}"


def engine_url(database_url: str) -> str:
    """The URL in the form that the engine wants, with our PostgreSQL driver."""
    return db.normalised_url(database_url).render_as_string(hide_password=False)


def _enqueue(client: DBOSClient, promise: Promise) -> None:
    known = client.list_workflows(workflow_ids=[workflow_id(promise)], load_input=False, load_output=False)
    if known and known[0].status not in UNDER_WAY:
        client.delete_workflow(workflow_id(promise))
    client.enqueue(
        {
            "workflow_name": WORKFLOW,
            "queue_name": queue_of(zone_of(promise.job)),
            "workflow_id": workflow_id(promise),
            "app_version": JOB_FORMAT,
        },
        promise.job,
        promise.key,
    )


class JobQueue:
    """Where promises are delivered. Opening it imports the engine, which costs a third of a second; so it is lazy."""

    def __init__(self, database_url: str) -> None:
        self.url = engine_url(database_url)
        self._client: DBOSClient | None = None

    def prepare(self) -> None:
        """The engine's own tables exist.

        Raises:
            UnavailableError: its database cannot be reached.
        """
        from dbos import run_dbos_database_migrations  # noqa: PLC0415 - the engine is slow to import

        try:
            run_dbos_database_migrations(self.url)
        except (RuntimeError, SQLAlchemyError) as error:  # RuntimeError: how the engine's own command leaves
            raise UnavailableError(OUT_OF_REACH) from error

    def _open(self) -> DBOSClient:
        if self._client is None:
            from dbos import DBOSClient  # noqa: PLC0415 - the engine is slow to import

            # Whoever lost the engine's database lost nothing: the rows still promise every job.
            self.prepare()
            self._client = DBOSClient(system_database_url=self.url, retry_connection_errors=False)
        return self._client

    def deliver(self, promises: Iterable[Promise]) -> None:
        """Every promise will be kept. One that waits or runs already is left alone; one that has ended runs again.

        The state of the row is the truth: a promise that is given again was not kept, however its job ended.

        Raises:
            UnavailableError: the engine's database cannot be reached; the rows promise all the same.
        """
        try:
            client = self._open()
            for promise in promises:
                _enqueue(client, promise)
        except SQLAlchemyError as error:
            raise UnavailableError(OUT_OF_REACH) from error

    def drop_orphans(self, worker_name: str, zones: Iterable[Zone]) -> int:
        """Jobs that a dead process of this worker left running are forgotten; the rows still promise them.

        To be called by whoever holds the zones' locks, so that nobody is working on them.
        """
        client = self._open()
        pending = client.list_workflows(
            status="PENDING", queue_name=[queue_of(zone) for zone in zones], load_input=False, load_output=False
        )
        orphans = [job.workflow_id for job in pending if str(job.executor_id).startswith(f"{worker_name}.")]
        for orphan in orphans:
            client.cancel_workflow(orphan)
            client.delete_workflow(orphan)
        return len(orphans)

    def has_ended(self, promise: Promise) -> bool:
        """Whether the job has run, well or badly; the row says how. A job that nobody has delivered has not."""
        known = self._open().list_workflows(workflow_ids=[workflow_id(promise)], load_input=False, load_output=False)
        return bool(known) and known[0].status not in UNDER_WAY

    def forget(self, promise: Promise) -> None:
        """The promise waits no longer: somebody who holds its zone's lock has kept it without the engine."""
        client = self._open()
        client.cancel_workflow(workflow_id(promise))
        client.delete_workflow(workflow_id(promise))

    def close(self) -> None:
        """Connections are given back."""
        if self._client is not None:
            self._client.destroy()
            self._client = None
