from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

import pytest

from registry.errors import InvalidInputError, NotFoundError, NotVerifiedError
from registry.proof import roots, sign, trust
from registry.proof.roots import Change, Signed
from registry.proof.sign import Signer
from registry.proof.trust import Purpose, Trust
from tests.factories import proofs


@pytest.fixture(name="keys")
def _keys(tmp_path: Path) -> Path:
    return proofs.keys_folder(tmp_path)


def guardian(folder: Path, name: str) -> Signer:
    """A root key that somebody keeps in a folder of their own."""
    sign.create_key(folder / name, trust.ROOT)
    return sign.signers(folder / name, trust.ROOT)[0]


def shared(keys: Path, guardians: Sequence[Signer], threshold: int = 2) -> Trust:
    """The second root, which these guardians hold together instead of the first root's one key."""
    first = trust.load(sign.first_root(keys, proofs.NOW))
    (lone,) = sign.signers(keys, trust.ROOT)
    added = {trust.ROOT: [each.key for each in guardians]}
    change = Change(added, frozenset({lone.key.keyid}), {trust.ROOT: threshold})
    draft = roots.successor(first, change, proofs.NOW)
    return trust.follow(first, sign.root(draft, [lone, *guardians]))


def test_a_rotated_root_is_followed_and_drops_the_retired_key(tmp_path: Path) -> None:
    folder = proofs.keys_folder(tmp_path)
    first = sign.first_root(folder, proofs.NOW)
    old = sign.signers(folder, Purpose.DATASHEETS)[0].key.keyid
    new = sign.create_key(folder, Purpose.DATASHEETS).keyid
    second = proofs.next_root(folder, first, retired=frozenset({old}))
    followed = trust.follow(trust.load(first), second)
    assert set(followed.keys(Purpose.DATASHEETS)) == {new}


def test_a_root_key_is_rotated_by_the_old_one_and_the_new_one_together(tmp_path: Path) -> None:
    folder = proofs.keys_folder(tmp_path)
    first = sign.first_root(folder, proofs.NOW)
    (old,) = folder.glob("root-*")
    retired = frozenset({sign.signers(folder, trust.ROOT)[0].key.keyid})
    sign.create_key(folder, trust.ROOT)
    second = proofs.next_root(folder, first, retired=retired)
    old.unlink()
    third = proofs.next_root(folder, second)
    assert trust.follow(trust.follow(trust.load(first), second), third).version == 3
    with pytest.raises(NotVerifiedError, match="root keys of root 1"):
        trust.follow(trust.load(first), proofs.next_root(folder, first))


def test_the_last_key_of_a_purpose_cannot_be_retired(tmp_path: Path) -> None:
    folder = proofs.keys_folder(tmp_path)
    first = sign.first_root(folder, proofs.NOW)
    only = frozenset({sign.signers(folder, Purpose.CHECKPOINTS)[0].key.keyid})
    with pytest.raises(NotFoundError, match="No key for checkpoints"):
        proofs.next_root(folder, first, retired=only)


def test_two_of_three_guardians_sign_the_next_root_one_after_the_other(keys: Path, tmp_path: Path) -> None:
    ada, ben, cleo = (guardian(tmp_path, name) for name in ("ada", "ben", "cleo"))
    second = shared(keys, [ada, ben, cleo])
    draft = roots.successor(second, Change(), proofs.NOW + timedelta(days=30))
    assert roots.signatures(second, draft) == (Signed(2, 0, 2), Signed(3, 0, 2))
    for signer, signed in ((ada, 1), (ada, 1), (cleo, 2)):
        draft = sign.root(draft, [signer])
        assert roots.signatures(second, draft) == (Signed(2, signed, 2), Signed(3, signed, 2))
        if signed < 2:
            with pytest.raises(NotVerifiedError, match="enough root keys of root 2"):
                trust.follow(second, draft)
    assert trust.follow(second, draft).expires_at == second.expires_at + timedelta(days=30)


def test_both_the_old_and_the_new_guardians_must_sign_a_handover(keys: Path, tmp_path: Path) -> None:
    ada, ben, cleo, dan = (guardian(tmp_path, name) for name in ("ada", "ben", "cleo", "dan"))
    second = shared(keys, [ada, ben])
    change = Change({trust.ROOT: [cleo.key, dan.key]}, frozenset({ada.key.keyid, ben.key.keyid}))
    draft = roots.successor(second, change, proofs.NOW)
    for some in ([ada, ben], [cleo, dan], [ada, ben, cleo], [ada, cleo, dan]):
        with pytest.raises(NotVerifiedError, match="not signed by enough"):
            trust.follow(second, sign.root(draft, some))
    assert set(trust.follow(second, sign.root(draft, [ada, ben, cleo, dan])).holders(trust.ROOT)) == {
        cleo.key.keyid,
        dan.key.keyid,
    }


def test_a_signature_for_another_draft_or_by_a_stranger_counts_for_nothing(keys: Path, tmp_path: Path) -> None:
    ada, ben, mallory = (guardian(tmp_path, name) for name in ("ada", "ben", "mallory"))
    second = shared(keys, [ada, ben])
    shown = roots.successor(second, Change(), proofs.NOW)
    other = trust.draft(roots.successor(second, Change(), proofs.NOW + timedelta(days=9000))).metadata
    other.signatures.update(trust.draft(sign.root(shown, [ada, ben])).metadata.signatures)
    assert roots.signatures(second, other.to_bytes())[0].have == 0
    assert roots.signatures(second, sign.root(shown, [ada, mallory]))[0].have == 1
    with pytest.raises(NotVerifiedError):
        trust.follow(second, sign.root(shown, [ada, mallory]))


def test_a_key_that_is_kept_elsewhere_stays_in_the_next_root(keys: Path, tmp_path: Path) -> None:
    ada, ben = guardian(tmp_path, "ada"), guardian(tmp_path, "ben")
    second = shared(keys, [ada, ben])
    change = Change({"datasheets": [sign.create_key(keys, Purpose.DATASHEETS)]})
    third = trust.follow(second, sign.root(roots.successor(second, change, proofs.NOW), [ada, ben]))
    assert third.holders(trust.ROOT).keys() == second.holders(trust.ROOT).keys()
    assert len(third.keys(Purpose.DATASHEETS)) == 2


def test_more_than_one_key_may_have_to_sign_for_a_purpose(keys: Path) -> None:
    first = trust.load(sign.first_root(keys, proofs.NOW))
    added = {"revocations": [sign.create_key(keys, Purpose.REVOCATIONS)]}
    draft = roots.successor(first, Change(added, thresholds={Purpose.REVOCATIONS: 2}), proofs.NOW)
    second = trust.follow(first, sign.root(draft, sign.signers(keys, trust.ROOT)))
    assert second.needed(Purpose.REVOCATIONS) == second.threshold(Purpose.REVOCATIONS) == 2


@pytest.mark.parametrize(
    ("thresholds", "why"),
    [
        ({trust.ROOT: 2}, "2 of 1 keys cannot sign for root"),
        ({Purpose.MODELS: 0}, "0 of 1 keys cannot sign for models"),
    ],
)
def test_as_many_keys_as_must_sign_are_there_at_least(keys: Path, thresholds: dict[str, int], why: str) -> None:
    first = trust.load(sign.first_root(keys, proofs.NOW))
    with pytest.raises(InvalidInputError, match=why):
        roots.successor(first, Change(thresholds=thresholds), proofs.NOW)


def test_a_key_that_signs_nothing_cannot_be_retired(keys: Path) -> None:
    first = trust.load(sign.first_root(keys, proofs.NOW))
    with pytest.raises(NotFoundError, match="lists no key abc"):
        roots.successor(first, Change(retired=frozenset({"abc"})), proofs.NOW)


def test_a_draft_with_a_key_of_two_purposes_or_of_the_wrong_kind_is_not_made(keys: Path) -> None:
    first = trust.load(sign.first_root(keys, proofs.NOW))
    twice = next(iter(first.keys(Purpose.CHECKPOINTS).values()))
    wrong = next(iter(first.keys(Purpose.MODELS).values()))
    for key in (twice, wrong):
        with pytest.raises(InvalidInputError):
            roots.successor(first, Change({"datasheets": [key]}), proofs.NOW)
