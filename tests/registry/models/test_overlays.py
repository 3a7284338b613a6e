import pytest
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session

from registry.models.overlays import Overlay
from tests.factories import rows
from tests.factories.homes import NOW


def test_a_variant_stands_on_one_release(session: Session) -> None:
    base = rows.release(session)
    words = {"base_id": base.id, "datasheet_sha256": rows.SHA256, "pins": [rows.DIGEST], "made_at": NOW}
    made = sa.insert(Overlay).values(variant_id=base.variant_id, made_by=rows.mara(session), **words)
    session.execute(made)
    with pytest.raises(IntegrityError):
        session.execute(made)
