"""How does a manifest come out of the blob store, and which of its rows concern these images?"""

import shutil
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path

from registry.blobs import BlobStore, storage_trouble
from registry.catalogue.entries import ReleaseEntry
from registry.catalogue.manifests import columns, session
from registry.catalogue.manifests.files import iter_lines
from registry.errors import DamagedError


@contextmanager
def opened(blobs: BlobStore, name: str) -> Iterator[Path]:
    """A local file with the bytes of a manifest, or of another blob, for as long as the block lasts; only for reading.

    Raises:
        DamagedError: the store has the blob no more.
    """
    here = blobs.path_or_none(name)
    if here is not None:
        yield here
        return
    with tempfile.TemporaryDirectory(prefix="accession-manifest-") as folder:
        file = Path(folder) / "manifest.parquet"
        with blobs.open(name) as source, file.open("wb") as copy:
            shutil.copyfileobj(source, copy)
        yield file


@contextmanager
def lines_of(blobs: BlobStore, manifest_sha256: str, lines_sha256: str) -> Iterator[Path]:
    """A local file with the canonical lines of a release, for as long as the block lasts; not to be written to.

    They follow from the manifest, so that nobody keeps them; of releases of before they are in the store.

    Raises:
        DamagedError: the store has the manifest no more, or its lines are no longer those.
    """
    if blobs.has(lines_sha256):
        with opened(blobs, lines_sha256) as file:
            yield file
        return
    with opened(blobs, manifest_sha256) as manifest, tempfile.TemporaryDirectory(prefix="accession-lines-") as folder:
        file, digest = Path(folder) / "manifest.lines", sha256()
        with storage_trouble("a temporary file"), file.open("wb") as out:
            for text in iter_lines(manifest):
                digest.update(text)
                out.write(text)
        if digest.hexdigest() != lines_sha256:
            raise DamagedError(
                f"The manifest {manifest_sha256} has other lines than were built; look into your backup."
            )
        yield file


def released_among(file: Path, digests: Iterable[str]) -> list[ReleaseEntry]:
    """The entries that a release hands out although their source has one of these SHA-256, in path order."""
    wanted = [bytes.fromhex(digest) for digest in digests]
    names = ", ".join(columns.RELEASE.names)
    # The names of the columns are constants of this room.
    question = f"SELECT {names} FROM manifest WHERE list_contains(?, sha256) AND verdict <> 'exclude' ORDER BY path"  # noqa: S608
    with session.opened(manifest=file) as manifest:
        return list(columns.release_entries(manifest.execute(question, [wanted]).fetchall()))
