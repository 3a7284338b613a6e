"""What are the bytes in this source, file by file?

Every file is read once: the same bytes are hashed and looked at for their header. Files go to a few reader threads in
batches (hashlib lets go of the interpreter while it hashes), and come back in path order; memory does not grow with
their number. Nothing is decoded, nothing is written, no link is followed, and no file stops the others: what cannot be
read is a row with a defect.
"""

import hashlib
import os
import stat
import threading
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import islice
from pathlib import Path

from registry.catalogue.entries import Defect, SourceEntry
from registry.catalogue.headers import sniff
from registry.catalogue.headers.window import Window
from registry.catalogue.layouts import Found, Kind, Layout
from registry.errors import InvalidInputError
from registry.proof import digests, paths

BATCH_FILES = 64
# Batches in flight for each reader: enough to keep all busy, little enough to keep memory flat.
BATCHES_AHEAD = 4
# What is kept of a file, in a buffer that each reader has once, until its header is read; nearly every photograph fits.
KEPT_BYTES = 1 << 20
# What of it is a header's usual length, and is copied out.
HEAD_BYTES = 1 << 13
# A file that somebody is writing is tried again this often before it counts as unreadable.
ATTEMPTS = 3

_OPEN_FLAGS = os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_NOCTTY
_DEFECTS = {
    Kind.SYMLINK: Defect.SYMLINK,
    Kind.SPECIAL_FILE: Defect.SPECIAL_FILE,
    Kind.UNREADABLE_FOLDER: Defect.UNREADABLE,
}


class _Buffers(threading.local):
    """Each reader thread's own: the start of the file at hand, and what only passes by to be hashed."""

    def __init__(self) -> None:
        self.kept = memoryview(bytearray(KEPT_BYTES))
        self.passing = memoryview(bytearray(KEPT_BYTES))


_BUFFERS = _Buffers()


class _ChangedError(Exception):
    """The file changed while it was read."""


def scan(
    root: Path,
    layout: Layout,
    *,
    workers: int = 0,
    on_empty_folder: Callable[[str], None] | None = None,
) -> Iterator[SourceEntry]:
    """Read a whole source; yields one entry per file (and per unreadable folder), in path order.

    Args:
        root: where the source lies.
        layout: how it is laid out.
        workers: reader threads; 0 for one per processor.
        on_empty_folder: called with the path of each folder that holds nothing.

    Raises:
        NotFoundError: there is no such root.
        InvalidInputError: the root is no such layout, or holds no file at all.
    """
    files = 0
    for batch in _read_batches(_files(layout.walk(root), on_empty_folder), workers):
        files += len(batch)
        yield from batch
    if not files:
        raise InvalidInputError(f"{root} holds no files.")


def read_entry(found: Found) -> SourceEntry:
    """The entry of one found thing; never raises for what lies there."""
    defect = _DEFECTS.get(found.kind)
    if defect:
        return SourceEntry(found.path, label=found.label, defect=_with_name(found.path, defect))
    for _ in range(ATTEMPTS):
        try:
            return _read_file(found)
        except _ChangedError:
            continue
        except OSError:
            break
    return SourceEntry(found.path, label=found.label, defect=_with_name(found.path, Defect.UNREADABLE))


def _files(found: Iterator[Found], on_empty_folder: Callable[[str], None] | None) -> Iterator[Found]:
    for thing in found:
        if thing.kind is not Kind.EMPTY_FOLDER:
            yield thing
        elif on_empty_folder:
            on_empty_folder(thing.path)


def _read_batches(files: Iterator[Found], workers: int) -> Iterator[list[SourceEntry]]:
    readers = workers or digests.default_readers()
    waiting: deque[Future[list[SourceEntry]]] = deque()
    with ThreadPoolExecutor(readers, thread_name_prefix="intake") as pool:
        try:
            while batch := list(islice(files, BATCH_FILES)):
                waiting.append(pool.submit(_read_batch, batch))
                if len(waiting) > readers * BATCHES_AHEAD:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()
        finally:
            # Whoever stops listening does not wait for what nobody will hear.
            pool.shutdown(wait=True, cancel_futures=True)


def _read_batch(batch: list[Found]) -> list[SourceEntry]:
    return [read_entry(found) for found in batch]


def _read_file(found: Found) -> SourceEntry:
    descriptor = os.open(found.place, _OPEN_FLAGS)
    try:
        before = os.fstat(descriptor)
        if not stat.S_ISREG(before.st_mode):
            return SourceEntry(found.path, label=found.label, defect=_with_name(found.path, Defect.SPECIAL_FILE))
        window, sha256 = _hash(descriptor, before.st_size)
        header = sniff.read(window)
        after = os.fstat(descriptor)
    finally:
        os.close(descriptor)
    if _state(before) != _state(after):
        raise _ChangedError
    return SourceEntry(
        path=found.path,
        size_bytes=before.st_size,
        sha256=sha256,
        format=header.format,
        width=header.width,
        height=header.height,
        mode=header.mode,
        orientation=header.orientation,
        thumbnails=tuple(sorted(header.thumbnails)),
        has_metadata=header.has_metadata,
        label=found.label,
        defect=_with_name(found.path, header.defect),
    )


def _hash(descriptor: int, size: int) -> tuple[Window, str]:
    """A window on an open file, good until the same thread reads the next one, and the digest of all of it.

    Raises:
        _ChangedError: it does not have `size` bytes after all.
    """
    kept, passing = _BUFFERS.kept, _BUFFERS.passing
    count = total = os.readv(descriptor, [kept])
    digest = hashlib.sha256(kept[:count])
    # Not to the end: a file that somebody goes on writing has none.
    while count and total < size:
        count = os.readv(descriptor, [passing])
        digest.update(passing[:count])
        total += count
    if total != size:
        raise _ChangedError

    def fetch(offset: int, length: int) -> bytes:
        end = offset + length
        return bytes(kept[offset:end]) if end <= KEPT_BYTES else os.pread(descriptor, length, offset)

    return Window(bytes(kept[: min(size, HEAD_BYTES)]), size, fetch), digest.hexdigest()


def _state(facts: os.stat_result) -> tuple[int, int, int]:
    return facts.st_size, facts.st_mtime_ns, facts.st_ctime_ns


def _with_name(path: str, defect: Defect | None) -> Defect | None:
    """A name that cannot be carried decides, whatever else is wrong."""
    return defect if paths.is_portable(path) else Defect.UNPORTABLE_NAME
