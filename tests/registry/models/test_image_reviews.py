import pytest
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session

from registry.models.image_reviews import ImageReview
from tests.factories import rows

COPY = (
    "INSERT INTO image_review (id, image_sha256, asked, decided, release_id, path, reason, decided_by, decided_at)"
    " SELECT :id, image_sha256, asked, :decided, release_id, path, reason, decided_by, decided_at FROM image_review"
)


def test_a_review_ends_in_one_of_three_actions(session: Session) -> None:
    made = rows.image_review(session)
    other = {"id": f"{made.id.int ^ 1:032x}", "decided": "blur"}
    session.execute(sa.text(COPY), other)
    with pytest.raises(IntegrityError):
        session.execute(sa.text(COPY), {**other, "id": f"{made.id.int ^ 2:032x}", "decided": "maybe"})


def test_reviews_of_the_same_image_stand_beside_each_other(session: Session) -> None:
    first = rows.image_review(session)
    rows.image_review(session, release_id=first.release_id)
    assert session.execute(sa.select(sa.func.count()).select_from(ImageReview)).scalar_one() == 2
