import pytest
from pydantic import ValidationError

from registry.errors import InvalidInputError, NotVerifiedError
from registry.proof import logproof, merkle, note
from registry.proof.logproof import LogEntry, LogProof
from registry.proof.sign import Signer
from tests.factories import logs, proofs

LOG = logs.Log()


def entry(subject: str) -> LogEntry:
    return LogEntry(kind="release", at=proofs.NOW, subject=subject, label=proofs.LABEL)


ENTRY = entry("sha256:" + "a" * 64)
INDEX = LOG.append([b"before", ENTRY.to_bytes(), b"after", b"more"]) + 1


def proof() -> LogProof:
    return LOG.proof(INDEX)


def keys(signer: Signer = LOG.signer) -> list[note.NoteKey]:
    return note.log_keys(logs.ORIGIN, [signer.key])


def test_a_proof_is_read_back_and_gives_its_entry() -> None:
    found = logproof.parse(proof().to_bytes())
    assert found == proof()
    assert found.check(keys(), 1) == ENTRY


def test_it_is_written_as_the_specification_says() -> None:
    lines = proof().to_bytes().decode().split("\n")
    assert lines[0] == "c2sp.org/tlog-proof@v1"
    assert lines[1].startswith("extra ")
    assert lines[2] == "index 1"
    assert lines[5] == ""
    assert lines[6:8] == [logs.ORIGIN, "4"]


def test_a_proof_is_small_also_in_a_large_log() -> None:
    log = logs.Log()
    log.append([str(number).encode() for number in range(100_000)])
    index = log.append([ENTRY.to_bytes()])
    assert len(log.proof(index).to_bytes()) < 2000


def test_a_stranger_s_checkpoint_and_too_few_signatures_are_refused() -> None:
    with pytest.raises(NotVerifiedError, match="No known key"):
        proof().check(keys(logs.Log().signer), 1)
    with pytest.raises(NotVerifiedError, match="1 of the 2"):
        proof().check(keys(), 2)


def test_another_entry_index_or_path_is_refused() -> None:
    for wrong in (
        proof()._replace(entry=entry("sha256:" + "b" * 64).to_bytes()),
        proof()._replace(number=2),
        proof()._replace(path=()),
    ):
        with pytest.raises(NotVerifiedError, match="inclusion path"):
            wrong.check(keys(), 1)


def test_an_entry_that_is_none_of_ours_is_refused_though_it_is_in_the_log() -> None:
    with pytest.raises(InvalidInputError):
        LOG.proof(0).check(keys(), 1)
    with pytest.raises(InvalidInputError, match="no log entry"):
        logproof.parse_entry(b"{}")
    with pytest.raises(InvalidInputError, match="canonical"):
        logproof.parse_entry(ENTRY.to_bytes() + b" ")


def test_an_entry_says_nothing_but_digests_labels_and_codes() -> None:
    with pytest.raises(ValidationError):
        LogEntry.model_validate({**ENTRY.model_dump(), "person": "ada"})


GOOD = proof().to_bytes()


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\xff\n\n",
        GOOD.replace(b"@v1", b"@v2"),
        GOOD.replace(b"extra ", b"more "),
        GOOD.replace(b"index 1", b"index 01"),
        GOOD.replace(b"index 1", b"index -1"),
        GOOD.replace(b"index 1\n", b"index 1\n!\n"),
        GOOD.replace(b"index 1\n", b"index 1\nAAAA\n"),
        GOOD.replace(b"index 1\n", b"index 1\n" + b"AAAA\n" * 70),
        GOOD.replace(b"extra ey", b"extra ez"),
        b"\n".join(line for line in GOOD.split(b"\n") if not line.startswith(b"extra")),
        b"a" * (logproof.MAX_PROOF_BYTES + 1),
    ],
)
def test_what_is_no_proof_is_refused(data: bytes) -> None:
    with pytest.raises((InvalidInputError, NotVerifiedError)):
        logproof.parse(data).check(keys(), 1)


def test_no_byte_of_a_proof_can_be_changed() -> None:
    for position in range(len(GOOD)):
        changed = bytearray(GOOD)
        changed[position] ^= 1
        with pytest.raises((InvalidInputError, NotVerifiedError)):
            logproof.parse(bytes(changed)).check(keys(), 1)


def test_a_commitment_says_nothing_without_its_salt() -> None:
    image = proofs.sha(b"an image")
    first, second = logproof.commitment(image, bytes(32)), logproof.commitment(image, b"\x01" * 32)
    assert first != second
    assert image not in first
    assert len(merkle.leaf_hash(entry(first).to_bytes())) == 32


def test_a_commitment_to_a_case_is_another_than_one_to_an_image() -> None:
    first, second = (
        logproof.case_commitment("TD-7KQ4-M2XR", bytes(32)),
        logproof.case_commitment("TD-7KQ4-M2XS", bytes(32)),
    )
    assert first != second
    assert first != logproof.case_commitment("TD-7KQ4-M2XR", b"\x01" * 32)
    assert len(merkle.leaf_hash(entry(first).to_bytes())) == 32
