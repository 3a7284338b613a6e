from datetime import UTC, datetime

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from registry.errors import InvalidInputError, NotVerifiedError
from registry.proof import checkpoint, note
from registry.proof.checkpoint import Checkpoint
from registry.proof.note import Note, NoteKey
from registry.proof.sign import FileSigner

WITNESS = FileSigner(Ed25519PrivateKey.generate())
KEY = NoteKey("witness.example/w1", note.COSIGNATURE, bytes.fromhex(WITNESS.key.keyval["public"]))
HEAD = Checkpoint("example.com/log", 3, b"\x01" * 32)
SECONDS = 1_679_315_147


def cosigned(seconds: int = SECONDS, text: str | None = None) -> Note:
    signature = WITNESS.sign(checkpoint.cosigned_message(HEAD.text() if text is None else text, seconds))
    return Note(HEAD.text(), (checkpoint.cosignature(KEY, seconds, signature),))


@given(
    st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1),
    st.integers(0, 2**63 - 1),
    st.binary(min_size=32, max_size=32),
)
def test_a_tree_head_is_read_back(origin: str, size: int, root: bytes) -> None:
    head = Checkpoint(origin, size, root)
    assert checkpoint.parse_text(head.text()) == head


def test_the_text_is_three_lines() -> None:
    assert HEAD.text() == "example.com/log\n3\nAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE=\n"


ROOT_LINE = HEAD.text().splitlines(keepends=True)[2]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "\n3\n" + ROOT_LINE,
        "log\n03\n" + ROOT_LINE,
        "log\n-1\n" + ROOT_LINE,
        "log\n9223372036854775808\n" + ROOT_LINE,
        "log\n\u0663\n" + ROOT_LINE,
        "log\n3\n!\n",
        "log\n3\nAQE=\n",
        HEAD.text() + "extension\n",
        HEAD.text() + "\n",
        HEAD.text()[:-1],
    ],
)
def test_what_is_no_tree_head_is_refused(text: str) -> None:
    with pytest.raises(InvalidInputError):
        checkpoint.parse_text(text)


def test_a_witness_signs_the_time_and_the_text() -> None:
    assert checkpoint.cosigned_message("a\n", 5) == b"cosignature/v1\ntime 5\na\n"
    assert checkpoint.cosigned_at(cosigned(), KEY) == datetime.fromtimestamp(SECONDS, UTC)


def test_the_latest_of_two_cosignatures_counts() -> None:
    both = Note(HEAD.text(), (*cosigned().signatures, *cosigned(SECONDS + 5).signatures))
    assert checkpoint.cosigned_at(both, KEY) == datetime.fromtimestamp(SECONDS + 5, UTC)


@pytest.mark.parametrize(
    ("signed", "why"),
    [
        (Note(HEAD.text(), ()), "did not cosign"),
        (cosigned(text="other\n"), "is wrong"),
        (Note(HEAD.text(), (note.Signature(KEY.name, KEY.key_id, b"short"),)), "malformed"),
        (cosigned(2**63), "is wrong"),
        (cosigned(2**62), "from no time"),
    ],
)
def test_a_cosignature_that_is_not_right_does_not_count(signed: Note, why: str) -> None:
    with pytest.raises(NotVerifiedError, match=why):
        checkpoint.cosigned_at(signed, KEY)
