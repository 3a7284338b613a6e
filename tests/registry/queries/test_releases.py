from datetime import timedelta

import pytest
from sqlmodel import Session

from registry import ids
from registry.errors import InvalidInputError, NotFoundError
from registry.home import Home
from registry.models.releases import Approval, Release, ReleaseState
from registry.queries import names, releases
from tests.factories import homes, rows
from tests.factories.homes import NOW

COUNTS = {"verdicts": {"keep": 1, "blur": 1, "exclude": 1}, "reasons": {"blur": {"face": 1}}, "labels": {}}


def more(session: Session, first: Release, number: str, state: ReleaseState) -> Release:
    """Another release beside the first."""
    same = {"import_id": first.import_id, "variant_id": first.variant_id, "policy_id": first.policy_id}
    return rows.release(session, number=number, state=state, counts=COUNTS, **same)


def test_releases_are_listed_newest_first_page_by_page(bare_home: Home) -> None:
    with bare_home.reading() as session:
        first = rows.release(session, counts=COUNTS)
        for number in ("2026.2", "2026.10"):
            more(session, first, number, ReleaseState.PUBLISHED)
        page = releases.list_releases(session, "sample/photos", is_insider=False, limit=2)
        rest = releases.list_releases(session, "sample/photos", is_insider=False, limit=2, after=page.next)
    assert [line.number for line in page.items] == ["2026.10", "2026.2"]
    assert [line.label for line in rest.items] == ["sample/photos/2026.1"]
    assert rest.next is None


def test_the_public_sees_what_is_published(bare_home: Home) -> None:
    with bare_home.reading() as session:
        first = rows.release(session, counts=COUNTS)
        more(session, first, "2026.2", ReleaseState.SIGNED)
        public = releases.list_releases(session, "sample/photos", is_insider=False).items
        insider = releases.list_releases(session, "sample/photos", is_insider=True).items
        with pytest.raises(NotFoundError):
            releases.find(session, "sample/photos/2026.2", is_insider=False)
        assert releases.find(session, "sample/photos/2026.2", is_insider=True).number == "2026.2"
    assert [line.number for line in public] == ["2026.1"]
    assert [line.number for line in insider] == ["2026.2", "2026.1"]


def test_a_cursor_that_is_none_is_refused(bare_home: Home) -> None:
    with bare_home.reading() as session:
        rows.release(session, counts=COUNTS)
        with pytest.raises(InvalidInputError):
            releases.list_releases(session, "sample/photos", is_insider=True, after="2026.1")


def test_releases_that_wait_are_listed_the_oldest_first(bare_home: Home) -> None:
    with bare_home.reading() as session:
        first = rows.release(session, counts=COUNTS)
        for number in ("2026.2", "2026.3"):
            more(session, first, number, ReleaseState.BUILT)
        waiting = releases.list_waiting(session, ReleaseState.BUILT)
    assert [line.label for line in waiting] == ["sample/photos/2026.2", "sample/photos/2026.3"]


def test_what_was_published_last_is_listed_first_over_all_variants(bare_home: Home) -> None:
    with bare_home.reading() as session:
        first = rows.release(session, counts=COUNTS)
        late = more(session, first, "2026.2", ReleaseState.PUBLISHED)
        late.published_at = NOW + timedelta(days=1)
        more(session, first, "2026.3", ReleaseState.SIGNED)
        newest = releases.list_newest(session)
        assert [line.label for line in newest] == ["sample/photos/2026.2", "sample/photos/2026.1"]
        assert len(releases.list_newest(session, limit=1)) == 1


def test_the_newest_published_release_is_the_one_that_was_published_last(bare_home: Home) -> None:
    with bare_home.reading() as session:
        first = rows.release(session, counts=COUNTS)
        late = more(session, first, "2026.2", ReleaseState.PUBLISHED)
        first.published_at = NOW + timedelta(days=1)
        session.flush()
        assert releases.newest_published(session, "sample/photos") == first
        late.published_at = NOW + timedelta(days=2)
        session.flush()
        assert releases.newest_published(session, "sample/photos") == late


def test_a_variant_that_published_nothing_has_no_newest_release(bare_home: Home) -> None:
    with bare_home.reading() as session:
        rows.release(session, state=ReleaseState.SIGNED)
        assert releases.newest_published(session, "sample/photos") is None


def test_a_release_tells_everything_that_is_on_record(built_home: Home) -> None:
    homes.approve(built_home, homes.FIRST, ("ana",))
    with built_home.reading() as session:
        detail = releases.read_release(session, homes.FIRST, is_insider=True)
        release = names.release(session, homes.FIRST)
    assert (detail.variant, detail.number, detail.policy) == (homes.VARIANT, "2026.1", f"{homes.PERSON_FILTERED}@1")
    assert detail.account.total == len(homes.PATHS)
    assert detail.account.is_closed
    assert detail.people == releases.People(planned_by="mara", signed_by=None, published_by=None, abandoned_by=None)
    [approval] = detail.approvals
    assert (approval.person, approval.is_current) == ("ana", True)
    assert detail.approval_digest == release.approval_digest
    assert detail.files == {}


def test_an_approval_of_something_else_is_not_current(built_home: Home) -> None:
    with built_home.reading() as session:
        release = names.release(session, homes.FIRST)
        session.add(
            Approval(
                id=ids.new_id(),
                release_id=release.id,
                person_id=rows.mara(session),
                approval_digest=rows.DIGEST,
                reason="because",
                approved_at=NOW,
            )
        )
        session.flush()
        [approval] = releases.read_release(session, homes.FIRST, is_insider=True).approvals
    assert not approval.is_current


def test_before_it_is_built_the_account_is_that_of_the_plan(furnished_home: Home) -> None:
    label = homes.plan(furnished_home)
    with furnished_home.reading() as session:
        detail = releases.read_release(session, label, is_insider=True)
    assert detail.state is ReleaseState.PLANNED
    assert detail.account.entries[-1].verdict == "pending"
    assert detail.account.is_closed
    assert detail.root is None


def test_a_published_release_names_its_signer_and_publisher(built_home: Home) -> None:
    homes.released(built_home, homes.FIRST)
    with built_home.reading() as session:
        detail = releases.read_release(session, homes.FIRST, is_insider=False)
    assert detail.people == releases.People(planned_by="mara", signed_by="mo", published_by="mara", abandoned_by=None)
    assert "datasheet.json" in detail.files
