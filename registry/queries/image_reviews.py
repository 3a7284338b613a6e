"""What have people decided about images that a rule had sent to review, and which of a release still wait?

Faces have a queue of their own (`registry.queries.faces`).
"""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Session, col, select

from policies.verdicts import AWAITING_REVIEW, Action
from registry.blobs import BlobStore
from registry.models.image_reviews import ImageReview
from registry.models.people import Person
from registry.queries import pictures
from registry.queries.paging import Page
from registry.queries.pictures import PICTURES_PER_PAGE, Which

IN_AT_MOST = 500
Decisions = tuple[tuple[str, Action], ...]
"""What was decided, by the reason that a rule gave, in the order of the reasons."""


@dataclass(frozen=True, slots=True)
class ReviewLine:
    """One decision, as it was made; `path` is where the reviewer met the image."""

    asked: str
    decided: Action
    reason: str
    path: str
    person: str
    decided_at: datetime


@dataclass(frozen=True, slots=True)
class Waiting:
    """An image that a release left out because it waited.

    Attributes:
        asked: the reasons for which rules sent it there.
        decided: what people have said since; a later release obeys.
    """

    path: str
    sha256: str
    asked: tuple[str, ...]
    decided: Decisions

    @property
    def is_open(self) -> bool:
        """Whether something that was asked is unanswered."""
        return not set(self.asked) <= {reason for reason, _ in self.decided}


def decided(session: Session, digests: Collection[str] | None = None) -> dict[str, Decisions]:
    """What people have decided, by the SHA-256 of the images; of some images, or of all. The newest decision counts."""
    statement = select(ImageReview).order_by(col(ImageReview.id))
    if digests is not None and len(digests) <= IN_AT_MOST:
        statement = statement.where(col(ImageReview.image_sha256).in_(digests))
    found: dict[str, dict[str, Action]] = defaultdict(dict)
    for row in session.exec(statement):
        if digests is None or row.image_sha256 in digests:
            found[row.image_sha256][row.asked] = row.decided
    return {sha256: tuple(sorted(said.items())) for sha256, said in found.items()}


def history(session: Session, sha256: str | None) -> tuple[ReviewLine, ...]:
    """Every decision about the image, the newest first."""
    rows = session.execute(
        sa.select(ImageReview, col(Person.handle))
        .join(Person, col(Person.id) == col(ImageReview.decided_by))
        .where(col(ImageReview.image_sha256) == sha256)
        .order_by(col(ImageReview.id).desc())
    )
    return tuple(ReviewLine(it.asked, it.decided, it.reason, it.path, who, it.decided_at) for it, who in rows)


def waiting(
    session: Session, blobs: BlobStore, label: str, *, after: str | None = None, limit: int = PICTURES_PER_PAGE
) -> Page[Waiting]:
    """The images that a release left out because they waited, by path, with what was decided since.

    Raises:
        NotFoundError: there is no such release.
        WrongStateError: it is not built yet.
    """
    page = pictures.list_pictures(session, blobs, label, Which(reason=AWAITING_REVIEW), after=after, limit=limit)
    digests = [entry.source.sha256 or "" for entry in page.items]
    said = decided(session, digests)
    items = (
        Waiting(
            path=entry.source.path,
            sha256=digest,
            asked=tuple(reason for reason in entry.reasons if reason != AWAITING_REVIEW),
            decided=said.get(digest, ()),
        )
        for entry, digest in zip(page.items, digests, strict=True)
    )
    return Page(tuple(items), page.next)


def next_open(session: Session, blobs: BlobStore, label: str, after: str) -> Waiting | None:
    """The first image behind this path for which nobody has answered yet; None where there is none.

    Raises:
        NotFoundError: there is no such release.
        WrongStateError: it is not built yet.
    """
    behind: str | None = after
    while behind is not None:
        page = waiting(session, blobs, label, after=behind)
        found = next((it for it in page.items if it.is_open), None)
        if found is not None:
            return found
        behind = page.next
    return None
