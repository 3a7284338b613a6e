import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlmodel import select

from policies.takedowns import Ground, Outcome
from registry.access import WORKER
from registry.acts import Act, Promise
from registry.errors import ConflictError, ForbiddenError, NotFoundError, WrongStateError
from registry.home import Home
from registry.jobs import Job
from registry.models.transparency import LogLeaf, LogSalt
from registry.proof import canonical, envelope, logproof, merkle
from registry.proof.checkpoint import Checkpoint
from registry.proof.logproof import LogEntry
from registry.services import takedowns, transparency
from registry.settings import trust_roots
from tests.factories import cases, homes, manifests, rows
from tests.factories.homes import NOW, VARIANT, WAVES

DIGEST = rows.DIGEST


def leaves(home: Home, kind: str | None = None) -> list[LogEntry]:
    """What the leaves say, in their order."""
    with home.reading() as session:
        data = transparency.entries(session, 0, transparency.size(session))
    found = [logproof.parse_entry(entry) for entry in data]
    return [entry for entry in found if kind in (None, entry.kind)]


def append(act: Act, label: str) -> int:
    """One more leaf."""
    return transparency.append(act, "release", DIGEST, label)


def settled(home: Home, outcome: Outcome, ground: Ground = Ground.COPYRIGHT) -> str:
    """The number of a case about two images (one of them under two names) that rita has decided."""
    number = cases.submit(home, WAVES, ground=ground).number
    cases.search(home, number)
    with homes.act(home, "rita") as act:
        takedowns.hold(act, number, "Let us see.")
        takedowns.decide(act, home.blobs, number, outcome, "They are right.")
    return number


def salts(home: Home) -> list[LogSalt]:
    """Every salt that is left."""
    with home.reading() as session:
        return list(session.exec(select(LogSalt)))


def test_a_leaf_is_there_exactly_when_its_act_has_committed(bare_home: Home) -> None:
    with homes.act(bare_home, "mara") as act:
        assert append(act, "a/b/2026.1") == 0
        act.session.rollback()
    assert leaves(bare_home) == []
    with homes.act(bare_home, "mara") as act:
        assert [append(act, "a/b/2026.1"), append(act, "a/b/2026.2")] == [0, 1]
        assert act.promises == [transparency.CHECKPOINT]
    with homes.act(bare_home, "mara", NOW + timedelta(seconds=1.5)) as act:
        assert append(act, "a/b/2026.3") == 2
    assert [entry.label for entry in leaves(bare_home)] == ["a/b/2026.1", "a/b/2026.2", "a/b/2026.3"]
    assert leaves(bare_home)[2].at == NOW + timedelta(seconds=1)


@pytest.mark.parametrize("threads", [4])
def test_many_who_append_at_once_leave_no_gap_and_lose_no_leaf(bare_home: Home, threads: int) -> None:
    ready = threading.Barrier(threads)

    def one(thread: int) -> None:
        ready.wait()
        for number in range(8):
            done = False
            while not done:
                try:
                    with homes.act(bare_home, "mara") as act:
                        append(act, f"a/b/{thread}.{number}")
                    done = True
                except ConflictError:
                    done = False

    with ThreadPoolExecutor(threads) as pool:
        list(pool.map(one, range(threads)))
    with bare_home.reading() as session:
        found = session.exec(select(LogLeaf).order_by("number")).all()
    assert [leaf.number for leaf in found] == list(range(8 * threads))
    assert {leaf.label for leaf in found} == {f"a/b/{one}.{two}" for one in range(threads) for two in range(8)}
    by_thread = [[leaf.label for leaf in found if leaf.label.startswith(f"a/b/{one}.")] for one in range(threads)]
    assert all(labels == sorted(labels) for labels in by_thread)


def test_a_published_policy_and_a_published_release_are_leaves(furnished_home: Home) -> None:
    home = furnished_home
    label = manifests.label_of(home, manifests.build(home))
    before = len(leaves(home))
    published = homes.released(home, label)
    assert published.files is not None
    statement = envelope.parse(home.blobs.read(published.files["datasheet.dsse.json"])).payload
    [entry] = leaves(home)[before:]
    assert (entry.kind, entry.subject, entry.label) == ("release", canonical.digest(statement), label)
    policies = {entry.label: entry.subject for entry in leaves(home, "policy")}
    assert set(policies) >= {"ilsvrc-faces-2021@1", "person-filtered-faces@1"}


def test_a_release_that_is_not_signed_gets_no_leaf(built_home: Home) -> None:
    with pytest.raises(WrongStateError, match="is not signed"), homes.act(built_home, "mara") as act:
        transparency.publish_release(act, built_home.blobs, homes.release(built_home, homes.FIRST), homes.FIRST)


def test_each_root_is_a_leaf_once(bare_home: Home) -> None:
    roots = trust_roots(bare_home.settings)
    for _ in range(2):
        with homes.act(bare_home, "mara") as act:
            transparency.publish_roots(act, roots)
    [entry] = leaves(bare_home)
    assert (entry.kind, entry.subject, entry.label) == ("root", canonical.digest(roots[0]), "root/1")


def test_an_upheld_case_is_a_leaf_with_one_more_for_each_image_and_none_of_them_says_which(
    furnished_home: Home,
) -> None:
    home = furnished_home
    before = len(leaves(home))
    number = settled(home, Outcome.UPHOLD)
    decision, image = leaves(home)[before:]
    assert (decision.kind, decision.label, decision.reasons) == ("decision", "takedowns", ("copyright", "upheld"))
    assert (image.kind, image.label, image.reasons) == ("image", VARIANT, ("upheld",))
    of_case, of_image = salts(home)
    assert decision.subject == logproof.case_commitment(number, of_case.salt)
    assert image.subject == logproof.commitment(cases.sha256_of(home, WAVES), of_image.salt)
    assert of_case.salt != of_image.salt
    said = b"".join(entry.to_bytes() for entry in leaves(home))
    assert number.encode() not in said
    assert cases.sha256_of(home, WAVES).encode() not in said


def test_a_rejected_case_is_one_leaf_and_a_decision_that_waits_is_none(furnished_home: Home) -> None:
    home = furnished_home
    before = len(leaves(home))
    settled(home, Outcome.REJECT)
    [decision] = leaves(home)[before:]
    assert decision.reasons == ("copyright", "rejected")
    waiting = settled(home, Outcome.UPHOLD, Ground.PRIVACY)
    if len(leaves(home)) == before + 1:  # privacy is decided by two
        with homes.act(home, "ana") as act:
            takedowns.confirm(act, waiting, "So do I.")
    assert [entry.kind for entry in leaves(home)[before + 1 :]] == ["decision", "image"]


def test_who_erases_the_salts_forgets_the_case_and_changes_no_leaf(furnished_home: Home) -> None:
    home = furnished_home
    number = settled(home, Outcome.UPHOLD)
    before = leaves(home)
    root = merkle.root_of([merkle.leaf_hash(entry.to_bytes()) for entry in before])
    with pytest.raises(ForbiddenError), homes.act(home, "mara") as act:
        transparency.forget(act, number)
    with homes.act(home, "ana") as act:
        assert transparency.forget(act, number) == 2
    assert salts(home) == []
    event = homes.events(home)[-1]
    assert (event.event, event.actor_name, event.subject_id, event.facts) == (
        "takedown.forgotten",
        "ana",
        number,
        {"leaves": 2},
    )
    assert leaves(home) == before
    assert merkle.root_of([merkle.leaf_hash(entry.to_bytes()) for entry in leaves(home)]) == root
    with pytest.raises(NotFoundError, match="forgotten already"), homes.act(home, "ana") as act:
        transparency.forget(act, number)


def test_leaves_promise_a_checkpoint_until_one_covers_them(bare_home: Home) -> None:
    def promised() -> list[Promise]:
        with bare_home.reading() as session:
            return transparency.promises(session)

    assert promised() == []
    with homes.act(bare_home, "mara") as act:
        append(act, "a/b/2026.1")
    assert promised() == [Promise(Job.SIGN_CHECKPOINT, "log")]
    with bare_home.act(WORKER) as act:
        transparency.record_checkpoint(act, Checkpoint("log", 1, bytes(32)), b"note")
    assert promised() == []
