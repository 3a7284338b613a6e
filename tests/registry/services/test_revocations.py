from datetime import timedelta
from pathlib import Path

import pytest
from sqlmodel import select

from policies.takedowns import CaseState, Outcome
from registry.access import WORKER
from registry.acts import Promise, begin
from registry.home import Home
from registry.jobs import Job
from registry.models.takedowns import Revocation, SubjectKind
from registry.proof import revocation
from registry.queries import names
from registry.services import releases, revocations, takedowns
from registry.services.transparency import CHECKPOINT
from tests.factories import cases, homes, manifests
from tests.factories.homes import FIRST, NOW, TWINS, WAVES

LATER = NOW + timedelta(days=1)


def upheld(home: Home, subject: str = WAVES) -> str:
    """The number of an upheld case."""
    number = cases.submit(home, cases.sha256_of(home, subject), SubjectKind.SHA256).number
    cases.search(home, number)
    with homes.act(home, "rita") as act:
        takedowns.hold(act, number, "Let us see.")
        takedowns.decide(act, home.blobs, number, Outcome.UPHOLD, "They are right.")
    return number


def due(home: Home, number: str) -> revocation.Revocation | None:
    """What is to be signed for the case now."""
    with begin(home.sessions, WORKER, LATER) as act:
        return revocations.due(act, home.blobs, names.case(act.session, number).id)


def released(home: Home, excluded: dict[str, str], day: int) -> str:
    """The label of a published release without these images."""
    when = NOW + timedelta(days=day)
    label = manifests.label_of(home, manifests.build(home, excluded, when))
    homes.approve(home, label)
    homes.sign_release(home, label)
    homes.publish(home, label, when)
    return label


@pytest.fixture
def home(furnished_home: Home) -> Home:
    """A home with a published release that hands everything out."""
    released(furnished_home, {}, 0)
    return furnished_home


def test_nothing_is_due_while_the_newest_release_hands_the_image_out(home: Home) -> None:
    assert due(home, upheld(home)) is None


def test_a_revocation_is_due_once_the_newest_release_obeys(home: Home) -> None:
    number = upheld(home)
    second = released(home, {WAVES: "takedown-like"}, 1)
    document = due(home, number)
    assert document is not None
    assert (document.number, document.reason, document.issued_at) == (1, "takedown", LATER)
    assert document.images == (f"sha256:{cases.sha256_of(home, WAVES)}",)
    assert (document.withdrawn_from, document.released_without) == ((FIRST,), (second,))


def test_every_variant_has_to_obey(home: Home, tmp_path: Path) -> None:
    source = homes.draw(tmp_path / "other")
    homes.import_folder(home, source, "sample/other")
    number = upheld(home)
    released(home, {WAVES: "takedown-like"}, 1)
    assert due(home, number) is not None, "the other variant never published it"


def test_only_upheld_cases_are_looked_at(home: Home) -> None:
    number = cases.submit(home, WAVES).number
    cases.search(home, number)
    assert due(home, number) is None
    with home.reading() as session:
        assert revocations.promises(session) == []


def test_upheld_cases_promise_to_be_looked_at_and_so_does_every_publication(home: Home) -> None:
    number = upheld(home)
    with home.reading() as session:
        promise = Promise(Job.REVOKE, str(names.case(session, number).id))
        assert revocations.promises(session) == [promise]
    label = manifests.label_of(home, manifests.build(home, {WAVES: "takedown-like"}, LATER))
    homes.approve(home, label)
    homes.sign_release(home, label)
    with homes.act(home, "mara", LATER) as act:
        releases.publish(act, home.blobs, label)
    assert act.promises == [CHECKPOINT, promise]


def test_a_recorded_revocation_ends_the_case_and_is_recorded_once(home: Home) -> None:
    first, second = upheld(home), upheld(home, TWINS[0])
    released(home, {WAVES: "takedown-like"} | dict.fromkeys(TWINS, "takedown-like"), 1)
    for position, number in enumerate((first, second), start=1):
        document = due(home, number)
        assert document is not None
        assert document.number == position
        for _ in range(2):
            with begin(home.sessions, WORKER, LATER) as act:
                revocations.record(act, names.case(act.session, number).id, document, "5" * 64)
        assert cases.state(home, number) is CaseState.FULFILLED
        assert due(home, number) is None
    with home.reading() as session:
        assert sorted(row.number for row in session.exec(select(Revocation))) == [1, 2]
    assert [event.event for event in homes.events(home)].count("takedown.fulfilled") == 2
