"""Places where workers put what they made, for tests of the engines.

They are plain objects that can be pickled, so that they work in another process too.
"""

import errno
import hashlib
import os
import signal
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class FolderSink:
    """Keeps every output as a file named by its digest."""

    folder: str

    def __call__(self, data: bytes) -> str:
        digest = hashlib.sha256(data).hexdigest()
        final = Path(self.folder) / digest
        partial = final.with_suffix(f".{os.getpid()}")
        partial.write_bytes(data)
        partial.replace(final)
        return digest


@dataclass(frozen=True)
class FullSink:
    """A disk without room."""

    def __call__(self, data: bytes) -> str:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), f"{len(data)} bytes")


@dataclass(frozen=True)
class BuggySink:
    """A sink with a mistake in it."""

    def __call__(self, data: bytes) -> str:
        digests: dict[int, str] = {}
        return digests[len(data)]


@dataclass(frozen=True)
class StillbornSink:
    """Ends the process that unpickles it, so that no worker ever begins."""

    def __call__(self, data: bytes) -> str:
        raise AssertionError(data)

    def __reduce__(self) -> tuple[object, tuple[int]]:
        return os._exit, (3,)


@dataclass(frozen=True)
class DeadlySink:
    """Kills its process on the outputs of some sizes, as a library's fault would.

    With `once` a folder, it does so only the first time for each size.
    """

    folder: str
    sizes: frozenset[int]
    once: str | None = None

    def __call__(self, data: bytes) -> str:
        if len(data) in self.sizes and self._is_due(len(data)):
            os.kill(os.getpid(), signal.SIGKILL)
        return FolderSink(self.folder)(data)

    def _is_due(self, size: int) -> bool:
        if self.once is None:
            return True
        mark = Path(self.once) / str(size)
        is_first = not mark.exists()
        mark.touch()
        return is_first
