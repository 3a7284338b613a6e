import sys
from pathlib import Path

import pytest

from registry.errors import ForbiddenError, InvalidInputError, NotFoundError, UnavailableError
from registry.proof import keys, sign, tokens
from registry.proof.tokens import Place, TokenSigner
from tests.factories import proofs
from tests.factories.devices import PIN, TOKEN, Device

URI = "pkcs11:token=a%20token;object=a%3Bkey?module-path=/usr/lib/a.so"


def signer(device: Device, label: str, pin: str = PIN) -> TokenSigner:
    return TokenSigner(Place(str(device.module), TOKEN, label), pin)


def test_a_uri_names_the_module_the_token_and_the_key() -> None:
    assert tokens.place(URI) == Place("/usr/lib/a.so", "a token", "a;key")


@pytest.mark.parametrize(
    "uri",
    [
        "",
        "root.pem",
        "pkcs11:token=a;object=b",
        "pkcs11:token=a?module-path=/a.so",
        "pkcs11:token=a;object=b?module-path=a.so",
        "pkcs11:token=;object=b?module-path=/a.so",
        f"{URI}&pin-value=1234",
        f"{URI}&module-path=/b.so",
        "pkcs11:" + "a" * tokens.MAX_URI_CHARS,
    ],
)
def test_a_uri_that_says_less_or_more_is_refused(uri: str) -> None:
    with pytest.raises(InvalidInputError):
        tokens.place(uri)


def test_an_ed25519_key_in_a_device_signs_messages_as_one_in_a_file_does(device: Device) -> None:
    found = signer(device, "root")
    assert found.key.scheme == keys.ED25519
    assert keys.verifies(found.key, found.sign(b"message"), b"message")
    assert not keys.verifies(found.key, found.sign(b"message"), b"another")
    with pytest.raises(InvalidInputError, match="digest"):
        found.sign_digest(bytes(32))


def test_a_p256_key_in_a_device_signs_messages_by_their_digest(device: Device) -> None:
    found = signer(device, "models")
    assert found.key.scheme == keys.P256
    assert keys.verifies(found.key, found.sign(b"message"), b"message")
    assert keys.verifies(found.key, found.sign_digest(bytes.fromhex(proofs.sha(b"message"))), b"message")


def test_a_wrong_pin_a_missing_key_and_a_missing_device_are_told_apart(device: Device) -> None:
    with pytest.raises(ForbiddenError, match="PIN"):
        signer(device, "root", "wrong")
    with pytest.raises(NotFoundError, match="no one key nothing"):
        signer(device, "nothing")
    with pytest.raises(NotFoundError):
        TokenSigner(Place(str(device.module), "elsewhere", "root"), PIN)
    with pytest.raises(UnavailableError, match="does not answer"):
        TokenSigner(Place("/no/such/module.so", TOKEN, "root"), PIN)


def test_a_key_of_a_kind_that_signs_nothing_here_is_refused(device: Device) -> None:
    with pytest.raises(InvalidInputError, match="signs nothing"):
        signer(device, "large")


def test_without_the_extra_it_says_what_to_install(device: Device, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pkcs11", None)
    with pytest.raises(UnavailableError, match=r"accession\[hsm\]"):
        signer(device, "root")


def test_a_release_is_signed_by_keys_in_a_device_like_by_those_in_files(device: Device, tmp_path: Path) -> None:
    lines = tmp_path / "lines"
    totals = proofs.write_lines(lines, proofs.rows())
    inputs = sign.Inputs(proofs.datasheet(totals), lines, proofs.POLICY, proofs.RECIPE)
    release = sign.release([signer(device, "root")], [signer(device, "models")], inputs)
    assert "model.sig.detached.json" in release.documents
