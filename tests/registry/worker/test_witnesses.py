from pathlib import Path

import pytest
from structlog.testing import capture_logs

from cli.witness import Witness
from registry.errors import InvalidInputError, UnavailableError
from registry.home import Home
from registry.proof import checkpoint, note, witness
from registry.proof.logfiles import LogFolder
from registry.services import transparency
from registry.worker import witnesses
from registry.worker.handlers import checkpoints
from registry.worker.station import Station
from tests.factories import homes, programs, rows, witnessing


def append(home: Home) -> None:
    """One more leaf."""
    with homes.act(home, "mara") as act:
        transparency.append(act, "release", rows.DIGEST, "a/b/2026.1")


def signed(home: Home) -> note.Note:
    """The published tree head, after the job was done."""
    checkpoints.sign_checkpoint(Station(home), "log")
    return note.parse(LogFolder(home.settings.log_folder).checkpoint() or b"")


def test_two_real_witnesses_cosign_every_tree_head(home: Home, tmp_path: Path) -> None:
    keys = witnessing.log_keys(home)
    with (
        witnessing.running(tmp_path / "1", "w.example/1", keys) as first,
        witnessing.running(tmp_path / "2", "w.example/2", keys) as second,
    ):
        witnessing.told(home, [first, second], 2)
        for _ in range(3):
            append(home)
            found = signed(home)
            for one, _ in (first, second):
                checkpoint.cosigned_at(found, one.key)
                assert one.memory.newest(keys[0].name) is not None
    assert len(found.signatures) == 3


def test_a_witness_that_comes_later_or_was_away_is_told_what_it_needs(home: Home, tmp_path: Path) -> None:
    keys = witnessing.log_keys(home)
    append(home)
    signed(home)
    with witnessing.running(tmp_path / "1", "w.example/1", keys) as one:
        witnessing.told(home, [one], 1)
        append(home)
        assert len(signed(home).signatures) == 2
        witnessing.told(home, [], 0)
        append(home)
        assert len(signed(home).signatures) == 1
        witnessing.told(home, [one], 1)
        append(home)
        assert len(signed(home).signatures) == 2


def test_without_enough_witnesses_nothing_is_published(home: Home, tmp_path: Path) -> None:
    keys = witnessing.log_keys(home)
    before = LogFolder(home.settings.log_folder).checkpoint()
    append(home)
    with witnessing.running(tmp_path / "1", "w.example/1", keys) as one:
        away = (one[0], f"http://127.0.0.1:{programs.free_port()}")
        witnessing.told(home, [one, away], 2)
        with capture_logs() as log, pytest.raises(UnavailableError, match="1 of the 2 witnesses"):
            checkpoints.sign_checkpoint(Station(home), "log")
        assert LogFolder(home.settings.log_folder).checkpoint() == before
        assert "127.0.0.1 does not answer." in [entry.get("reason") for entry in log]
        witnessing.told(home, [one, away], 1)
        assert len(signed(home).signatures) == 2, "who has cosigned before does so again"


def test_a_witness_that_has_seen_more_or_knows_another_log_is_left_out(home: Home, tmp_path: Path) -> None:
    keys = witnessing.log_keys(home)
    with (
        witnessing.running(tmp_path / "1", "w.example/1", keys) as ahead,
        witnessing.running(tmp_path / "2", "w.example/2", [keys[0]._replace(name="other")]) as foreign,
    ):
        text = checkpoint.Checkpoint(keys[0].name, 10**6, bytes(32)).text()
        with ahead[0].memory.alone(keys[0].name):
            ahead[0].memory.remember(keys[0].name, note.Note(text, (note.Signature("x", bytes(4), bytes(1)),)))
        witnessing.told(home, [ahead, foreign], 0)
        append(home)
        with capture_logs() as log:
            assert len(signed(home).signatures) == 1
    reasons = sorted(entry["reason"] for entry in log if entry["event"] == "log.witness-did-not-cosign")
    assert reasons == ["w.example/1 has seen a larger tree of 1000000 leaves.", "w.example/2 answers with status 404."]


def test_a_cosignature_that_is_wrong_is_not_published(home: Home, tmp_path: Path) -> None:
    keys = witnessing.log_keys(home)
    with witnessing.running(tmp_path / "1", "w.example/1", keys) as one:
        other = Witness(tmp_path / "2", "w.example/1", {})
        witnessing.told(home, [(other, one[1])], 0)
        append(home)
        with capture_logs() as log:
            assert len(signed(home).signatures) == 1
    assert "did not cosign this checkpoint" in str(log)


def test_a_log_key_is_no_witness(home: Home) -> None:
    [key] = witnessing.log_keys(home)
    home.settings = home.settings.model_copy(update={"witnesses": [f"{key.to_text()} http://127.0.0.1:1"]})
    append(home)
    with pytest.raises(InvalidInputError, match="none for cosignatures"):
        checkpoints.sign_checkpoint(Station(home), "log")
    assert witnesses.MAX_ANSWER_BYTES < witness.MAX_REQUEST_BYTES
