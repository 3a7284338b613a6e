import shutil
from pathlib import Path
from typing import IO, Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from registry.proof import bundle, canonical, envelope, growth, logproof, note, sign, trust, verify
from registry.proof.audit import Audit, Memory
from registry.proof.monitor import Witnesses
from registry.proof.report import Outcome, Report
from registry.proof.sampling import Wish
from registry.proof.sign import FileSigner
from registry.proof.trust import Purpose
from tests.factories import proofs
from tests.factories.logs import Log

LOG, GROWTH = 9, 10


@pytest.fixture(scope="module", name="made")
def _made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, bytes, Log]:
    log = Log()
    folder, root = proofs.logged(tmp_path_factory.mktemp("made"), log, before=300)
    log.write(folder.parent / "log")
    return folder, root, log


def check(made: tuple[Path, bytes, Log], memory: Memory | None = None) -> Report:
    return verify.verify(made[0], made[1], None, proofs.NOW, memory=memory)


def line(report: Report, number: int) -> str:
    return report.steps[number - 1].line


def earlier(made: tuple[Path, bytes, Log], size: int, origin: str | None = None) -> bytes:
    """The log's own checkpoint when it was shorter."""
    log = Log(made[2].signer, origin or made[2].origin)
    log.append(made[2].entries[:size])
    return log.checkpoint()


def test_a_logged_release_verifies_and_leaves_a_checkpoint_to_remember(made: tuple[Path, bytes, Log]) -> None:
    report = check(made)
    assert report.is_ok
    assert line(report, LOG) == "entry 300 of 301 in the log registry.example/log"
    assert report.steps[GROWTH - 1].outcome is Outcome.SKIPPED
    assert report.checkpoint == made[2].checkpoint()


def test_the_same_tree_head_again_needs_no_tiles(made: tuple[Path, bytes, Log]) -> None:
    assert line(check(made, Memory(made[2].checkpoint())), GROWTH).startswith("the log grew from 301 to 301")


def test_a_log_that_grew_shows_it_by_its_tiles(made: tuple[Path, bytes, Log]) -> None:
    report = check(made, Memory(earlier(made, 255), made[0].parent / "log"))
    assert report.is_ok
    assert line(report, GROWTH) == "the log grew from 255 to 301 entries and nothing was changed"
    assert check(made, Memory(earlier(made, 0))).is_ok


def test_without_tiles_growth_is_not_believed(made: tuple[Path, bytes, Log], tmp_path: Path) -> None:
    assert "use --log" in line(check(made, Memory(earlier(made, 255))), GROWTH)
    assert "is missing" in line(check(made, Memory(earlier(made, 255), tmp_path)), GROWTH)


def test_tiles_that_cannot_be_read_are_not_believed(
    made: tuple[Path, bytes, Log], monkeypatch: pytest.MonkeyPatch
) -> None:
    memory, opened = Memory(earlier(made, 255), made[0].parent / "log"), Path.open

    def refuse(path: Path, mode: str = "r") -> IO[Any]:
        if "tile" in path.parts:
            raise PermissionError(13, "Permission denied")
        return opened(path, mode)

    monkeypatch.setattr(Path, "open", refuse)
    assert "cannot be read" in line(check(made, memory), GROWTH)


def test_an_older_export_than_what_is_remembered_is_compared_the_other_way(
    made: tuple[Path, bytes, Log], tmp_path: Path
) -> None:
    longer = Log(made[2].signer)
    longer.append([*made[2].entries, b"later"])
    longer.write(tmp_path)
    report = check(made, Memory(longer.checkpoint(), tmp_path))
    assert report.is_ok
    assert report.checkpoint == longer.checkpoint()


def test_a_log_with_another_past_is_refused(made: tuple[Path, bytes, Log]) -> None:
    other = Log(made[2].signer)
    other.append([b"another past"] * 255)
    report = check(made, Memory(other.checkpoint(), made[0].parent / "log"))
    assert report.steps[GROWTH - 1].outcome is Outcome.FAILED
    assert report.checkpoint is None


def test_a_checkpoint_of_another_log_is_refused(made: tuple[Path, bytes, Log]) -> None:
    assert "of another log" in line(check(made, Memory(earlier(made, 5, "other.example"))), GROWTH)


def test_a_remembered_file_that_is_no_checkpoint_is_refused(made: tuple[Path, bytes, Log]) -> None:
    report = check(made, Memory(b"nonsense"))
    assert report.steps[GROWTH - 1].outcome is Outcome.FAILED


def test_an_export_without_a_proof_cannot_follow_a_remembered_checkpoint(
    made: tuple[Path, bytes, Log], tmp_path: Path
) -> None:
    folder, root = proofs.export(tmp_path)
    report = verify.verify(folder, root, None, proofs.NOW, memory=Memory(made[2].checkpoint()))
    assert "no log proof that could be compared" in line(report, GROWTH)
    assert not report.is_ok


def changed(made: tuple[Path, bytes, Log], tmp_path: Path, proof: bytes) -> tuple[Path, bytes, Log]:
    """The same export with another log proof, and a list of tags that agrees."""
    shutil.copytree(made[0], tmp_path / "export")
    (tmp_path / "export" / bundle.LOG_PROOF).write_bytes(proof)
    (tmp_path / "export" / bundle.TAG_MANIFEST).write_bytes(bundle.tag_manifest(tmp_path / "export"))
    return tmp_path / "export", made[1], made[2]


def test_a_proof_about_another_entry_or_by_another_log_is_refused(
    made: tuple[Path, bytes, Log], tmp_path: Path
) -> None:
    log = Log(made[2].signer)
    entry = logproof.LogEntry(kind="release", at=proofs.NOW, subject=canonical.digest(b"x"), label=proofs.LABEL)
    about_another = log.proof(log.append([entry.to_bytes()]))
    report = check(changed(made, tmp_path / "a", about_another.to_bytes()))
    assert "something else than this release" in line(report, LOG)
    stranger = Log()
    stranger.append(made[2].entries)
    report = check(changed(made, tmp_path / "b", stranger.proof(300).to_bytes()))
    assert line(report, LOG) == "No known key signed this note."


def test_no_byte_of_the_proof_can_be_flipped(made: tuple[Path, bytes, Log], tmp_path: Path) -> None:
    proof = (made[0] / bundle.LOG_PROOF).read_bytes()
    export = changed(made, tmp_path, proof)
    for position in range(0, len(proof), 7):
        (export[0] / bundle.LOG_PROOF).write_bytes(
            proof[:position] + bytes([proof[position] ^ 1]) + proof[position + 1 :]
        )
        assert check(export).steps[LOG - 1].outcome is Outcome.FAILED


def test_a_retired_key_keeps_verifying_what_the_log_had_before_and_nothing_else(tmp_path: Path) -> None:
    log = Log()
    folder, first = proofs.logged(tmp_path, log, before=5)
    keys = tmp_path / "keys"
    gone = frozenset(sign.signers(keys, purpose)[0].key.keyid for purpose in (Purpose.DATASHEETS, Purpose.MODELS))
    for purpose in (Purpose.DATASHEETS, Purpose.MODELS):
        sign.create_key(keys, purpose)
    later = proofs.next_root(keys, first, retired=gone, log_size=6)
    earlier_root = proofs.next_root(keys, first, retired=gone, log_size=5)
    assert verify.verify(folder, later, None, proofs.NOW).is_ok
    report = verify.verify(folder, earlier_root, None, proofs.NOW)
    assert "0 of the 1 trusted signatures" in line(report, 3)
    (folder / bundle.LOG_PROOF).unlink()
    (folder / bundle.TAG_MANIFEST).write_bytes(bundle.tag_manifest(folder))
    assert not verify.verify(folder, later, None, proofs.NOW).is_ok
    assert verify.verify(folder, first, None, proofs.NOW).is_ok


def test_a_broken_proof_does_not_make_a_retired_key_good(tmp_path: Path) -> None:
    log = Log()
    folder, first = proofs.logged(tmp_path, log, before=5)
    keys = tmp_path / "keys"
    gone = frozenset({sign.signers(keys, Purpose.DATASHEETS)[0].key.keyid})
    sign.create_key(keys, Purpose.DATASHEETS)
    later = proofs.next_root(keys, first, retired=gone, log_size=6)
    (folder / bundle.LOG_PROOF).write_bytes(b"broken")
    report = verify.verify(folder, later, None, proofs.NOW)
    assert report.steps[2].outcome is Outcome.FAILED


def test_tiles_are_read_within_their_size_only(made: tuple[Path, bytes, Log], tmp_path: Path) -> None:
    shutil.copytree(made[0].parent / "log", tmp_path / "log")
    with (tmp_path / "log" / "tile/0/000").open("ab") as file:
        file.truncate(10_000_000_000)
    report = check(made, Memory(earlier(made, 255), tmp_path / "log"))
    assert "too large" in line(report, GROWTH)


def test_as_many_witnesses_as_are_asked_for_must_have_cosigned(made: tuple[Path, bytes, Log], tmp_path: Path) -> None:
    signers = [FileSigner(Ed25519PrivateKey.generate()) for _ in range(2)]
    keys = tuple(note.witness_key(f"w.example/{number}", each.key) for number, each in enumerate(signers))
    copy = tmp_path / "export"
    shutil.copytree(made[0], copy)
    proof = logproof.parse((copy / bundle.LOG_PROOF).read_bytes())
    given = sign.cosignature(signers[0], "w.example/0", proof.tree_head(), proofs.NOW)
    signed = note.Note(proof.signed.text, (*proof.signed.signatures, given))
    (copy / bundle.LOG_PROOF).write_bytes(proof._replace(signed=signed).to_bytes())
    (copy / bundle.TAG_MANIFEST).write_bytes(bundle.tag_manifest(copy))

    def said(folder: Path, needed: int) -> str:
        return line(check((folder, *made[1:]), Memory(witnesses=Witnesses(keys, needed))), LOG)

    assert said(copy, 1) == "entry 300 of 301 in the log registry.example/log, cosigned by w.example/0"
    assert said(copy, 2) == "1 of the 2 witnesses needed cosigned the tree head."
    assert said(made[0], 0).endswith("in the log registry.example/log")
    (copy / bundle.LOG_PROOF).unlink()
    assert said(copy, 1) == "The export has no log proof that a witness could have cosigned."


def test_a_sample_is_drawn_from_the_tree_head_if_that_holds(made: tuple[Path, bytes, Log], tmp_path: Path) -> None:
    def anchor(folder: Path, root: bytes | None) -> str:
        audit = Audit(folder, folder / "data", root, proofs.NOW)
        audit.envelope = envelope.parse((folder / bundle.ENVELOPE).read_bytes())
        audit.trust = None if root is None else trust.load(root)
        return growth.anchor(audit)

    assert anchor(made[0], made[1]) == note.parse(made[2].checkpoint()).text
    assert anchor(made[0], None) == ""
    copy = tmp_path / "export"
    shutil.copytree(made[0], copy)
    proof = copy / bundle.LOG_PROOF
    proof.write_bytes(proof.read_bytes().replace(b"index 300", b"index 299"))
    assert anchor(copy, made[1]) == ""
    proof.unlink()
    assert anchor(copy, made[1]) == ""
    report = verify.verify(made[0], made[1], None, proofs.NOW, wish=Wish(bytes(16), 2))
    assert report.is_ok
