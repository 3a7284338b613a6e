"""Which public key is this, and did it make this signature? Public halves only.

A key's id is the one The Update Framework gives it, so that root metadata, envelopes and key files agree. Two
schemes exist: Ed25519 for what we define, and ECDSA over P-256 where OpenSSF Model Signing asks for it.
"""

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from securesystemslib.exceptions import UnverifiedSignatureError, VerificationError
from securesystemslib.signer import Key, SSlibKey  # type: ignore[attr-defined]  # their documented home
from securesystemslib.signer import Signature as TufSignature  # type: ignore[attr-defined]  # likewise

from registry.errors import InvalidInputError

ED25519 = "ed25519"
P256 = "ecdsa-sha2-nistp256"

__all__ = ["ED25519", "P256", "Key", "from_crypto", "from_pem", "to_pem", "verifies"]


def from_crypto(public: Ed25519PublicKey | EllipticCurvePublicKey) -> Key:
    """The key with its id."""
    return SSlibKey.from_crypto(public)


def from_pem(pem: bytes) -> Key:
    """The public key in a PEM file (SubjectPublicKeyInfo).

    Raises:
        InvalidInputError: it is no such file, or a kind of key that signs nothing here.
    """
    try:
        public = serialization.load_pem_public_key(pem)
    except (ValueError, UnsupportedAlgorithm) as problem:
        raise InvalidInputError("This is no public key in PEM form.") from problem
    if isinstance(public, Ed25519PublicKey) or (
        isinstance(public, EllipticCurvePublicKey) and public.curve.name == "secp256r1"
    ):
        return from_crypto(public)
    raise InvalidInputError("Only Ed25519 and P-256 keys sign anything here.")


def to_pem(key: Key) -> bytes:
    """The PEM (SubjectPublicKeyInfo) of a key, as openssl reads it."""
    if key.scheme == ED25519:
        return Ed25519PublicKey.from_public_bytes(bytes.fromhex(key.keyval["public"])).public_bytes(
            serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
        )
    return str(key.keyval["public"]).encode()


def verifies(key: Key, signature: bytes, message: bytes) -> bool:
    """Whether this key made this signature over this message."""
    try:
        key.verify_signature(TufSignature(key.keyid, signature.hex()), message)
    except (UnverifiedSignatureError, VerificationError):
        return False
    return True
