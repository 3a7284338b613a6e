import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from registry.errors import InvalidInputError
from registry.proof import keys
from registry.proof.sign import FileSigner


def pem_of(public: rsa.RSAPublicKey | ec.EllipticCurvePublicKey) -> bytes:
    return public.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)


@pytest.mark.parametrize("private", [Ed25519PrivateKey.generate(), ec.generate_private_key(ec.SECP256R1())])
def test_a_key_survives_its_pem_and_keeps_its_id(private: Ed25519PrivateKey | ec.EllipticCurvePrivateKey) -> None:
    key = keys.from_crypto(private.public_key())
    again = keys.from_pem(keys.to_pem(key))
    assert (again.keyid, again.scheme) == (key.keyid, key.scheme)
    assert len(key.keyid) == 64


@pytest.mark.parametrize("private", [Ed25519PrivateKey.generate(), ec.generate_private_key(ec.SECP256R1())])
def test_only_the_right_signature_over_the_right_message_counts(
    private: Ed25519PrivateKey | ec.EllipticCurvePrivateKey,
) -> None:
    signer = FileSigner(private)
    other = FileSigner(Ed25519PrivateKey.generate())
    signature = signer.sign(b"message")
    assert keys.verifies(signer.key, signature, b"message")
    assert not keys.verifies(signer.key, signature, b"massage")
    assert not keys.verifies(signer.key, b"", b"message")
    assert not keys.verifies(other.key, signature, b"message")


def test_what_is_no_public_key_of_ours_is_refused() -> None:
    with pytest.raises(InvalidInputError, match="no public key"):
        keys.from_pem(b"-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n")
    publics: list[rsa.RSAPublicKey | ec.EllipticCurvePublicKey] = [
        rsa.generate_private_key(65537, 2048).public_key(),
        ec.generate_private_key(ec.SECP384R1()).public_key(),
    ]
    for public in publics:
        with pytest.raises(InvalidInputError, match="Only Ed25519 and P-256"):
            keys.from_pem(pem_of(public))
