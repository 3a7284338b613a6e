import pytest
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, select

from registry.models.faces import FaceDecision, FaceStep, FaceVerdict, ReleaseFaces
from tests.factories import rows


def test_a_decision_comes_back_as_it_was(session: Session) -> None:
    made = rows.face_decision(session, step=FaceStep.MOVED, verdict=FaceVerdict.NO_FACE)
    session.flush()
    found = session.exec(select(FaceDecision)).one()
    assert (found.id, found.step, found.verdict) == (made.id, FaceStep.MOVED, FaceVerdict.NO_FACE)


@pytest.mark.parametrize(
    "edges", [{"left_px": -1}, {"top_px": -1}, {"right_px": 0}, {"bottom_px": 0}, {"left_px": 9, "right_px": 9}]
)
def test_a_box_without_area_or_outside_the_picture_is_refused_by_the_database(
    session: Session, edges: dict[str, int]
) -> None:
    with pytest.raises(IntegrityError, match="box_has_area"):
        rows.face_decision(session, **edges)


def test_a_release_asks_a_detector_unless_it_says_otherwise(session: Session) -> None:
    session.add(ReleaseFaces(release_id=rows.release(session).id))
    session.flush()
    assert session.exec(select(ReleaseFaces.is_detected)).one()
