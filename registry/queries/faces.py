"""Which pictures of a release wait for somebody to say whether a face is in them, and what has been said?

The queue is the release's manifest less what people have decided since; so it needs no row until somebody decides.
"""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
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
from registry.queries import agreement, paging, pictures, releases
from registry.queries.agreement import Settled
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
    """One picture of the queue.

    Attributes:
        proposed: the blurred boxes that one person would not blur; they stay blurred until another one agrees.
    """

    entry: ReleaseEntry
    asked: tuple[Asked, ...]
    proposed: tuple[Box, ...] = ()

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
        proposed: hold a blurred box that one person would not blur, and wait for a second one.
    """

    doubtful: int
    open: int
    unmet: int
    proposed: int = 0


def known_of(session: Session, release_id: UUID) -> ReleaseFaces | None:
    """What a release takes as known; None for nothing beyond what people decide."""
    return session.get(ReleaseFaces, release_id)


def decided(session: Session, digests: Collection[str] | None = None) -> dict[str, Decided]:
    """What people have decided, by the SHA-256 of the images; of some images, or of all.

    The newest decision about a place counts; one that takes a blur away only once two people have made it.
    """
    return {sha256: _sorted_out(places) for sha256, places in _settled(session, digests).items()}


def obeyed(session: Session) -> dict[str, Decided]:
    """What a build that begins now obeys, by the SHA-256 of the images."""
    return {sha256: said for sha256, said in decided(session).items() if said.is_obeyed}


def proposals(session: Session, sha256: str) -> dict[Place, Settled]:
    """Where in an image one person says what another one has to agree to, and who that is."""
    found = _settled(session, [sha256]).get(sha256, {})
    return {place: settled for place, settled in found.items() if settled.proposed}


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


def list_proposed(
    session: Session, blobs: BlobStore, label: str, *, after: str | None = None, limit: int = REVIEWS_PER_PAGE
) -> Page[Review]:
    """The pictures of a release with a blurred box that one person would not blur, by path.

    Raises:
        NotFoundError: there is no such release.
        WrongStateError: it is not built yet.
    """
    release = releases.find(session, label, is_insider=True)
    said = {sha256: one for sha256, one in decided(session).items() if one.proposed}
    with pictures.manifest_of(blobs, release) as file:
        entries = manifests.released_among(file, sorted(said))
    reviews = (
        _review(entry, said[entry.source.sha256 or ""]) for entry in entries if entry.source.path > (after or "")
    )
    found = [review for review in reviews if review.proposed]
    return paging.cut(found[: paging.bounded(limit) + 1], limit, lambda review: review.entry.source.path)


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
    return Standing(doubtful, doubtful - settled, unmet, sum(bool(review.proposed) for review in reviews))


def _reviews(session: Session, file: Path, after: str | None) -> Iterator[Review]:
    while page := manifests.page(file, after, paging.MAX_LIMIT, is_doubtful=True):
        said = decided(session, [entry.source.sha256 or "" for entry in page])
        for entry in page:
            yield _review(entry, said.get(entry.source.sha256 or "", NOTHING))
        after = page[-1].source.path


def _review(entry: ReleaseEntry, said: Decided) -> Review:
    blurred = (box for box in entry.boxes if box.zone is FaceZone.BLUR)
    proposed = tuple(box for box in blurred if box.place in said.proposed)
    return Review(entry, tuple(Asked(box, _verdict(box, said)) for box in entry.reviews), proposed)


def _verdict(box: Box, said: Decided) -> FaceVerdict | None:
    """What was decided about a box; what is hidden well enough is said of second looks only.

    What is only doubtful is not blurred, so one person's word that it is no face answers the question.
    """
    if box.place in said.faces:
        return FaceVerdict.FACE
    if box.origin is FaceOrigin.SECOND_LOOK:
        return FaceVerdict.HIDDEN if box.place in said.hidden else None
    return FaceVerdict.NO_FACE if box.place in said.left + said.proposed else None


def _is_unmet(entry: ReleaseEntry, said: Decided) -> bool:
    """Whether a place that is a face by now is not blurred in a picture whose faces are."""
    blurred = {box.place for box in entry.boxes if box.zone is FaceZone.BLUR}
    keeps_faces = bool(entry.faces) and not blurred
    return not keeps_faces and not blurred.issuperset(said.faces)


def _settled(session: Session, digests: Collection[str] | None) -> dict[str, dict[Place, Settled]]:
    """What follows from what people said, by image and place."""
    words: dict[str, dict[Place, list[tuple[FaceVerdict, UUID]]]] = defaultdict(lambda: defaultdict(list))
    for row in _decisions(session, digests):
        words[row.image_sha256][place_of(row)].append((row.verdict, row.decided_by))
    return {sha256: {at: agreement.settled(said) for at, said in places.items()} for sha256, places in words.items()}


def _decisions(session: Session, digests: Collection[str] | None) -> Iterator[FaceDecision]:
    statement = select(FaceDecision).order_by(col(FaceDecision.id))
    if digests is None:
        yield from session.exec(statement)
        return
    wanted = sorted(set(digests))
    for start in range(0, len(wanted), IN_AT_MOST):
        some = wanted[start : start + IN_AT_MOST]
        yield from session.exec(statement.where(col(FaceDecision.image_sha256).in_(some)))


def _sorted_out(places: Mapping[Place, Settled]) -> Decided:
    def having(verdict: FaceVerdict) -> tuple[Place, ...]:
        return tuple(sorted(place for place, said in places.items() if said.verdict is verdict))

    proposed = tuple(sorted(place for place, said in places.items() if said.proposed))
    return Decided(having(FaceVerdict.FACE), having(FaceVerdict.NO_FACE), having(FaceVerdict.HIDDEN), proposed)
