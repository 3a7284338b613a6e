import base64

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from registry.errors import InvalidInputError, NotVerifiedError
from registry.proof import note
from registry.proof.note import Note, NoteKey, Signature
from registry.proof.sign import FileSigner

# The example in the documentation of golang.org/x/mod/sumdb/note: made by Go, not by us.
GO_KEY = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
GO_NOTE = (
    "If you think cryptography is the answer to your problem,\n"
    "then you don't know what your problem is.\n"
    "\n"
    "\u2014 PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
).encode()

SIGNER, OTHER = FileSigner(Ed25519PrivateKey.generate()), FileSigner(Ed25519PrivateKey.generate())
(KEY,) = note.log_keys("example.com/log", [SIGNER.key])
(STRANGER,) = note.log_keys("example.com/log", [OTHER.key])


def signed(text: str = "a\n\nb\n") -> Note:
    return Note(text, (Signature(KEY.name, KEY.key_id, SIGNER.sign(text.encode())),))


def test_a_note_that_go_signed_is_accepted_and_written_back_byte_for_byte() -> None:
    key = note.key_from_text(GO_KEY)
    found = note.parse(GO_NOTE)
    assert found.signers([key]) == [key]
    assert found.to_bytes() == GO_NOTE
    assert key.to_text() == GO_KEY


TEXTS = st.lists(st.text(st.characters(exclude_categories=["Cs", "Cc"])), max_size=5).map(
    lambda lines: "".join(f"{line}\n" for line in [*lines, "end"])
)


@given(TEXTS)
def test_a_note_is_read_back_and_its_signer_known(text: str) -> None:
    found = note.parse(signed(text).to_bytes())
    assert found == signed(text)
    assert found.signers([STRANGER, KEY]) == [KEY]


def test_a_key_is_read_back_from_its_text() -> None:
    assert note.key_from_text(KEY.to_text()) == KEY


def test_an_unknown_key_counts_for_nothing_and_a_wrong_signature_spoils_the_note() -> None:
    with pytest.raises(NotVerifiedError, match="No known key"):
        signed().signers([STRANGER])
    with pytest.raises(NotVerifiedError, match="No known key"):
        signed().signers([])
    with pytest.raises(NotVerifiedError, match="is wrong"):
        signed()._replace(text="other\n").signers([KEY])
    twice = Note("a\n", (*signed("a\n").signatures, Signature(KEY.name, KEY.key_id, b"\x00" * 64)))
    with pytest.raises(NotVerifiedError, match="is wrong"):
        twice.signers([KEY])


def test_the_same_key_under_another_name_or_kind_is_another_key() -> None:
    assert signed().of(KEY)
    assert not signed().of(KEY._replace(name="example.com/other"))
    assert not signed().of(KEY._replace(kind=note.COSIGNATURE))


GOOD = signed().to_bytes()


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", "no signatures"),
        (b"text\n", "no signatures"),
        (GOOD[:-1], "no signatures"),
        (b"text\n\n", "no signatures"),
        (GOOD + b"\n", "no signatures"),
        (GOOD.replace(b"a", b"\t"), "control"),
        (GOOD.replace(b"a", b"\x00"), "control"),
        (GOOD.replace(b"a", b"\xff"), "UTF-8"),
        (b"a" * (note.MAX_NOTE_BYTES + 1), "too large"),
        (GOOD + GOOD.splitlines(keepends=True)[-1] * note.MAX_SIGNATURES, "more than 100"),
        (b"a\n\n- name AAAAAAA=\n", "malformed"),
        ("a\n\n\u2014 na+me AAAAAAA=\n".encode(), "malformed"),
        ("a\n\n\u2014  AAAAAAA=\n".encode(), "malformed"),
        ("a\n\n\u2014 name AAAAAA==\n".encode(), "too short"),
        ("a\n\n\u2014 name AAAAAAA\n".encode(), "not base64"),
        ("a\n\n\u2014 name AAAAAAB=\n".encode(), "not canonical"),
    ],
)
def test_what_is_no_note_is_refused(data: bytes, why: str) -> None:
    with pytest.raises(InvalidInputError, match=why):
        note.parse(data)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "name",
        KEY.to_text().replace("example", "sample"),
        f"name+00000000+{base64.b64encode(b'x' * 33).decode()}",
        f"name+00000000+{base64.b64encode(bytes([1]) + b'x' * 5).decode()}",
        f"na me+{KEY.key_id.hex()}+{base64.b64encode(bytes([1]) + KEY.public).decode()}",
    ],
    ids=[
        "nothing",
        "name-alone",
        "another-name",
        "wrong-hash",
        "too-short",
        "space-in-name",
    ],  # the key is fresh each run
)
def test_what_is_no_key_is_refused(text: str) -> None:
    with pytest.raises(InvalidInputError):
        note.key_from_text(text)


def test_a_key_that_is_no_point_verifies_nothing() -> None:
    assert not note.verifies(b"short", bytes(64), b"")
    assert NoteKey("n", note.ED25519, b"\xff" * 32).key_id != KEY.key_id
