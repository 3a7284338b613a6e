"""How does a manifest come out of the blob store, and which of its rows concern these images?"""

import shutil
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from registry.blobs import BlobStore
from registry.catalogue.entries import ReleaseEntry
from registry.catalogue.manifests import columns, session


@contextmanager
def opened(blobs: BlobStore, sha256: str) -> Iterator[Path]:
    """A local file with the manifest's bytes, for as long as the block lasts; not to be written to.

    Raises:
        DamagedError: the store has the blob no more.
    """
    here = blobs.path_or_none(sha256)
    if here is not None:
        yield here
        return
    with tempfile.TemporaryDirectory(prefix="accession-manifest-") as folder:
        file = Path(folder) / "manifest.parquet"
        with blobs.open(sha256) as source, file.open("wb") as copy:
            shutil.copyfileobj(source, copy)
        yield file


def released_among(file: Path, digests: Iterable[str]) -> list[ReleaseEntry]:
    """The entries that a release hands out although their source has one of these SHA-256, in path order."""
    wanted = [bytes.fromhex(digest) for digest in digests]
    names = ", ".join(columns.RELEASE.names)
    # The names of the columns are constants of this room.
    question = f"SELECT {names} FROM manifest WHERE list_contains(?, sha256) AND verdict <> 'exclude' ORDER BY path"  # noqa: S608
    with session.opened(manifest=file) as manifest:
        return list(columns.release_entries(manifest.execute(question, [wanted]).fetchall()))
