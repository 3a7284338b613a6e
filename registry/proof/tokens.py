"""How does a key sign that never leaves its device? PKCS#11 tokens: smartcards, USB keys, hardware security modules.

A key is named by an RFC 7512 URI in a file of its own, such as
`pkcs11:token=release;object=datasheets?module-path=/usr/lib/softhsm/libsofthsm2.so`. The device does the signing; this
room learns the public half and each signature. It needs the extra `hsm`; nothing else does.
"""

from __future__ import annotations

from contextlib import contextmanager
from hashlib import sha256
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import unquote

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

from registry.errors import ForbiddenError, InvalidInputError, NotFoundError, UnavailableError
from registry.proof import keys

if TYPE_CHECKING:
    from collections.abc import Iterator

    from registry.proof.keys import Key

SUFFIX = ".pkcs11"
MAX_URI_CHARS = 4096

_SCHEME = "pkcs11:"
_ED25519_BYTES = 32
_P256_POINT_BYTES = 65


class Place(NamedTuple):
    """Where a key is: the library that speaks to the device, the token's label, and the key's."""

    module: str
    token: str
    label: str


class TokenSigner:
    """A signer whose key is in a device.

    Attributes:
        key: the public half.
    """

    def __init__(self, place: Place, pin: str) -> None:
        self._place, self._pin = place, pin
        with self._session() as session:
            self.key: Key = keys.from_crypto(_public(session, place.label))

    def sign(self, message: bytes) -> bytes:
        """The signature: 64 bytes for Ed25519, DER for ECDSA."""
        if self.key.scheme != keys.ED25519:
            return self.sign_digest(sha256(message).digest())
        return self._signed(message, "EDDSA")

    def sign_digest(self, digest: bytes) -> bytes:
        """The ECDSA signature, DER, over a message with this SHA-256.

        Raises:
            InvalidInputError: the key is Ed25519, which signs whole messages only.
        """
        if self.key.scheme == keys.ED25519:
            raise InvalidInputError("An Ed25519 key cannot sign a digest.")
        raw = self._signed(digest, "ECDSA")
        half = len(raw) // 2
        return encode_dss_signature(int.from_bytes(raw[:half]), int.from_bytes(raw[half:]))

    def _signed(self, data: bytes, mechanism: str) -> bytes:
        from pkcs11 import Mechanism, ObjectClass  # noqa: PLC0415 - an extra

        with self._session() as session:
            private = session.get_key(ObjectClass.PRIVATE_KEY, label=self._place.label)
            signature: bytes = private.sign(data, mechanism=Mechanism[mechanism])
            return signature

    @contextmanager
    def _session(self) -> Iterator[Any]:
        """A session of the device, logged in for as long as the block lasts."""
        try:
            import pkcs11  # noqa: PLC0415 - an extra
        except ImportError as error:
            raise UnavailableError("Keys in devices need python-pkcs11: install accession[hsm].") from error
        try:
            library = pkcs11.lib(self._place.module)
            with library.get_token(token_label=self._place.token).open(user_pin=self._pin) as session:
                yield session
        except (pkcs11.PinIncorrect, pkcs11.PinInvalid, pkcs11.PinLenRange, pkcs11.PinLocked) as error:
            raise ForbiddenError(f"The token {self._place.token} does not open with this PIN.") from error
        except (pkcs11.NoSuchToken, pkcs11.NoSuchKey, pkcs11.MultipleObjectsReturned) as error:
            raise NotFoundError(f"There is no one key {self._place.label} in a token {self._place.token}.") from error
        except (pkcs11.PKCS11Error, RuntimeError) as error:
            raise UnavailableError(f"The token {self._place.token} does not answer: {type(error).__name__}.") from error


def place(uri: str) -> Place:
    """Where the key is that an RFC 7512 URI names.

    Raises:
        InvalidInputError: it is no such URI, or does not name a token, an object and a module.
    """
    path, _, query = uri.strip().removeprefix(_SCHEME).partition("?")
    pairs = [part.partition("=") for part in (*path.split(";"), *query.split("&")) if part]
    named = {name: unquote(value) for name, _, value in pairs}
    known = {"token", "object", "module-path"}
    if not uri.startswith(_SCHEME) or len(uri) > MAX_URI_CHARS or set(named) != known or len(pairs) != len(known):
        raise InvalidInputError("Name a key in a device as pkcs11:token=...;object=...?module-path=... and no more.")
    if not named["module-path"].startswith("/") or not all(named.values()):
        raise InvalidInputError("The module of a key in a device is named by its absolute path.")
    return Place(named["module-path"], named["token"], named["object"])


def _public(session: Any, label: str) -> Ed25519PublicKey | ec.EllipticCurvePublicKey:  # noqa: ANN401 - an extra's type
    from pkcs11 import Attribute, ObjectClass  # noqa: PLC0415 - an extra

    point = session.get_key(ObjectClass.PUBLIC_KEY, label=label)[Attribute.EC_POINT]
    # A DER octet string around the point, whose header is two bytes; some devices leave it away.
    match len(point):
        case 32 | 34:
            return Ed25519PublicKey.from_public_bytes(point[-_ED25519_BYTES:])
        case 65 | 67:
            return ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), point[-_P256_POINT_BYTES:])
        case _:
            raise InvalidInputError(f"The key {label} is of a kind that signs nothing here.")
