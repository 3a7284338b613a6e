from typing import Any

import pytest
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session

from registry import ids
from registry.models.releases import Approval, ReleaseShard, ReleaseState
from tests.factories import rows
from tests.factories.homes import NOW

BUILT = ("manifest_sha256", "lines_sha256", "root", "counts", "approval_digest", "built_at")
NEEDS: dict[ReleaseState, tuple[str, ...]] = {
    ReleaseState.PLANNED: (),
    ReleaseState.BUILDING: (),
    ReleaseState.FAILED: ("failure",),
    ReleaseState.BUILT: BUILT,
    ReleaseState.SIGNING: (*BUILT, "signed_by"),
    ReleaseState.SIGNED: (*BUILT, "signed_by", "signed_at", "files"),
    ReleaseState.PUBLISHED: (*BUILT, "signed_by", "signed_at", "files", "published_at", "published_by"),
    ReleaseState.ABANDONED: ("abandoned_by", "abandoned_at", "abandoned_because"),
}
OPTIONAL = sorted({name for needed in NEEDS.values() for name in needed})
LACKING = [(state, column) for state, columns in NEEDS.items() for column in columns]


def test_every_state_says_what_it_needs() -> None:
    assert set(NEEDS) == set(ReleaseState)


@pytest.mark.parametrize("state", NEEDS)
def test_a_state_needs_no_more_than_it_says(session: Session, state: ReleaseState) -> None:
    fields: dict[str, Any] = dict.fromkeys(OPTIONAL)
    kept = {name: value for name, value in _everything(rows.mara(session)).items() if name in NEEDS[state]}
    rows.release(session, state=state, **(fields | kept))


@pytest.mark.parametrize(("state", "column"), LACKING)
def test_a_state_without_what_it_needs_is_refused_by_the_database(
    session: Session, state: ReleaseState, column: str
) -> None:
    with pytest.raises(IntegrityError):
        rows.release(session, **({"state": state, "failure": "The disk is full."} | {column: None}))


def _everything(person: object) -> dict[str, Any]:
    digests = dict.fromkeys(("manifest_sha256", "lines_sha256"), rows.SHA256)
    roots = dict.fromkeys(("root", "approval_digest"), rows.DIGEST)
    times = dict.fromkeys(("built_at", "signed_at", "published_at", "abandoned_at"), NOW)
    people = dict.fromkeys(("signed_by", "published_by", "abandoned_by"), person)
    texts = {"failure": "The disk is full.", "abandoned_because": "Nobody wants it."}
    return digests | roots | times | people | texts | {"counts": {}, "files": {}}


def test_a_number_means_one_release_of_its_variant(session: Session) -> None:
    first = rows.release(session)
    same = {"import_id": first.import_id, "variant_id": first.variant_id, "policy_id": first.policy_id}
    rows.release(session, number="2026.2", **same)
    with pytest.raises(IntegrityError):
        rows.release(session, number="2026.1", **same)


def test_a_person_approves_the_same_thing_once(session: Session) -> None:
    made = rows.release(session)
    mara = rows.mara(session)
    for digest in (rows.DIGEST, "sha256:" + "6" * 64, rows.DIGEST):
        session.add(
            Approval(
                id=ids.new_id(),
                release_id=made.id,
                person_id=mara,
                approval_digest=digest,
                reason="because",
                approved_at=NOW,
            )
        )
    with pytest.raises(IntegrityError):
        session.flush()


def test_shard_numbers_reach_past_those_of_the_second_series(session: Session) -> None:
    made = rows.release(session)
    session.add(
        ReleaseShard(release_id=made.id, number=2**31 - 1, image_count=1, results_sha256=rows.SHA256, done_at=NOW)
    )
    session.flush()
