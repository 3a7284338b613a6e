import base64

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from registry.errors import InvalidInputError
from registry.proof import canonical, envelope
from registry.proof.canonical import JsonValue
from registry.proof.envelope import Envelope, Signature
from registry.proof.sign import FileSigner

SIGNER, OTHER = FileSigner(Ed25519PrivateKey.generate()), FileSigner(Ed25519PrivateKey.generate())


def signed(payload: bytes = b"payload") -> Envelope:
    message = envelope.pae(envelope.IN_TOTO, payload)
    return Envelope(envelope.IN_TOTO, payload, (Signature(SIGNER.key.keyid, SIGNER.sign(message)),))


def test_the_signed_bytes_are_those_of_the_dsse_specification() -> None:
    assert envelope.pae("http://example.com/HelloWorld", b"hello world") == (
        b"DSSEv1 29 http://example.com/HelloWorld 11 hello world"
    )


@given(st.binary(max_size=50))
def test_an_envelope_is_read_back_and_its_signer_known(payload: bytes) -> None:
    found = envelope.parse(signed(payload).to_bytes())
    assert found == signed(payload)
    assert found.signers({SIGNER.key.keyid: SIGNER.key, OTHER.key.keyid: OTHER.key}) == {SIGNER.key.keyid}


def test_a_key_that_nobody_trusts_counts_for_nothing() -> None:
    assert signed().signers({OTHER.key.keyid: OTHER.key}) == set()
    assert signed().signers({}) == set()


def test_a_signature_for_another_type_or_payload_counts_for_nothing() -> None:
    trusted = {SIGNER.key.keyid: SIGNER.key}
    assert signed()._replace(payload=b"other").signers(trusted) == set()
    assert signed()._replace(payload_type="text/plain").signers(trusted) == set()


def changed(**changes: JsonValue) -> bytes:
    return canonical.canonical_bytes({**canonical.parse_object(signed().to_bytes()), **changes})


SIGNATURE: dict[str, JsonValue] = {"keyid": "k", "sig": "AA=="}


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"{}", "no DSSE envelope"),
        (changed(extra=1), "no DSSE envelope"),
        (changed(payload=None), "no DSSE envelope"),
        (changed(signatures="none"), "malformed"),
        (changed(signatures=[]), "1 to 16 signatures"),
        (changed(signatures=[{"keyid": str(number), "sig": "AA=="} for number in range(17)]), "1 to 16 signatures"),
        (changed(signatures=[SIGNATURE, SIGNATURE]), "twice"),
        (changed(signatures=[{"keyid": "k"}]), "malformed"),
        (changed(signatures=[{**SIGNATURE, "cert": ""}]), "malformed"),
        (changed(signatures=[{"keyid": "k", "sig": "A" * 10_000}]), "malformed"),
        (changed(signatures=[{"keyid": "k", "sig": "A"}]), "not base64"),
        (changed(payload="é"), "not base64"),
        (changed(payload="QUI=\n"), "not base64"),
        (changed(payload="QUJ="), "not canonical"),
    ],
)
def test_a_sloppy_or_hostile_envelope_is_refused(data: bytes, why: str) -> None:
    with pytest.raises(InvalidInputError, match=why):
        envelope.parse(data)


def test_the_payload_is_carried_as_standard_base64() -> None:
    assert canonical.parse_object(signed(b"\xff\xfe").to_bytes())["payload"] == base64.b64encode(b"\xff\xfe").decode()
