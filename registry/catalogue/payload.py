"""How do a release's images get into an export? Kept ones from their source, changed ones from the blob store.

Every byte is hashed on its way: a source that is not what was imported stops the export and is named.
"""

import errno
import os
import stat
from collections.abc import Iterable
from hashlib import sha256
from pathlib import Path
from typing import BinaryIO

from registry.blobs import BlobStore
from registry.catalogue.entries import ReleaseEntry
from registry.errors import UnavailableError, WrongStateError
from registry.proof import digests

READ_BYTES = 256 * 1024


def write(entries: Iterable[ReleaseEntry], source: Path, blobs: BlobStore, folder: Path, *, link: bool) -> int:
    """Write every released image below `folder`; returns how many.

    Args:
        entries: of the release; excluded ones are passed over.
        source: the folder that was imported.
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
                _kept(source / entry.source.path, target, entry.output_sha256, link=link)
            else:
                _changed(blobs, entry.output_sha256, target, link=link)
            count += 1
    except OSError as error:
        raise UnavailableError(f"The export cannot be written: {error.strerror or error}.") from error
    return count


def _kept(original: Path, target: Path, expected: str, *, link: bool) -> None:
    if link and digests.hash_file(original).sha256 == expected and _linked(original, target):
        return
    try:
        # Not blocking: what was a file at import may be a pipe by now, to which nobody writes.
        descriptor = os.open(original, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError as error:
        raise _not_as_imported(original) from error
    with os.fdopen(descriptor, "rb") as source:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise _not_as_imported(original)
        with target.open("xb") as copy:
            if _copied(source, copy) != expected:
                raise _not_as_imported(original)


def _changed(blobs: BlobStore, digest: str, target: Path, *, link: bool) -> None:
    here = blobs.path_or_none(digest)
    if link and here is not None and _linked(here, target):
        return
    with blobs.open(digest) as source, target.open("xb") as copy:
        if _copied(source, copy) != digest:
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


def _copied(source: BinaryIO, copy: BinaryIO) -> str:
    """The SHA-256 of the bytes that were copied."""
    running = sha256()
    while block := source.read(READ_BYTES):
        running.update(block)
        copy.write(block)
    return running.hexdigest()


def _not_as_imported(original: Path) -> WrongStateError:
    return WrongStateError(f"{original} is not what was imported; import the source again and build a new release.")
