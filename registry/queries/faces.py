"""Which pictures of a release wait for somebody to say whether a face is in them, and what has been said?

The queue is the release's manifest less what people have decided since; so it needs no row until somebody decides.
"""

from collections import defaultdict
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Session, col, select

from registry.blobs import BlobStore
from registry.catalogue import manifests
from registry.catalogue.decided import NOTHING, Decided, Place
from registry.catalogue.entries import Box, FaceOrigin, FaceZone, ReleaseEntry
from registry.models.faces import FaceDecision, FaceStep, FaceVerdict, ReleaseFaces
from registry.models.people import Person
from registry.models.releases import Release
from registry.queries import paging, pictures, releases
from registry.queries.paging import Page

REVIEWS_PER_PAGE = 24
IN_AT_MOST = 500


@dataclass(frozen=True, slots=True)
class Asked:
    """One box about which a person is asked, and what was said; None while nobody has."""

    box: Box
    verdict: FaceVerdict | None


@dataclass(frozen=True, slots=True)
class Review:
    """One picture of the queue."""

    entry: ReleaseEntry
    asked: tuple[Asked, ...]

    @property
    def is_open(self) -> bool:
        """Whether something in it is undecided."""
        return any(one.verdict is None for one in self.asked)


@dataclass(frozen=True, slots=True)
class DecisionLine:
    """One decision about a box, as it was made."""

    place: Place
    step: FaceStep
    verdict: FaceVerdict
    reason: str
    person: str
    decided_at: object


@dataclass(frozen=True, slots=True)
class Standing:
    """How far the review of a release is, in pictures.

    Attributes:
        doubtful: held something doubtful when the release was built.
        open: of these, nobody has decided about all of it.
        unmet: show a face that a person has confirmed since and the release does not blur.
    """

    doubtful: int
    open: int
    unmet: int


def known_of(session: Session, release_id: UUID) -> ReleaseFaces | None:
    """What a release takes as known; None for nothing beyond what people decide."""
    return session.get(ReleaseFaces, release_id)


def decided(session: Session, digests: Collection[str] | None = None) -> dict[str, Decided]:
    """What people have decided, by the SHA-256 of the images; of some images, or of all.

    The newest decision about a place counts.
    """
    found: dict[str, dict[Place, FaceVerdict]] = defaultdict(dict)
    for row in _decisions(session, digests):
        found[row.image_sha256][place_of(row)] = row.verdict
    return {sha256: _sorted_out(places) for sha256, places in found.items()}


def place_of(row: FaceDecision) -> Place:
    """Where the box of a decision is."""
    return row.left_px, row.top_px, row.right_px, row.bottom_px


def list_reviews(
    session: Session,
    blobs: BlobStore,
    label: str,
    *,
    is_open: bool = True,
    after: str | None = None,
    limit: int = REVIEWS_PER_PAGE,
) -> Page[Review]:
    """The pictures of a release that hold something doubtful, by path: those that wait, or all of them.

    Raises:
        NotFoundError: there is no such release.
        WrongStateError: it is not built yet.
    """
    release = releases.find(session, label, is_insider=True)
    wanted = paging.bounded(limit) + 1
    found: list[Review] = []
    with pictures.manifest_of(blobs, release) as file:
        for review in _reviews(session, file, after):
            if review.is_open or not is_open:
                found.append(review)
            if len(found) == wanted:
                break
    return paging.cut(found, limit, lambda review: review.entry.source.path)


def read_review(session: Session, blobs: BlobStore, label: str, path: str) -> Review:
    """One picture of a release with what is asked about it, whether or not anything is.

    Raises:
        NotFoundError: there is no such release, or no such image in it.
        WrongStateError: it is not built yet.
    """
    entry = pictures.read_picture(session, blobs, label, path)
    said = decided(session, [entry.source.sha256 or ""])
    return _review(entry, said.get(entry.source.sha256 or "", NOTHING))


def history(session: Session, sha256: str) -> tuple[DecisionLine, ...]:
    """Every decision about an image, the oldest first."""
    statement = (
        sa.select(FaceDecision, col(Person.handle))
        .join(Person, col(Person.id) == col(FaceDecision.decided_by))
        .where(col(FaceDecision.image_sha256) == sha256)
        .order_by(col(FaceDecision.id))
    )
    return tuple(
        DecisionLine(place_of(row), row.step, row.verdict, row.reason, handle, row.decided_at)
        for row, handle in session.execute(statement)
    )


def standing(session: Session, blobs: BlobStore, release: Release) -> Standing:
    """How far the review of a built release is.

    Raises:
        WrongStateError: it is not built yet.
    """
    said = decided(session)
    with pictures.manifest_of(blobs, release) as file:
        doubtful = manifests.count_doubtful(file)
        looked_at = [entry for entry in manifests.released_among(file, sorted(said)) if entry.look is not None]
    reviews = [_review(entry, said[entry.source.sha256 or ""]) for entry in looked_at]
    settled = sum(bool(review.asked) and not review.is_open for review in reviews)
    unmet = sum(_is_unmet(review.entry, said[review.entry.source.sha256 or ""]) for review in reviews)
    return Standing(doubtful, doubtful - settled, unmet)


def _reviews(session: Session, file: Path, after: str | None) -> Iterator[Review]:
    while page := manifests.page(file, after, paging.MAX_LIMIT, is_doubtful=True):
        said = decided(session, [entry.source.sha256 or "" for entry in page])
        for entry in page:
            yield _review(entry, said.get(entry.source.sha256 or "", NOTHING))
        after = page[-1].source.path


def _review(entry: ReleaseEntry, said: Decided) -> Review:
    return Review(entry, tuple(Asked(box, _verdict(box, said)) for box in entry.reviews))


def _verdict(box: Box, said: Decided) -> FaceVerdict | None:
    """What was decided about a box; what is hidden well enough is said of second looks only."""
    if box.place in said.faces:
        return FaceVerdict.FACE
    if box.origin is FaceOrigin.SECOND_LOOK:
        return FaceVerdict.HIDDEN if box.place in said.hidden else None
    return FaceVerdict.NO_FACE if box.place in said.left else None


def _is_unmet(entry: ReleaseEntry, said: Decided) -> bool:
    """Whether a place that is a face by now is not blurred in a picture whose faces are."""
    blurred = {box.place for box in entry.boxes if box.zone is FaceZone.BLUR}
    keeps_faces = bool(entry.faces) and not blurred
    return not keeps_faces and not blurred.issuperset(said.faces)


def _decisions(session: Session, digests: Collection[str] | None) -> Iterator[FaceDecision]:
    statement = select(FaceDecision).order_by(col(FaceDecision.id))
    if digests is None:
        yield from session.exec(statement)
        return
    wanted = sorted(set(digests))
    for start in range(0, len(wanted), IN_AT_MOST):
        some = wanted[start : start + IN_AT_MOST]
        yield from session.exec(statement.where(col(FaceDecision.image_sha256).in_(some)))


def _sorted_out(places: dict[Place, FaceVerdict]) -> Decided:
    def having(verdict: FaceVerdict) -> tuple[Place, ...]:
        return tuple(sorted(place for place, said in places.items() if said is verdict))

    return Decided(having(FaceVerdict.FACE), having(FaceVerdict.NO_FACE), having(FaceVerdict.HIDDEN))
