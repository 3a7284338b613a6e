import stat
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from registry.errors import (
    AccountNotClosedError,
    ForbiddenError,
    InvalidInputError,
    NotFoundError,
    WrongStateError,
)
from registry.proof import bundle, canonical, checkpoint, envelope, keys, manifest, note, sign, statement, trust
from registry.proof.checkpoint import Checkpoint
from registry.proof.sign import Inputs
from registry.proof.trust import Purpose
from tests.factories import proofs
from tests.factories.devices import PIN, Device


def inputs(tmp_path: Path, **changes: object) -> Inputs:
    lines = tmp_path / "lines"
    totals = proofs.write_lines(lines, proofs.rows())
    return Inputs(proofs.datasheet(totals, **changes), lines, proofs.POLICY, proofs.RECIPE)


def test_key_files_are_for_their_owner_alone(tmp_path: Path) -> None:
    folder = proofs.keys_folder(tmp_path)
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    files = sorted(folder.iterdir())
    assert len(files) == 1 + len(Purpose)
    assert {stat.S_IMODE(path.stat().st_mode) for path in files} == {0o600}


def test_keys_are_not_made_twice(tmp_path: Path) -> None:
    folder = proofs.keys_folder(tmp_path)
    with pytest.raises(WrongStateError, match="already holds keys"):
        sign.create_keys(folder)


def test_models_are_signed_with_p256_and_everything_else_with_ed25519(tmp_path: Path) -> None:
    folder = proofs.keys_folder(tmp_path)
    schemes = {role: sign.signers(folder, role)[0].key.scheme for role in (trust.ROOT, *Purpose)}
    assert schemes.pop(Purpose.MODELS) == keys.P256
    assert set(schemes.values()) == {keys.ED25519}


def test_a_key_that_others_can_read_is_not_used(tmp_path: Path) -> None:
    folder = proofs.keys_folder(tmp_path)
    next(folder.glob("datasheets-*")).chmod(0o640)
    with pytest.raises(ForbiddenError, match="read by others"):
        sign.signers(folder, Purpose.DATASHEETS)


def test_a_file_may_name_a_key_in_a_device_and_is_for_its_owner_alone(device: Device, tmp_path: Path) -> None:
    reference = device.reference(tmp_path, "root")
    key = sign.adopt_key(tmp_path / "keys", "root", reference, PIN)
    (found,) = sign.signers(tmp_path / "keys", "root", pin=PIN)
    assert found.key == key == sign.signer_in(reference, pin=PIN).key
    (file,) = (tmp_path / "keys").iterdir()
    assert (file.suffix, stat.S_IMODE(file.stat().st_mode)) == (".pkcs11", 0o600)
    file.chmod(0o622)
    with pytest.raises(ForbiddenError, match="read by others"):
        sign.signers(tmp_path / "keys", "root", pin=PIN)


def test_no_passphrase_is_tried_as_a_pin_and_no_pin_as_a_passphrase(device: Device, tmp_path: Path) -> None:
    reference = device.reference(tmp_path, "root")
    for pin in (None, "wrong"):
        with pytest.raises(ForbiddenError, match="PIN"):
            sign.signer_in(reference, PIN, pin)
    with pytest.raises(ForbiddenError, match="say its PIN in keys_pin"):
        sign.adopt_key(tmp_path / "keys", "root", reference, None)
    sign.create_keys(tmp_path / "files", "open sesame")
    with pytest.raises(ForbiddenError, match="does not open"):
        sign.signers(tmp_path / "files", "root", pin="open sesame")


def test_a_role_without_a_key_is_not_found(tmp_path: Path) -> None:
    with pytest.raises(NotFoundError, match="no key for datasheets"):
        sign.signers(tmp_path, Purpose.DATASHEETS)


def test_a_passphrase_encrypts_the_keys_and_opens_them(tmp_path: Path) -> None:
    sign.create_keys(tmp_path / "keys", "open sesame")
    path = next((tmp_path / "keys").glob("datasheets-*"))
    assert b"ENCRYPTED" in path.read_bytes()
    assert sign.signers(tmp_path / "keys", Purpose.DATASHEETS, "open sesame")
    for wrong in (None, "open barley"):
        with pytest.raises(ForbiddenError, match="does not open"):
            sign.signers(tmp_path / "keys", Purpose.DATASHEETS, wrong)


def test_a_kind_of_key_that_signs_nothing_here_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "datasheets-rsa.pem"
    path.touch(0o600)
    path.write_bytes(
        rsa.generate_private_key(65537, 2048).private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
    with pytest.raises(InvalidInputError, match="signs nothing"):
        sign.signers(tmp_path, Purpose.DATASHEETS)


def test_an_ed25519_key_does_not_sign_a_digest(tmp_path: Path) -> None:
    signer = sign.signers(proofs.keys_folder(tmp_path), Purpose.DATASHEETS)[0]
    with pytest.raises(InvalidInputError, match="digest"):
        signer.sign_digest(bytes(32))


def test_a_p256_key_signs_a_message_by_its_digest(tmp_path: Path) -> None:
    signer = sign.signers(proofs.keys_folder(tmp_path), Purpose.MODELS)[0]
    assert keys.verifies(signer.key, signer.sign(b"message"), b"message")


def test_a_signed_release_speaks_for_every_file_of_an_export(tmp_path: Path) -> None:
    folder = proofs.keys_folder(tmp_path)
    found = inputs(tmp_path)
    signed = sign.release(sign.signers(folder, Purpose.DATASHEETS), sign.signers(folder, Purpose.MODELS), found)
    stated = statement.parse(envelope.parse(signed.documents[bundle.ENVELOPE]).payload)
    assert stated.datasheet == found.datasheet
    assert set(stated.files) == set(bundle.SIGNED_FILES)
    for name in set(bundle.SIGNED_FILES) - {bundle.LINES, bundle.SUMS}:
        assert stated.files[name] == canonical.digest(signed.documents[name])
    assert stated.payload == ("data", found.datasheet.manifest.sums_sha256)


def test_several_people_may_sign_and_models_need_not_be(tmp_path: Path) -> None:
    folder = proofs.keys_folder(tmp_path)
    sign.create_key(folder, Purpose.DATASHEETS)
    signed = sign.release(sign.signers(folder, Purpose.DATASHEETS), [], inputs(tmp_path))
    assert len(envelope.parse(signed.documents[bundle.ENVELOPE]).signatures) == 2
    assert not [name for name in signed.documents if name.startswith("model")]


def test_a_release_whose_account_is_not_closed_is_not_signed(tmp_path: Path) -> None:
    signers = sign.signers(proofs.keys_folder(tmp_path), Purpose.DATASHEETS)
    found = inputs(tmp_path)
    proofs.write_lines(found.lines, proofs.rows()[:-1])
    with pytest.raises(AccountNotClosedError, match="rows"):
        sign.release(signers, [], found)


def test_a_release_without_images_or_signers_is_not_signed(tmp_path: Path) -> None:
    signers = sign.signers(proofs.keys_folder(tmp_path), Purpose.DATASHEETS)
    with pytest.raises(WrongStateError, match="nobody signs"):
        sign.release([], [], inputs(tmp_path))
    empty = tmp_path / "empty"
    totals = proofs.write_lines(empty, [proofs.excluded("a", b"", "person")])
    with pytest.raises(WrongStateError, match="without a single image"):
        sign.release(signers, [], Inputs(proofs.datasheet(totals), empty, proofs.POLICY, proofs.RECIPE))


def documents(found: Inputs) -> list[tuple[str, bytes]]:
    return [("policy", found.policy), ("recipe", found.recipe)]


@pytest.mark.parametrize("wrong", ["policy", "recipe"])
def test_a_document_that_the_datasheet_does_not_name_is_not_signed(tmp_path: Path, wrong: str) -> None:
    signers = sign.signers(proofs.keys_folder(tmp_path), Purpose.DATASHEETS)
    found = inputs(tmp_path)
    policy, recipe = (b"another" if name == wrong else data for name, data in documents(found))
    with pytest.raises(InvalidInputError, match=f"The {wrong} is not the one"):
        sign.release(signers, [], Inputs(found.datasheet, found.lines, policy, recipe))


def test_signing_needs_no_image(tmp_path: Path) -> None:
    document = inputs(tmp_path).datasheet
    assert document.manifest.images == 4
    assert not (tmp_path / "data").exists()
    with (tmp_path / "lines").open("rb") as lines:
        assert manifest.measure(lines).images == 4


def test_a_checkpoint_is_a_note_signed_under_the_logs_own_name(tmp_path: Path) -> None:
    signers = sign.signers(proofs.keys_folder(tmp_path), Purpose.CHECKPOINTS)
    head = Checkpoint("example.com/log", 1, bytes(32))
    signed = note.parse(sign.checkpoint(signers, head))
    assert checkpoint.parse_text(signed.text) == head
    assert [key.name for key in signed.signers(note.log_keys("example.com/log", [signers[0].key]))] == [
        "example.com/log"
    ]
    with pytest.raises(WrongStateError, match="nobody signs"):
        sign.checkpoint([], head)
