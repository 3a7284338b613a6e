"""How do a release's images get into an export? Kept ones from their source, changed ones from the blob store.

Every byte is hashed on its way: a source that is not what was imported stops the export and is named.
"""

import errno
import os
from collections.abc import Iterable, Iterator
from hashlib import sha256
from pathlib import Path
from typing import BinaryIO

from registry.blobs import BlobStore
from registry.catalogue import places
from registry.catalogue.entries import ReleaseEntry
from registry.catalogue.places import Place
from registry.errors import UnavailableError, WrongStateError
from registry.proof import digests

READ_BYTES = 256 * 1024


def write(entries: Iterable[ReleaseEntry], source: Path, blobs: BlobStore, folder: Path, *, link: bool) -> int:
    """Write every released image below `folder`; returns how many.

    Args:
        entries: of the release; excluded ones are passed over.
        source: the folder or file that was imported.
        blobs: where changed images lie.
        folder: must exist; nothing may lie at the images' paths.
        link: make hard links where the file system can, instead of copies.

    Raises:
        WrongStateError: a source file is gone or is not what was imported.
        UnavailableError: the folder cannot be written to.
    """
    count = 0
    try:
        for entry in entries:
            if entry.output_path is None or entry.output_sha256 is None:
                continue
            target = folder / entry.output_path
            target.parent.mkdir(parents=True, exist_ok=True)
            if entry.output_sha256 == entry.source.sha256:
                place = places.place_of(source, entry.source)
                _kept(place, entry.source.path, target, entry.output_sha256, link=link)
            else:
                _changed(blobs, entry.output_sha256, target, link=link)
            count += 1
    except OSError as error:
        raise UnavailableError(f"The export cannot be written: {error.strerror or error}.") from error
    return count


def _kept(place: Place, path: str, target: Path, expected: str, *, link: bool) -> None:
    original = place.file
    if link and original and digests.hash_file(original).sha256 == expected and _linked(original, target):
        return
    with target.open("xb") as copy:
        if _copied(_blocks(place, path), copy) != expected:
            raise _not_as_imported(path)


def _blocks(place: Place, path: str) -> Iterator[bytes]:
    """The bytes of a source's image, some at a time."""
    try:
        with place.opened() as span:
            for offset in range(0, span.size, READ_BYTES):
                yield span.at(offset, READ_BYTES)
    except OSError as error:
        raise _not_as_imported(path) from error


def _changed(blobs: BlobStore, digest: str, target: Path, *, link: bool) -> None:
    here = blobs.path_or_none(digest)
    if link and here is not None and _linked(here, target):
        return
    with blobs.open(digest) as source, target.open("xb") as copy:
        if _copied(iter(lambda: source.read(READ_BYTES), b""), copy) != digest:
            raise UnavailableError("A blob is damaged: its bytes do not have the digest that it is kept under.")


def _linked(existing: Path, target: Path) -> bool:
    """Whether a hard link could be made; another file system, or one without links, says no."""
    try:
        os.link(existing, target, follow_symlinks=False)
    except OSError as error:
        if error.errno in {errno.EXDEV, errno.EPERM, errno.EMLINK, errno.ENOTSUP}:
            return False
        raise
    return True


def _copied(blocks: Iterable[bytes], copy: BinaryIO) -> str:
    """The SHA-256 of the bytes that were copied."""
    running = sha256()
    for block in blocks:
        running.update(block)
        copy.write(block)
    return running.hexdigest()


def _not_as_imported(path: str) -> WrongStateError:
    return WrongStateError(f"{path} is not what was imported; import the source again and build a new release.")
