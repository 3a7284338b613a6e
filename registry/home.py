"""An opened registry home: database, blobs and job queue together, as every door needs them.

The doors differ in who acts and how they speak; what they stand on is the same, and is opened here once.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from types import TracebackType
from typing import Self

from sqlalchemy.exc import OperationalError
from sqlmodel import Session

from registry import acts, clock, db
from registry.access import Actor
from registry.acts import Act
from registry.blobs import BlobStore
from registry.jobs import JobQueue
from registry.kept import Kept
from registry.settings import Settings


class Home:
    """What a registry home consists of. Close it, or use it as a context manager."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.engine = db.open_engine(settings.database_url)
        self.sessions = db.session_factory(self.engine)
        self.blobs = BlobStore(settings.blobs_url)
        self.kept = Kept(settings.home / "kept")
        self.queue = JobQueue(settings.jobs_database_url)

    @contextmanager
    def act(self, actor: Actor) -> Iterator[Act]:
        """An act of `actor`, now; what it promises is delivered after it has committed."""
        with acts.begin(self.sessions, actor, clock.utc_now(), self.queue.deliver) as act:
            yield act

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A session to read with; nothing that it changes is kept.

        Raises:
            UnavailableError: the database cannot be reached.
        """
        with self.sessions() as session:
            try:
                yield session
            except OperationalError as error:
                raise db.unavailable(error) from error

    def close(self) -> None:
        """Connections are given back."""
        self.queue.close()
        self.engine.dispose()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
