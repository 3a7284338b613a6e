"""Who signed this payload? DSSE v1 envelopes, written canonically and read strictly.

Refuses an envelope without signatures, with two signatures by one key, with unknown members or with sloppy base64.
It knows no private key: `registry.proof.sign` makes the signatures.
"""

import base64
import binascii
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from registry.errors import InvalidInputError
from registry.proof import canonical, keys
from registry.proof.keys import Key

IN_TOTO = "application/vnd.in-toto+json"
MAX_BYTES = canonical.MAX_JSON_BYTES
MAX_SIGNATURES = 16
MAX_SIGNATURE_CHARS = 512


class Signature(NamedTuple):
    """One signature and the id of the key that is said to have made it."""

    key_id: str
    signature: bytes


class Envelope(NamedTuple):
    """A payload, what it is, and who signed it."""

    payload_type: str
    payload: bytes
    signatures: tuple[Signature, ...]

    def to_bytes(self) -> bytes:
        """The canonical JSON of the envelope."""
        return canonical.canonical_bytes(
            {
                "payload": base64.b64encode(self.payload).decode(),
                "payloadType": self.payload_type,
                "signatures": [
                    {"keyid": key_id, "sig": base64.b64encode(signature).decode()}
                    for key_id, signature in self.signatures
                ],
            }
        )

    def signers(self, trusted: Mapping[str, Key]) -> set[str]:
        """The ids of those trusted keys whose signature is here and right."""
        message = pae(self.payload_type, self.payload)
        return {
            key_id
            for key_id, signature in self.signatures
            if key_id in trusted and keys.verifies(trusted[key_id], signature, message)
        }


def pae(payload_type: str, payload: bytes) -> bytes:
    """The bytes that are signed (DSSE protocol v1.0.0, pre-authentication encoding)."""
    kind = payload_type.encode()
    return b"DSSEv1 %d %s %d %s" % (len(kind), kind, len(payload), payload)


def parse(data: bytes) -> Envelope:
    """The envelope in untrusted JSON.

    Raises:
        InvalidInputError: it is not exactly an envelope with 1 to 16 signatures by different keys.
    """
    value = canonical.parse_object(data)
    match value:
        case {"payload": str(payload), "payloadType": str(kind), "signatures": Sequence() as found, **rest} if not rest:
            signatures = tuple(map(_signature, found))
        case _:
            raise InvalidInputError("This is no DSSE envelope.")
    if not 1 <= len(signatures) <= MAX_SIGNATURES:
        raise InvalidInputError(f"An envelope needs 1 to {MAX_SIGNATURES} signatures, this one has {len(signatures)}.")
    if len({signature.key_id for signature in signatures}) != len(signatures):
        raise InvalidInputError("One key signed the envelope twice.")
    return Envelope(kind, _decoded(payload), signatures)


def _signature(value: canonical.JsonValue) -> Signature:
    match value:
        case {"keyid": str(key_id), "sig": str(text), **rest} if not rest and len(text) <= MAX_SIGNATURE_CHARS:
            return Signature(key_id, _decoded(text))
        case _:
            raise InvalidInputError("A signature of the envelope is malformed.")


def _decoded(text: str) -> bytes:
    """The bytes of base64 text, which must be the one text that stands for them."""
    try:
        data = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as problem:
        raise InvalidInputError("The envelope holds text that is not base64.") from problem
    if base64.b64encode(data).decode() != text:
        raise InvalidInputError("The envelope holds base64 that is not canonical.")
    return data
