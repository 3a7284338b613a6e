from typing import Any

import pytest
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, select

from registry.models.imports import Import, ImportState
from tests.factories import rows

WITHOUT_RESULT: dict[str, Any] = {"manifest_sha256": None, "root": None, "row_count": None, "finished_at": None}


@pytest.mark.parametrize("column", WITHOUT_RESULT)
def test_a_finished_import_has_its_manifest_and_totals(session: Session, column: str) -> None:
    with pytest.raises(IntegrityError, match="done_has_manifest"):
        rows.import_(session, **{column: None})


def test_a_failed_import_says_why(session: Session) -> None:
    failed: dict[str, Any] = {"variant_id": rows.variant(session).id, "state": ImportState.FAILED}
    rows.import_(session, failure="The disk is full.", **failed, **WITHOUT_RESULT)
    with pytest.raises(IntegrityError, match="failed_has_failure"):
        rows.import_(session, **failed)


def test_a_variant_reads_a_source_once_at_a_time(session: Session) -> None:
    done = rows.import_(session)
    again: dict[str, Any] = {"variant_id": done.variant_id, "state": ImportState.RUNNING, **WITHOUT_RESULT}
    rows.import_(session, **again)
    rows.import_(session, source="/srv/others", **again)
    with pytest.raises(IntegrityError):
        rows.import_(session, **again)


def test_totals_hold_more_bytes_than_a_disk_has(session: Session) -> None:
    rows.import_(session, total_bytes=10**15)
    session.flush()
    found = session.exec(select(Import)).one()
    assert (found.total_bytes, found.counts) == (10**15, {"formats": {}, "defects": {}, "labels": {}})
