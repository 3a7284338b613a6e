"""Which images of which variants are meant? Looked up in the parent manifests, over all variants."""

from dataclasses import dataclass
from urllib.parse import unquote, urlsplit
from uuid import UUID

from sqlmodel import Session, col, select

from registry.blobs import BlobStore
from registry.catalogue import manifests
from registry.models.imports import Import, ImportState
from registry.models.releases import Release, ReleaseState
from registry.models.takedowns import SubjectKind

SEARCHED_PARTS = 32


@dataclass(frozen=True, slots=True)
class ImagePlace:
    """An image by its bytes, and one place where it stands."""

    sha256: str
    variant_id: UUID
    path: str


def named(session: Session, blobs: BlobStore, kind: SubjectKind, subject: str) -> list[ImagePlace]:
    """Every image that the subject of a request means, in every variant.

    Equal bytes under several names are one image each place; whoever asked for one of them means all.
    """
    places: list[ImagePlace] = []
    known = _known_imports(session)
    match kind:
        case SubjectKind.SHA256:
            places = _found(blobs, known, sha256=subject)
        case SubjectKind.PATH | SubjectKind.URL:
            for path in searched_paths(kind, subject):
                places = _found(blobs, known, path=path)
                if places:
                    break
    return places


def searched_paths(kind: SubjectKind, subject: str) -> list[str]:
    """The manifest paths that a subject may mean, the longest first: a URL or a longer path may end in one.

    A bare file name at the end of one is not enough: thousands of images of the web are called `image.jpg`. Nor are
    more than the last `SEARCHED_PARTS` parts looked at: whoever asks may be anybody, and each tail costs a search.
    """
    whole = subject if kind is SubjectKind.PATH else unquote(urlsplit(subject).path)
    parts = [part for part in whole.split("/") if part]
    tails = ["/".join(parts[start:]) for start in range(max(0, len(parts) - SEARCHED_PARTS), len(parts) - 1)]
    return tails or ([subject] if kind is SubjectKind.PATH else [])


def variants_holding(session: Session, blobs: BlobStore, digests: list[str]) -> set[UUID]:
    """The variants in which one of the images stands, or stood when a release of theirs was published."""
    return {place.variant_id for digest in digests for place in _found(blobs, _known_imports(session), sha256=digest)}


def _known_imports(session: Session) -> list[Import]:
    """The newest import of every variant, and every import that a published release was made from."""
    done = select(Import).where(Import.state == ImportState.DONE).order_by(col(Import.finished_at))
    newest = {found.variant_id: found for found in session.exec(done)}
    published = (
        select(Import)
        .join(Release, col(Release.import_id) == col(Import.id))
        .where(Release.state == ReleaseState.PUBLISHED)
    )
    known = {found.id: found for found in [*newest.values(), *session.exec(published)]}
    return list(known.values())


def _found(
    blobs: BlobStore, known: list[Import], *, path: str | None = None, sha256: str | None = None
) -> list[ImagePlace]:
    places = []
    for done in known:
        with manifests.opened(blobs, done.manifest_sha256 or "") as file:
            entries = manifests.find_source(file, path=path, sha256=sha256)
            places += [ImagePlace(e.sha256, done.variant_id, e.path) for e in entries if e.sha256 is not None]
    return places
