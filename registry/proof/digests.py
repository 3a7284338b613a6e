"""What are the digests of these files? Reads each file once, many at a time, and changes nothing.

Files go to reader threads in batches of 64; each thread reads into a buffer it keeps, and hashlib lets go of the
interpreter lock while it hashes. As long as the files come from memory, there are as many readers as processors that
nobody else needs: more would only wait for the lock, and for each other. A reader that finds itself waiting for a disk
lets one more begin. Symbolic links are never followed, devices and pipes never waited for.
"""

import os
import resource
import stat
import threading
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from hashlib import sha256
from itertools import islice
from typing import NamedTuple, TypeVar

BATCH_FILES = 64
READ_BYTES = 256 * 1024
MAX_READERS = 8
BATCHES_AHEAD = 2  # per reader: enough to keep all of them busy, little enough to keep memory flat

_OPEN_FLAGS = os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK

_THIS_THREAD = getattr(resource, "RUSAGE_THREAD", resource.RUSAGE_SELF)  # macOS cannot tell threads apart

Key = TypeVar("Key")
Item = tuple[Key, str, int | None]
"""A file to be hashed: whatever the caller knows it by, its path, and how long it should be, if anybody knows."""


class Hashed(NamedTuple):
    """One file as it was read.

    Attributes:
        sha256: lower-case hex; empty when the file was not read, or not to its end.
        size_bytes: how many bytes it has, as far as they were read.
        problem: None, or why it could not be read, in a few words.
    """

    sha256: str
    size_bytes: int
    problem: str | None = None


class _Buffer(threading.local):
    """One read buffer for each thread."""

    def __init__(self) -> None:
        self.view = memoryview(bytearray(READ_BYTES))


_BUFFER = _Buffer()


def default_readers() -> int:
    """How many can hash at once: as many as there are processors, and eight at most."""
    processors = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()  # not on macOS
    return min(MAX_READERS, processors or 1)


def hash_file(path: str | os.PathLike[str], size_bytes: int | None = None, *, max_bytes: int | None = None) -> Hashed:
    """The digest and size of one regular file, in one pass; never raises for a bad file.

    Nobody is to wait for the terabytes of zeros that stand in a picture's place.

    Args:
        path: where it lies.
        size_bytes: how long it should be: a file of another size is not read, and a short one costs one look less.
        max_bytes: how long it may be where nobody knows how long it should be.
    """
    try:
        descriptor = os.open(path, _OPEN_FLAGS)
    except OSError as problem:
        return Hashed("", 0, _reason(problem))
    try:
        view = _BUFFER.view
        if size_bytes is not None and 0 < size_bytes < READ_BYTES:
            count = os.preadv(descriptor, [view], 0)
            if count == size_bytes:
                return Hashed(sha256(view[:count]).hexdigest(), count)
        return _read(descriptor, view, size_bytes, max_bytes)
    except OSError as problem:
        return Hashed("", 0, _reason(problem))
    finally:
        os.close(descriptor)


def hash_files(
    items: Iterable[Item[Key]], *, readers: int | None = None, max_bytes: int | None = None
) -> Iterator[tuple[Key, Hashed]]:
    """Hash many files; yields `(key, Hashed)` in the order in which the items came.

    Law: the answer for each key is that of `hash_file` on its path. Memory does not grow with the number of files.
    """
    source = iter(items)
    batch = list(islice(source, BATCH_FILES))
    if len(batch) < BATCH_FILES:  # so few files are not worth a thread
        yield from _hash_batch(batch, max_bytes)
        return
    turns = Turns(readers, max_bytes)
    waiting: deque[Future[list[tuple[Key, Hashed]]]] = deque()
    with ThreadPoolExecutor(MAX_READERS, thread_name_prefix="digest") as pool:
        while batch:
            waiting.append(pool.submit(turns.take, batch))
            if len(waiting) > turns.readers * BATCHES_AHEAD:
                yield from waiting.popleft().result()
            batch = list(islice(source, BATCH_FILES))
        while waiting:
            yield from waiting.popleft().result()


class Turns:
    """Who may read now. Unless their number was given, readers become more while files come from a disk.

    Attributes:
        readers: how many may read at once, by now.
    """

    def __init__(self, readers: int | None, max_bytes: int | None = None) -> None:
        self._max_bytes = max_bytes
        self._is_fixed = readers is not None
        # One processor is for the thread that says what to read.
        self.readers = min(readers or max(1, default_readers() - 1), MAX_READERS)
        self._free = threading.Semaphore(self.readers)

    def take(self, batch: list[Item[Key]]) -> list[tuple[Key, Hashed]]:
        """Hash a batch when it is its turn."""
        with self._free:
            before = blocks_read()
            done = _hash_batch(batch, self._max_bytes)
            if not self._is_fixed and blocks_read() - before > len(batch) and self.readers < MAX_READERS:
                self.readers += 1
                self._free.release()
        return done


def blocks_read() -> int:
    """How many blocks of 512 bytes this thread had to wait for a disk to bring."""
    return resource.getrusage(_THIS_THREAD).ru_inblock


def _hash_batch(batch: list[Item[Key]], max_bytes: int | None) -> list[tuple[Key, Hashed]]:
    return [(key, hash_file(path, size_bytes, max_bytes=max_bytes)) for key, path, size_bytes in batch]


def _read(descriptor: int, view: memoryview, size_bytes: int | None, max_bytes: int | None) -> Hashed:
    """Hash an open file, whatever it is, unless it has another size than it should or may."""
    facts = os.fstat(descriptor)
    if not stat.S_ISREG(facts.st_mode):
        return Hashed("", 0, "not a regular file")
    if size_bytes is not None and facts.st_size != size_bytes:
        return Hashed("", facts.st_size)
    if size_bytes is None and max_bytes is not None and facts.st_size > max_bytes:
        return Hashed("", facts.st_size, "too large")
    hasher, total = sha256(), 0
    while count := os.preadv(descriptor, [view], total):
        hasher.update(view[:count])
        total += count
        # A file that ends where it said it would needs no second read to find its end.
        if total == facts.st_size and count < READ_BYTES:
            break
    if total != facts.st_size:
        return Hashed("", total, "changed while it was read")
    return Hashed(hasher.hexdigest(), total)


def _reason(problem: OSError) -> str:
    return (problem.strerror or "cannot be read").lower()
