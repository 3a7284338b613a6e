"""What are the digests of these files? Reads each file once, many at a time, and changes nothing.

Files go to a few reader threads in batches of 64; each thread reads into a buffer it keeps, and hashlib lets go of
the interpreter lock while it hashes. Symbolic links are never followed, devices and pipes never waited for.
"""

import os
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

Key = TypeVar("Key")


class Hashed(NamedTuple):
    """One file as it was read.

    Attributes:
        sha256: lower-case hex; empty when the file could not be read.
        size_bytes: how many bytes were hashed.
        head, tail: the first and last bytes, as many as were asked for and are there.
        problem: None, or why it could not be read, in a few words.
    """

    sha256: str
    size_bytes: int
    head: bytes = b""
    tail: bytes = b""
    problem: str | None = None


class _Buffer(threading.local):
    """One read buffer for each thread."""

    def __init__(self) -> None:
        self.view = memoryview(bytearray(READ_BYTES))


_BUFFER = _Buffer()


def default_readers() -> int:
    """How many readers to start: as many as there are processors to hash, and eight at most."""
    return min(MAX_READERS, len(os.sched_getaffinity(0)))


def hash_file(path: str | os.PathLike[str], *, head_bytes: int = 0, tail_bytes: int = 0) -> Hashed:
    """The digest, size, head and tail of one regular file, in one pass; never raises for a bad file."""
    try:
        descriptor = os.open(path, _OPEN_FLAGS)
    except OSError as problem:
        return Hashed("", 0, problem=_reason(problem))
    try:
        facts = os.fstat(descriptor)
        if not stat.S_ISREG(facts.st_mode):
            return Hashed("", 0, problem="not a regular file")
        return _read(descriptor, facts.st_size, head_bytes, tail_bytes)
    except OSError as problem:
        return Hashed("", 0, problem=_reason(problem))
    finally:
        os.close(descriptor)


def hash_files(
    items: Iterable[tuple[Key, str]],
    *,
    readers: int | None = None,
    head_bytes: int = 0,
    tail_bytes: int = 0,
) -> Iterator[tuple[Key, Hashed]]:
    """Hash many files; yields `(key, Hashed)` in the order in which `(key, path)` came.

    Law: the answer for each key is that of `hash_file` on its path. Memory does not grow with the number of files.
    """
    readers = min(readers or default_readers(), MAX_READERS)

    def hash_batch(batch: list[tuple[Key, str]]) -> list[tuple[Key, Hashed]]:
        return [(key, hash_file(path, head_bytes=head_bytes, tail_bytes=tail_bytes)) for key, path in batch]

    source = iter(items)
    waiting: deque[Future[list[tuple[Key, Hashed]]]] = deque()
    batch = list(islice(source, BATCH_FILES))
    if len(batch) < BATCH_FILES:  # so few files are not worth a thread
        yield from hash_batch(batch)
        return
    with ThreadPoolExecutor(readers, thread_name_prefix="digest") as pool:
        while batch:
            waiting.append(pool.submit(hash_batch, batch))
            if len(waiting) > readers * BATCHES_AHEAD:
                yield from waiting.popleft().result()
            batch = list(islice(source, BATCH_FILES))
        while waiting:
            yield from waiting.popleft().result()


def _read(descriptor: int, size_bytes: int, head_bytes: int, tail_bytes: int) -> Hashed:
    """Hash an open file. A file that fits the buffer costs one read and one update."""
    view = _BUFFER.view
    count = os.readv(descriptor, [view])
    if count == size_bytes < READ_BYTES and not head_bytes and not tail_bytes:
        return Hashed(sha256(view[:count]).hexdigest(), count)
    head = bytes(view[: min(count, head_bytes)])
    tail = _last(b"", view[:count], tail_bytes)
    hasher = sha256(view[:count])
    total = count
    # A file that ends where it said it would needs no second read to find its end.
    while count and (total != size_bytes or count == READ_BYTES):
        count = os.readv(descriptor, [view])
        part = view[:count]
        hasher.update(part)
        total += count
        if len(head) < head_bytes:
            head += bytes(part[: head_bytes - len(head)])
        tail = _last(tail, part, tail_bytes)
    if total != size_bytes:
        return Hashed("", total, problem="changed while it was read")
    return Hashed(hasher.hexdigest(), total, head, tail)


def _last(before: bytes, part: memoryview, wanted: int) -> bytes:
    """The last `wanted` bytes of two neighbouring parts."""
    if wanted == 0:
        return b""
    if len(part) >= wanted:
        return bytes(part[len(part) - wanted :])
    return (before + bytes(part))[-wanted:]


def _reason(problem: OSError) -> str:
    return (problem.strerror or "cannot be read").lower()
