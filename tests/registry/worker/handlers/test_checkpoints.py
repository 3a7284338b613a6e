from contextlib import suppress
from datetime import UTC, datetime

import pytest
from sqlmodel import select
from structlog.testing import capture_logs

from registry.errors import NotFoundError, NotVerifiedError, UnavailableError, WrongStateError
from registry.home import Home
from registry.models.transparency import LogCheckpoint
from registry.proof import checkpoint, logproof, monitor, note, trust
from registry.proof.checkpoint import Checkpoint
from registry.proof.logfiles import LogFolder
from registry.proof.trust import Purpose
from registry.services import transparency
from registry.settings import trust_roots
from registry.worker.handlers import checkpoints as handler
from registry.worker.station import Station
from tests.factories import homes, proofs, rows

POLICIES = 2  # of a furnished home


def sign(home: Home) -> Checkpoint:
    """The tree head that everybody sees, after the job was done."""
    handler.sign_checkpoint(Station(home), "log")
    return shown(home)


def shown(home: Home) -> Checkpoint:
    """The published tree head, checked against the trust root."""
    signed = note.parse(LogFolder(home.settings.log_folder).checkpoint() or b"")
    keys = trust.load(trust_roots(home.settings)[-1]).keys(Purpose.CHECKPOINTS).values()
    assert len(signed.signers(note.log_keys(home.settings.log_origin, keys))) == 1
    return checkpoint.parse_text(signed.text)


def append(home: Home, label: str = "a/b/2026.1") -> None:
    """One more leaf."""
    with homes.act(home, "mara") as act:
        transparency.append(act, "release", rows.DIGEST, label)


def recorded(home: Home) -> list[int]:
    """The sizes of the tree heads on record."""
    with home.reading() as session:
        return sorted(session.exec(select(LogCheckpoint.size)))


def test_the_tree_head_covers_every_leaf_and_the_trust_root(home: Home) -> None:
    head = sign(home)
    assert head.size == POLICIES + 1
    tree = LogFolder(home.settings.log_folder).tree(head.size)
    assert tree.root() == head.root
    with home.reading() as session:
        assert list(tree.entries(0)) == transparency.entries(session, 0, head.size)
    assert sign(home) == head, "nothing was appended, nothing is signed"
    assert recorded(home) == [head.size]


def test_the_log_grows_and_every_tree_head_stays_on_record(home: Home) -> None:
    first = sign(home)
    append(home)
    second = sign(home)
    assert second.size == first.size + 1
    assert recorded(home) == [first.size, second.size]


def test_a_new_trust_root_is_in_the_log_with_the_next_tree_head(home: Home) -> None:
    settings = home.settings
    before = sign(home)
    newer = proofs.next_root(settings.keys_folder, trust_roots(settings)[-1])
    (settings.trust_folder / "2.root.json").write_bytes(newer)
    assert sign(home).size == before.size + 1
    [entry] = LogFolder(settings.log_folder).tree(before.size + 1).entries(before.size)
    assert (logproof.parse_entry(entry).kind, logproof.parse_entry(entry).label) == ("root", "root/2")
    assert homes.job_states(home) == {}, "the job asks for no other"


def test_killed_between_publishing_and_recording_it_comes_to_the_same_end(home: Home) -> None:
    sign(home)
    append(home)
    folder = LogFolder(home.settings.log_folder)
    before = folder.checkpoint()
    head = sign(home)
    published = folder.checkpoint()
    # As if the power had failed before the act: everybody sees a tree head that is not on record.
    append(home)
    assert before is not None
    folder.publish(before)
    assert sign(home).size == head.size + 1
    assert published is not None
    folder.publish(published)
    assert sign(home).size == head.size + 1


def test_wherever_the_power_fails_the_next_run_comes_to_the_same_log(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, put, written = LogFolder(home.settings.log_folder), LogFolder._put, 0
    for stop in range(12):
        count = 0

        def failing(self: LogFolder, name: str, data: bytes, stop: int = stop) -> None:
            nonlocal count
            count += 1
            if count > stop:
                raise OSError(5, "Input/output error")
            put(self, name, data)

        with homes.act(home, "mara") as act:
            for number in range(150):
                transparency.append(act, "release", rows.DIGEST, f"a/b/{stop}.{number}")
        with monkeypatch.context() as patch:
            patch.setattr(LogFolder, "_put", failing)
            with suppress(OSError):
                handler.sign_checkpoint(Station(home), "log")
        head = sign(home)
        written += count
        assert monitor.check_whole(folder, head).total() == head.size
        assert recorded(home)[-1] == head.size
    assert written > 12


def test_the_folder_of_the_log_can_be_made_again_from_the_record(home: Home) -> None:
    head = sign(home)
    home.settings.log_folder.rename(home.settings.log_folder.with_name("lost"))
    assert sign(home) == head


def test_a_record_that_was_put_back_signs_no_second_history(home: Home) -> None:
    folder = LogFolder(home.settings.log_folder)
    sign(home)
    with home.reading() as session:
        size = transparency.size(session)
    other = Checkpoint(home.settings.log_origin, size + 1, bytes(32))
    folder.publish(note.Note(other.text(), (note.Signature("x", bytes(4), bytes(64)),)).to_bytes())
    with pytest.raises(NotVerifiedError, match="published before"):
        handler.sign_checkpoint(Station(home), "log")
    append(home)
    with pytest.raises(NotVerifiedError, match="published before"):
        handler.sign_checkpoint(Station(home), "log")


def test_the_folder_of_another_log_is_left_alone(home: Home) -> None:
    sign(home)
    settings = home.settings.model_copy(update={"log_origin": "another.example/log"})
    home.settings = settings
    append(home)
    with pytest.raises(WrongStateError, match=r"this registry's is another\.example/log"):
        handler.sign_checkpoint(Station(home), "log")


def test_without_a_key_the_leaves_wait(home: Home) -> None:
    append(home)
    for file in home.settings.keys_folder.glob("checkpoints-*.pem"):
        file.unlink()
    with pytest.raises(NotFoundError, match="There is no key for checkpoints"):
        handler.sign_checkpoint(Station(home), "log")
    with home.reading() as session:
        assert transparency.promises(session) == [transparency.CHECKPOINT]
    with capture_logs() as log:
        handler.fail(Station(home), "log", UnavailableError("The key is away."))
    assert log[0]["reason"] == "The key is away."


def test_a_tree_head_says_when_it_was_signed(home: Home) -> None:
    began = datetime.now(UTC)  # noqa: TID251 - the handler acts now
    append(home)
    head = sign(home)
    with home.reading() as session:
        assert session.get_one(LogCheckpoint, head.size).signed_at >= began
