import pytest

from policies.takedowns import Outcome
from registry.errors import NotVerifiedError
from registry.home import Home
from registry.proof import logproof, note, trust
from registry.proof.logfiles import LogFolder
from registry.proof.trust import Purpose
from registry.queries import names, transparency
from registry.services import takedowns
from registry.services import transparency as services
from registry.settings import trust_roots
from registry.worker.handlers import checkpoints
from registry.worker.station import Station
from tests.factories import cases, homes, manifests, policies
from tests.factories.homes import WAVES


def proof(home: Home, label: str) -> bytes | None:
    """The proof of the release, as an export takes it."""
    with home.reading() as session:
        return transparency.release_proof(session, LogFolder(home.settings.log_folder), label)


def published(home: Home) -> str:
    """The label of a release that was published just now."""
    label = manifests.label_of(home, manifests.build(home))
    homes.released(home, label)
    return label


def test_a_release_is_proved_once_a_tree_head_covers_it(furnished_home: Home) -> None:
    home = furnished_home
    label = published(home)
    assert proof(home, label) is None, "nothing is signed yet"
    checkpoints.sign_checkpoint(Station(home), "log")
    data = proof(home, label)
    assert data is not None
    found = logproof.parse(data)
    keys = trust.load(trust_roots(home.settings)[0]).keys(Purpose.CHECKPOINTS).values()
    entry = found.check(note.log_keys(home.settings.log_origin, keys), 1)
    assert (entry.kind, entry.label) == ("release", label)
    assert len(data) < 2000
    assert proof(home, "sample/photos/2027.1") is None


def test_a_proof_follows_the_newest_tree_head(furnished_home: Home) -> None:
    home = furnished_home
    label = published(home)
    checkpoints.sign_checkpoint(Station(home), "log")
    first = logproof.parse(proof(home, label) or b"")
    homes.publish_policy(home, policies.text(policies.document(name="one-more")))
    assert logproof.parse(proof(home, label) or b"") == first
    checkpoints.sign_checkpoint(Station(home), "log")
    second = logproof.parse(proof(home, label) or b"")
    assert (second.entry, second.number) == (first.entry, first.number)
    assert second.tree_head().size == first.tree_head().size + 1


def test_files_of_the_log_that_rotted_prove_nothing(furnished_home: Home) -> None:
    home = furnished_home
    label = published(home)
    checkpoints.sign_checkpoint(Station(home), "log")
    for tile in (home.settings.log_folder / "tile/0").rglob("*.p/*"):
        tile.write_bytes(bytes(len(tile.read_bytes())))
    with pytest.raises(NotVerifiedError):
        proof(home, label)


def test_a_decision_can_be_shown_to_be_that_of_its_case_until_it_is_forgotten(furnished_home: Home) -> None:
    home = furnished_home
    number = cases.submit(home, WAVES).number
    cases.search(home, number)

    def logged() -> transparency.Logged | None:
        with home.reading() as session:
            return transparency.read_decision(session, names.case(session, number).id)

    assert logged() is None
    with homes.act(home, "rita") as act:
        takedowns.hold(act, number, "Let us see.")
        takedowns.decide(act, home.blobs, number, Outcome.UPHOLD, "They are right.")
    found = logged()
    assert found is not None
    assert found.subject == logproof.case_commitment(number, bytes.fromhex(found.salt))
    assert not found.is_covered
    checkpoints.sign_checkpoint(Station(home), "log")
    covered = logged()
    assert covered is not None
    assert covered.is_covered
    with homes.act(home, "ana") as act:
        services.forget(act, number)
    assert logged() is None
