from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from securesystemslib.signer import CryptoSigner, Signature, SSlibKey  # type: ignore[attr-defined]  # its documented home
from tuf.api.metadata import Metadata, Root, Timestamp  # type: ignore[attr-defined]  # likewise

from registry.errors import InvalidInputError, NotVerifiedError
from registry.proof import sign, trust
from registry.proof.trust import PURPOSES, RETIRED, Purpose
from tests.factories import proofs


@pytest.fixture(name="keys")
def _keys(tmp_path: Path) -> Path:
    return proofs.keys_folder(tmp_path)


def resigned(keys: Path, change: Callable[[Root], object], root: bytes | None = None) -> bytes:
    """The first root, changed and signed again by the root key."""
    metadata: Metadata[Root] = Metadata[Root].from_bytes(root or sign.first_root(keys, proofs.NOW))
    change(metadata.signed)
    metadata.signatures.clear()
    (signer,) = sign.signers(keys, trust.ROOT)
    signature = signer.sign(metadata.signed_bytes).hex()
    metadata.signatures[signer.key.keyid] = Signature(signer.key.keyid, signature)
    return metadata.to_bytes()


def purposes(root: Root) -> dict[str, Any]:
    found = root.unrecognized_fields[PURPOSES]
    assert isinstance(found, dict)
    return found


def test_a_first_root_has_one_key_for_each_purpose(keys: Path) -> None:
    found = trust.load(sign.first_root(keys, proofs.NOW))
    assert found.version == 1
    ids = [set(found.keys(purpose)) for purpose in Purpose]
    assert len(set.union(*ids)) == len(Purpose)
    assert all(found.threshold(purpose) == 1 for purpose in Purpose)
    assert set(found.keys(Purpose.DATASHEETS)) == {sign.signers(keys, Purpose.DATASHEETS)[0].key.keyid}


def test_a_root_is_good_until_it_expires(keys: Path) -> None:
    found = trust.load(sign.first_root(keys, proofs.NOW, days=10))
    found.check_time(found.expires_at - timedelta(seconds=1))
    with pytest.raises(NotVerifiedError, match="expired at 2026-12-02T09:30:00Z"):
        found.check_time(found.expires_at)


def test_a_changed_root_is_refused(keys: Path) -> None:
    root = sign.first_root(keys, proofs.NOW)
    with pytest.raises(NotVerifiedError, match="not signed by enough"):
        trust.load(root.replace(b"2029-", b"2039-"))


@pytest.mark.parametrize(
    "data",
    [b"", b"{}", b"[]", b'{"signed":{},"signatures":[]}', b'{"signed":{"a":1,"a":1}}', b"{" * 100],
)
def test_what_is_no_root_metadata_is_refused(data: bytes) -> None:
    with pytest.raises(InvalidInputError):
        trust.load(data)


def test_metadata_of_another_role_is_refused() -> None:
    with pytest.raises(InvalidInputError, match="type timestamp"):
        trust.load(Metadata(Timestamp()).to_bytes())


def test_a_root_that_is_too_large_is_refused() -> None:
    with pytest.raises(InvalidInputError, match="larger than"):
        trust.load(b" " * (trust.MAX_ROOT_BYTES + 1))


@pytest.mark.parametrize(
    "change",
    [
        lambda root: root.unrecognized_fields.clear(),
        lambda root: purposes(root).pop("datasheets"),
        lambda root: purposes(root).update(more={"keyids": ["a"], "threshold": 1}),
        lambda root: purposes(root).update(datasheets=[]),
        lambda root: purposes(root)["datasheets"].update(keyids=[]),
        lambda root: purposes(root)["datasheets"].update(keyids=["unknown"]),
        lambda root: purposes(root)["datasheets"].update(keyids=[1]),
        lambda root: purposes(root)["datasheets"].update(keyids=[[]]),
        lambda root: purposes(root)["datasheets"].update(keyids=[*purposes(root)["datasheets"]["keyids"], 1]),
        lambda root: purposes(root)["datasheets"].update(threshold=0),
        lambda root: purposes(root)["datasheets"].update(threshold=2),
        lambda root: purposes(root)["datasheets"].update(threshold=True),
        lambda root: purposes(root)["datasheets"].update(extra=1),
        lambda root: purposes(root)["datasheets"].update(keyids=purposes(root)["checkpoints"]["keyids"]),
        lambda root: purposes(root)["datasheets"].update(keyids=root.roles["root"].keyids),
        lambda root: purposes(root)["datasheets"].update(keyids=2 * purposes(root)["datasheets"]["keyids"]),
    ],
)
def test_a_root_without_a_sound_role_for_every_purpose_is_refused(keys: Path, change: Callable[[Root], object]) -> None:
    data = resigned(keys, change)
    with pytest.raises(InvalidInputError):
        trust.load(data)


def retired(root: Root) -> dict[str, Any]:
    found = root.unrecognized_fields[RETIRED]
    assert isinstance(found, dict)
    return found


def test_a_retired_key_is_good_only_for_what_the_log_had_before(keys: Path) -> None:
    first = sign.first_root(keys, proofs.NOW)
    old = sign.signers(keys, Purpose.DATASHEETS)[0].key.keyid
    new = sign.create_key(keys, Purpose.DATASHEETS).keyid
    found = trust.load(proofs.next_root(keys, first, retired=frozenset({old}), log_size=7))
    assert set(found.keys_of(Purpose.DATASHEETS, 6)) == {old, new}
    for place in (7, 8, None):
        assert set(found.keys_of(Purpose.DATASHEETS, place)) == {new}
    assert old not in found.keys_of(Purpose.MODELS, 0)


def test_a_retired_key_stays_retired_in_later_roots(keys: Path) -> None:
    first = sign.first_root(keys, proofs.NOW)
    old = sign.signers(keys, Purpose.DATASHEETS)[0].key.keyid
    sign.create_key(keys, Purpose.DATASHEETS)
    second = proofs.next_root(keys, first, retired=frozenset({old}), log_size=7)
    third = trust.load(proofs.next_root(keys, second, log_size=9))
    assert [(each.key.keyid, each.log_size) for each in third.retired] == [(old, 7)]
    assert old not in third.keys(Purpose.DATASHEETS)


@pytest.mark.parametrize(
    "change",
    [
        lambda root: root.unrecognized_fields.update({RETIRED: []}),
        lambda root: retired(root).update(unknown={"purpose": "datasheets", "log_size": 1}),
        lambda root: retired(root).update({any_key(root): 1}),
        lambda root: retired(root).update({any_key(root): {"purpose": "other", "log_size": 1}}),
        lambda root: retired(root).update({any_key(root): {"purpose": "datasheets", "log_size": -1}}),
        lambda root: retired(root).update({any_key(root): {"purpose": "datasheets", "log_size": True}}),
        lambda root: retired(root).update({any_key(root): {"purpose": "datasheets", "log_size": 1, "more": 1}}),
        lambda root: retired(root).update({any_key(root): {"purpose": "datasheets", "log_size": 1}}),
    ],
)
def test_a_malformed_list_of_retired_keys_is_refused(keys: Path, change: Callable[[Root], object]) -> None:
    data = resigned(keys, change)
    with pytest.raises(InvalidInputError):
        trust.load(data)


def any_key(root: Root) -> str:
    """A key that still has a purpose."""
    return str(purposes(root)["datasheets"]["keyids"][0])


def replaced(root: Root, purpose: Purpose, public: str, scheme: str = "ed25519", keytype: str = "ed25519") -> None:
    """Put other material under the id of a purpose's key."""
    key_id = purposes(root)[purpose]["keyids"][0]
    root.keys[key_id] = SSlibKey(key_id, keytype, scheme, {"public": public})


@pytest.mark.parametrize(
    "change",
    [
        lambda root: replaced(root, Purpose.CHECKPOINTS, "not hex"),
        lambda root: replaced(root, Purpose.CHECKPOINTS, "00"),
        lambda root: replaced(root, Purpose.DATASHEETS, "11" * 32),
        lambda root: replaced(root, Purpose.DATASHEETS, "pem", "ecdsa-sha2-nistp256", "ecdsa"),
        lambda root: replaced(root, Purpose.MODELS, "11" * 32),
        lambda root: purposes(root).update(datasheets=purposes(root)["models"], models=purposes(root)["datasheets"]),
    ],
)
def test_a_key_of_the_wrong_kind_or_under_a_foreign_id_is_refused(keys: Path, change: Callable[[Root], object]) -> None:
    data = resigned(keys, change)
    with pytest.raises(InvalidInputError, match="The root has a key for"):
        trust.load(data)


def test_a_successor_signed_by_the_same_root_key_is_followed(keys: Path) -> None:
    first = trust.load(sign.first_root(keys, proofs.NOW))
    second = trust.follow(first, resigned(keys, lambda root: setattr(root, "version", 2)))
    assert second.version == 2


def test_a_successor_that_skips_a_version_is_refused(keys: Path) -> None:
    first = trust.load(sign.first_root(keys, proofs.NOW))
    with pytest.raises(NotVerifiedError, match="directly after"):
        trust.follow(first, resigned(keys, lambda root: setattr(root, "version", 3)))


def test_a_forged_successor_that_only_its_own_key_signed_is_refused(keys: Path, tmp_path: Path) -> None:
    first = trust.load(sign.first_root(keys, proofs.NOW))
    forger = proofs.keys_folder(tmp_path / "forger")
    forged = resigned(forger, lambda root: setattr(root, "version", 2))
    assert trust.load(forged).version == 2
    with pytest.raises(NotVerifiedError, match="root keys of root 1"):
        trust.follow(first, forged)


def test_a_successor_that_its_own_new_keys_did_not_sign_is_refused(keys: Path) -> None:
    first = trust.load(sign.first_root(keys, proofs.NOW))
    stranger = CryptoSigner(Ed25519PrivateKey.generate())

    def hand_over(root: Root) -> None:
        root.version = 2
        root.keys[stranger.public_key.keyid] = stranger.public_key
        root.roles["root"].keyids[:] = [stranger.public_key.keyid]

    with pytest.raises(NotVerifiedError, match="root keys of root 2"):
        trust.follow(first, resigned(keys, hand_over))
