import base64
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from registry.errors import InvalidInputError
from registry.proof import checkpoint, inclusion, note, sign, witness
from registry.proof.checkpoint import Checkpoint
from registry.proof.note import NoteKey, Signature
from registry.proof.sign import FileSigner, Signer
from registry.proof.witness import Answer, Memory, Request
from tests.factories.logs import ORIGIN, Log

NOW = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)
NAME = "witness.example/w1"
KEY = FileSigner(Ed25519PrivateKey.generate())


def key_of(log: Log) -> NoteKey:
    """The log's public key."""
    [key] = note.log_keys(log.origin, [log.signer.key])
    return key


def cosign(head: Checkpoint) -> Signature:
    """The cosignature of the witness of these tests."""
    return sign.cosignature(KEY, NAME, head, NOW)


def request(log: Log, old_size: int) -> Request:
    """What the log asks, when it thinks that the witness has seen so many entries."""
    path = inclusion.consistency_path(old_size, len(log.entries), log.tree().subtree)
    return Request(old_size, tuple(path), note.parse(log.checkpoint()))


def ask(memory: Memory, log: Log, old_size: int, known: Log | None = None) -> Answer:
    """What the witness says to the log; it knows the keys of `known`."""
    keys = {(known or log).origin: [key_of(known or log)]}
    return witness.answer(request(log, old_size).to_bytes(), keys, memory, cosign)


def grown(size: int, signer: Signer | None = None, salt: str = "") -> Log:
    """A log of so many entries."""
    log = Log(signer)
    log.append([f"{salt}{number}".encode() for number in range(size)])
    return log


@pytest.fixture
def memory(tmp_path: Path) -> Memory:
    """Of a witness that has seen nothing."""
    return Memory(tmp_path / "logs")


def test_a_tree_head_that_extends_the_last_one_is_cosigned(memory: Memory) -> None:
    log = grown(5)
    for old, more in ((0, 3), (5, 0), (5, 300)):
        answered = ask(memory, log, old) if more != 300 else None
        if answered is None:
            log.append([str(number).encode() for number in range(more)])
            answered = ask(memory, log, old)
        assert answered.status == 200, answered.body
        whole = note.parse(log.checkpoint() + answered.body)
        assert checkpoint.cosigned_at(whole, note.witness_key(NAME, KEY.key)) == NOW
        assert memory.newest(ORIGIN) == whole.to_bytes()


def test_who_does_not_know_what_the_witness_has_seen_is_told(memory: Memory) -> None:
    log = grown(7)
    assert ask(memory, log, 0).status == 200
    log.append([b"more"])
    answered = ask(memory, log, 0)
    assert (answered.status, answered.body, answered.media_type) == (409, b"7\n", "text/x.tlog.size")
    assert witness.parse_size(answered.body) == 7
    assert ask(memory, log, 7).status == 200


def test_a_log_that_shrinks_is_not_cosigned(memory: Memory) -> None:
    long = grown(9)
    assert ask(memory, long, 0).status == 200
    short = grown(4, long.signer)
    for old in (0, 4):
        answered = ask(memory, short, old)
        assert (answered.status, answered.body) == (409, b"9\n")
    keys = {ORIGIN: [key_of(long)]}
    larger = Request(9, (), note.parse(short.checkpoint())).to_bytes()
    assert witness.answer(larger, keys, memory, cosign).status == 400


def test_a_second_history_is_not_cosigned(memory: Memory) -> None:
    log = grown(6)
    assert ask(memory, log, 0).status == 200
    same_size = grown(6, log.signer, "other")
    answered = ask(memory, same_size, 6)
    assert (answered.status, answered.media_type) == (409, "text/plain; charset=utf-8")
    assert ask(memory, grown(8, log.signer, "other"), 6).status == 422
    assert memory.newest(ORIGIN) is not None
    assert ask(memory, log, 6).status == 200, "the first history still is"


def test_a_log_that_the_witness_does_not_know_or_that_did_not_sign_is_not_cosigned(memory: Memory) -> None:
    log = grown(2)
    stranger = grown(2)
    assert ask(memory, log, 0, Log(origin="elsewhere.example/log")).status == 404
    assert ask(memory, log, 0, stranger).status == 403
    forged = request(log, 0)
    wrong = forged.signed.signatures[0]._replace(signature=bytes(64))
    body = forged._replace(signed=note.Note(forged.signed.text, (wrong,))).to_bytes()
    assert witness.answer(body, {ORIGIN: [key_of(log)]}, memory, cosign).status == 403
    assert memory.newest(ORIGIN) is None


def test_a_proof_that_is_too_much_is_no_proof(memory: Memory) -> None:
    log = grown(2)
    body = request(log, 0)._replace(path=(bytes(32),)).to_bytes()
    assert witness.answer(body, {ORIGIN: [key_of(log)]}, memory, cosign).status == 422


@pytest.mark.parametrize(
    "change",
    [
        lambda body: body[:0],
        lambda body: body.replace(b"old 0", b"old 00"),
        lambda body: body.replace(b"old 0", b"old -1"),
        lambda body: body.replace(b"old 0", b"old 9999999999999999999"),
        lambda body: body.replace(b"old 0\n", b"old 0\nnot base64\n"),
        lambda body: body.replace(b"old 0\n", b"old 0\n" + base64.b64encode(bytes(31)) + b"\n"),
        lambda body: body.replace(b"old 0\n", b"old 0\n" + (base64.b64encode(bytes(32)) + b"\n") * 64),
        lambda body: body.replace(b"old 0\n\n", b"old 0\n"),
        lambda body: body.replace(b"\n2\n", b"\n02\n"),
        lambda body: body.replace(b"\n2\n", b"\n2\nmore\n"),
        lambda body: body + b"\xff",
        lambda body: body.rpartition(b"\n\n")[0] + b"\n\n",
    ],
)
def test_what_is_no_request_is_refused_and_leaves_nothing(memory: Memory, change: Callable[[bytes], bytes]) -> None:
    log = grown(2)
    body = change(request(log, 0).to_bytes())
    assert witness.answer(body, {ORIGIN: [key_of(log)]}, memory, cosign).status == 400
    assert memory.newest(ORIGIN) is None


@pytest.mark.parametrize("body", [b"", b"7", b"07\n", b"7\n\n", b"-7\n", b"seven\n"])
def test_a_size_is_a_number_and_a_newline(body: bytes) -> None:
    with pytest.raises(InvalidInputError, match="without saying which size"):
        witness.parse_size(body)


def test_of_two_who_ask_at_once_with_two_histories_one_is_cosigned(memory: Memory) -> None:
    first = grown(50)
    others = [grown(50, first.signer, str(salt)) for salt in range(8)]
    with ThreadPoolExecutor(8) as pool:
        statuses = sorted(pool.map(lambda log: ask(memory, log, 0, first).status, others))
    assert statuses == [200, *[409] * 7]


def test_each_log_has_a_memory_of_its_own(memory: Memory) -> None:
    one, two = grown(3), Log(origin="two.example/log")
    two.append([b"x"])
    assert (ask(memory, one, 0).status, ask(memory, two, 0).status) == (200, 200)
    assert memory.newest(ORIGIN) != memory.newest("two.example/log")
