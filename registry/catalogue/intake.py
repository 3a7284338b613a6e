"""What are the bytes in this source, image by image?

Every image is read once: the same bytes are hashed and looked at for their header. Images go to a few reader threads in
batches (hashlib lets go of the interpreter while it hashes), and come back in the order in which they were found;
memory stays flat. Nothing is decoded but for perceptual hashes, on request; nothing is written, no link is followed,
and no image stops the others: what cannot be read is a row with a defect, and what is not what a list says of it is
refused by name.
"""

import hashlib
import threading
from collections import deque
from collections.abc import Callable, Collection, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from itertools import groupby, islice
from typing import NamedTuple

from registry.catalogue import reports
from registry.catalogue.entries import Defect, SourceEntry
from registry.catalogue.found import Found, Kind, where
from registry.catalogue.headers import sniff
from registry.catalogue.headers.window import Window
from registry.catalogue.places import (
    ChangedError,
    FilePlace,
    MemberPlace,
    NoFileError,
    Span,
    held_files,
    opened_archive,
)
from registry.catalogue.reports import ImportReport
from registry.catalogue.rights import containers
from registry.catalogue.rights.statements import Statement
from registry.errors import InvalidInputError
from registry.proof import digests, paths

BATCH_FILES = 64
# Batches in flight for each reader: enough to keep all busy, little enough to keep memory flat.
BATCHES_AHEAD = 4
# What is kept of a file, in a buffer that each reader has once, until its header is read; nearly every photograph
# fits, and some neighbours at once.
KEPT_BYTES = 1 << 20
# What of it is a header's usual length, and is copied out.
HEAD_BYTES = 1 << 13
SHA512_CHARS = 128
# A file that somebody is writing is tried again this often before it counts as unreadable.
ATTEMPTS = 3

_DEFECTS = {
    Kind.SYMLINK: Defect.SYMLINK,
    Kind.SPECIAL_FILE: Defect.SPECIAL_FILE,
    Kind.UNREADABLE_FOLDER: Defect.UNREADABLE,
}


# Told, entry by entry, what a picture says of rights.
Heard = Callable[[SourceEntry, list[Statement]], None]


class _Asked(NamedTuple):
    """What is asked of every picture beside its header."""

    pdq: bool
    rights: bool


class _Looked(NamedTuple):
    """What came of a found thing: its entry, what it says of rights, where that was asked for, and its checksum.

    The checksum is of the kind that is expected of it; null for what could not be read.
    """

    found: Found
    entry: SourceEntry
    said: list[Statement]
    checksum: str | None


class _Buffers(threading.local):
    """Each reader thread's own: the start of the file at hand, and what only passes by to be hashed."""

    def __init__(self) -> None:
        self.kept = memoryview(bytearray(KEPT_BYTES))
        self.passing = memoryview(bytearray(KEPT_BYTES))


_BUFFERS = _Buffers()


def scan(
    found: Iterable[Found],
    report: ImportReport,
    *,
    classes: Collection[str] | None = None,
    workers: int = 0,
    has_pdq: bool = False,
    heard: Heard | None = None,
) -> Iterator[SourceEntry]:
    """Read everything that a layout found; yields one entry for each image that is not refused, in the same order.

    Args:
        found: by a layout.
        report: is told what came in and what was refused.
        classes: whose images are taken; null for all.
        workers: reader threads; 0 for one per processor.
        has_pdq: decode every picture and compute its perceptual hash, too.
        heard: is told what every picture says of rights; null where nobody asked.
    """
    asked = _Asked(has_pdq, heard is not None)
    for batch in _read_batches(_files(found, report, classes), workers, asked):
        for thing, entry, said, checksum in batch:
            if thing.expected is not None and checksum != thing.expected:
                why = "is not what the list says" if checksum else "is no file that can be read"
                report.refuse(*thing.said_in, why)
                continue
            if heard is not None and said:
                heard(entry, said)
            yield entry


def read_entry(found: Found) -> SourceEntry:
    """The entry of one found thing; never raises for what lies there."""
    return _look(found, _Asked(pdq=False, rights=False)).entry


def _look(found: Found, asked: _Asked) -> _Looked:
    defect = _DEFECTS.get(found.kind)
    attempts = ATTEMPTS if defect is None else 0
    for _ in range(attempts):
        try:
            with found.place.opened() as span:
                looked = _looked(found, *_hash(span, found.expected), asked)
            entry = looked.entry
            return looked._replace(entry=replace(entry, pdq=_pdq(found, entry))) if asked.pdq else looked
        except ChangedError:
            continue
        except NoFileError:
            defect = Defect.SPECIAL_FILE
            break
        except OSError:
            break
    return _Looked(found, _without_bytes(found, defect or Defect.UNREADABLE), [], None)


def _files(found: Iterable[Found], report: ImportReport, classes: Collection[str] | None) -> Iterator[Found]:
    """What is to be read; the rest is in the report."""
    for thing in found:
        if thing.kind is Kind.EMPTY_FOLDER:
            if len(report.empty_folders) < reports.EMPTY_FOLDERS:
                report.empty_folders.append(thing.path)
            continue
        report.came_in += 1
        try:
            paths.check(thing.path)
        except InvalidInputError:
            _refuse(report, thing, "its name is no plain relative path")
            continue
        if classes is not None and thing.label is not None and thing.label not in classes:
            _refuse(report, thing, "its class is none of the list")
            continue
        yield thing


def _refuse(report: ImportReport, thing: Found, why: str) -> None:
    """Note what is not taken. Reasons are counted, so they are few; what each is about stands beside it."""
    place = (where(thing.part, thing.position), ascii(thing.path)[1:-1] if thing.part else "")
    report.refuse(thing.part or thing.path, ", ".join(filter(None, place)), why)


def _read_batches(files: Iterator[Found], workers: int, asked: _Asked) -> Iterator[list[_Looked]]:
    readers = workers or digests.default_readers()
    waiting: deque[Future[list[_Looked]]] = deque()
    with ThreadPoolExecutor(readers, thread_name_prefix="intake") as pool:
        try:
            while batch := list(islice(files, BATCH_FILES)):
                waiting.append(pool.submit(_read_batch, batch, asked))
                if len(waiting) > readers * BATCHES_AHEAD:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()
        finally:
            # Whoever stops listening does not wait for what nobody will hear.
            pool.shutdown(wait=True, cancel_futures=True)


def _read_batch(batch: list[Found], asked: _Asked) -> list[_Looked]:
    done: list[_Looked] = []
    for name, group in groupby(batch, key=_neighbourhood):
        things = list(group)
        together = None
        if name is not None and not asked.pdq:
            together = _read_members(name, things, asked) if name else _read_files(things, asked)
        # What could not be read together is read one by one, so that each says for itself what is the matter.
        done += together or [_look(thing, asked) for thing in things]
    return done


def _neighbourhood(found: Found) -> bytes | None:
    """Whose neighbours are read together: the name of an archive, none of files of their own; null for the rest."""
    place = found.place
    if found.kind in _DEFECTS or not isinstance(place, FilePlace | MemberPlace):
        return None
    return place.name if isinstance(place, MemberPlace) else b""


def _read_files(things: list[Found], asked: _Asked) -> list[_Looked]:
    """What came of files of their own: some are read, then they are hashed, then they are looked at.

    Whoever has hashed needs the interpreter's lock for a moment. File by file, somebody else would mostly be at a
    header and hold it, or in one of many short calls, and take it again before the other is awake.
    """
    done: list[_Looked] = []
    while rest := things[len(done) :]:
        places = [thing.place for thing in rest if isinstance(thing.place, FilePlace)]
        spans = held_files(places, _BUFFERS.kept)
        hashed = [_hash(span, thing.expected) for thing, span in zip(rest, spans, strict=False)]
        # What is too large to be held, or cannot be read, is read by itself.
        read = [_looked(thing, *it, asked) for thing, it in zip(rest, hashed, strict=False)]
        done += read or [_look(rest[0], asked)]
    return done


def _read_members(name: bytes, things: list[Found], asked: _Asked) -> list[_Looked] | None:
    """What came of members of one archive, which is opened once for all of them; null where one cannot be read."""
    try:
        with opened_archive(name) as archive:
            places = [thing.place for thing in things if isinstance(thing.place, MemberPlace)]
            spans = archive.spans(places, _BUFFERS.kept)
            return [
                _looked(thing, *_hash(span, thing.expected), asked) for thing, span in zip(things, spans, strict=True)
            ]
    except OSError:
        return None


def _pdq(found: Found, entry: SourceEntry) -> str | None:
    """The perceptual hash; null for what is no sound picture. The bytes are read again, from memory as a rule."""
    from registry.catalogue.pdq import hashing  # noqa: PLC0415 - OpenCV, for those who asked for it

    if entry.format is None or entry.defect is not None:
        return None
    return hashing.of_file(found.place.read())


def _looked(found: Found, window: Window, sha256: str, checksum: str, asked: _Asked) -> _Looked:
    header = sniff.read(window)
    said = containers.read(window) if asked.rights and header.format is not None else []
    entry = SourceEntry(
        path=found.path,
        size_bytes=window.size,
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
        part=found.part,
        position=found.position,
    )
    return _Looked(found, entry, said, checksum)


def _without_bytes(found: Found, defect: Defect) -> SourceEntry:
    return SourceEntry(
        found.path,
        label=found.label,
        defect=_with_name(found.path, defect),
        part=found.part,
        position=found.position,
    )


def _hash(span: Span, expected: str | None = None) -> tuple[Window, str, str]:
    """A window on the bytes, good until the same thread reads further images; their SHA-256, and their checksum.

    The checksum is a SHA-512 where one is expected.

    Raises:
        ChangedError: they are fewer than they should be.
    """
    size = span.size
    part = kept = span.part(0, _BUFFERS.kept)
    digest, total = hashlib.sha256(kept), len(kept)
    other = hashlib.sha512(kept) if expected is not None and len(expected) == SHA512_CHARS else digest
    while part and total < size:
        part = span.part(total, _BUFFERS.passing)
        digest.update(part)
        if other is not digest:
            other.update(part)
        total += len(part)
    if total != size:
        raise ChangedError

    def fetch(offset: int, length: int) -> bytes:
        end = offset + length
        return bytes(kept[offset:end]) if end <= len(kept) else span.at(offset, length)

    return Window(bytes(kept[:HEAD_BYTES]), size, fetch), digest.hexdigest(), other.hexdigest()


def _with_name(path: str, defect: Defect | None) -> Defect | None:
    """A name that cannot be carried decides, whatever else is wrong."""
    return defect if paths.is_portable(path) else Defect.UNPORTABLE_NAME
