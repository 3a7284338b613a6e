"""Which images are in a release, each with its verdict and its reasons? One page at a time, from the manifest.

Says what happened to an image, also to one that nobody may see; refuses to hand out pixels, which is left to
`registry.services.pictures`.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlmodel import Session

from registry.blobs import BlobStore
from registry.catalogue import manifests
from registry.catalogue.entries import ReleaseEntry
from registry.errors import NotFoundError, WrongStateError
from registry.models.releases import Release
from registry.proof.manifest import Verdict
from registry.queries import paging, releases
from registry.queries.paging import Page

PICTURES_PER_PAGE = 24


@dataclass(frozen=True, slots=True)
class Which:
    """Which images of a release; what is None does not matter."""

    verdict: Verdict | None = None
    reason: str | None = None
    label: str | None = None


@contextmanager
def manifest_of(blobs: BlobStore, release: Release) -> Iterator[Path]:
    """The manifest of a release as a local file, while the block runs.

    Raises:
        WrongStateError: it is not built yet.
    """
    with manifests.opened(blobs, expect_built(release)) as file:
        yield file


def expect_built(release: Release) -> str:
    """The SHA-256 of the manifest of a release that is built.

    Raises:
        WrongStateError: it is not built yet.
    """
    if release.manifest_sha256 is None:
        raise WrongStateError("This release is not built yet; it has no images to show.")
    return release.manifest_sha256


def list_pictures(
    session: Session,
    blobs: BlobStore,
    label: str,
    which: Which,
    *,
    after: str | None = None,
    limit: int = PICTURES_PER_PAGE,
) -> Page[ReleaseEntry]:
    """The images of a release that match, by path.

    Raises:
        NotFoundError: there is no such release.
        WrongStateError: it is not built yet.
    """
    release = releases.find(session, label, is_insider=True)
    with manifest_of(blobs, release) as file:
        found = manifests.page(
            file,
            after,
            paging.bounded(limit) + 1,
            verdict=which.verdict,
            reason=which.reason,
            label=which.label,
        )
    return paging.cut(found, limit, lambda entry: entry.source.path)


def read_pictures(session: Session, blobs: BlobStore, label: str, paths: Sequence[str]) -> list[ReleaseEntry]:
    """The images of a release with these paths, in path order, each once.

    Raises:
        InvalidInputError: no path, or too many for one question.
        NotFoundError: there is no such release, or one of the images is not in it.
        WrongStateError: it is not built yet.
    """
    release = releases.find(session, label, is_insider=True)
    wanted = sorted(set(paths))
    with manifest_of(blobs, release) as file:
        found = manifests.find_each(file, wanted)
    strange = set(wanted) - {entry.source.path for entry in found}
    if strange:
        raise NotFoundError(f"{label} has no image {min(strange)}.")
    return found


def read_picture(session: Session, blobs: BlobStore, label: str, path: str) -> ReleaseEntry:
    """The image of a release with this path.

    Raises:
        NotFoundError: there is no such release, or no such image in it.
        WrongStateError: it is not built yet.
    """
    release = releases.find(session, label, is_insider=True)
    with manifest_of(blobs, release) as file:
        found = manifests.find(file, path=path)
    if not found:
        raise NotFoundError(f"{label} has no image with this path.")
    return found[0]
