from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from registry.errors import InvalidInputError, NotVerifiedError
from registry.proof import checkpoint, merkle, monitor, note, sign, trust
from registry.proof.checkpoint import Checkpoint
from registry.proof.logfiles import LogFolder
from registry.proof.logproof import Kind, LogEntry
from registry.proof.monitor import Witnesses
from registry.proof.sign import FileSigner
from registry.proof.trust import Purpose, Trust
from tests.factories import proofs, rows
from tests.factories.logs import ORIGIN, Log

NOW = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)
NOTHING = Checkpoint(ORIGIN, 0, merkle.EMPTY_ROOT)


def entry(number: int) -> bytes:
    """What the log says with this number."""
    kind: Kind = "policy" if number % 2 else "release"
    return LogEntry(kind=kind, at=NOW, subject=rows.DIGEST, label=f"a/b/{number}").to_bytes()


class Place:
    """A log in a folder that grows, and the trust root of its keys."""

    def __init__(self, folder: Path) -> None:
        keys = proofs.keys_folder(folder)
        self.trust: Trust = trust.load(sign.first_root(keys, NOW))
        self.log = Log(sign.signers(keys, Purpose.CHECKPOINTS)[0])
        self.files = LogFolder(folder / "log")

    def grow(self, size: int) -> Checkpoint:
        """The tree head over so many entries, published."""
        self.log.append([entry(number) for number in range(len(self.log.entries), size)])
        self.log.write(self.files.root)
        self.files.publish(self.log.checkpoint())
        return self.head().facts

    def head(self, witnesses: Witnesses | None = None) -> monitor.Head:
        """The published tree head, once it is believed."""
        return monitor.head(self.files.checkpoint() or b"", self.trust, witnesses or Witnesses())


@pytest.fixture
def place(tmp_path: Path) -> Place:
    """An empty log."""
    return Place(tmp_path)


def test_a_tree_head_is_believed_when_the_trusted_key_signed_it(place: Place, tmp_path: Path) -> None:
    assert place.grow(3).size == 3
    (tmp_path / "other").mkdir()
    stranger = Place(tmp_path / "other")
    with pytest.raises(NotVerifiedError, match="No known key"):
        monitor.head(place.files.checkpoint() or b"", stranger.trust, Witnesses())
    with pytest.raises(InvalidInputError):
        monitor.head(b"", place.trust, Witnesses())


def test_as_many_keys_must_have_signed_as_the_root_says(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    place.grow(3)
    monkeypatch.setattr(Trust, "threshold", lambda _self, _purpose: 2)
    with pytest.raises(NotVerifiedError, match="1 of the 2 signatures"):
        place.head()


def test_witnesses_are_counted_once_each_and_never_believed_unchecked(place: Place) -> None:
    facts = place.grow(3)
    keys = [FileSigner(Ed25519PrivateKey.generate()) for _ in range(3)]
    known = [note.witness_key(f"w.example/{number}", each.key) for number, each in enumerate(keys)]
    given = [sign.cosignature(keys[number], f"w.example/{number}", facts, NOW) for number in (0, 0, 1)]
    own = note.parse(place.log.checkpoint())
    place.files.publish(note.Note(own.text, (*own.signatures, *given)).to_bytes())
    signed = place.head(Witnesses(tuple(known), 2)).signed
    assert Witnesses(tuple(known), 2).check(signed) == ", cosigned by w.example/0, w.example/1"
    assert Witnesses().check(signed) == ""
    with pytest.raises(NotVerifiedError, match="2 of the 3 witnesses"):
        place.head(Witnesses(tuple(known), 3))
    forged = given[0]._replace(signature=given[2].signature)
    place.files.publish(note.Note(own.text, (*own.signatures, forged)).to_bytes())
    with pytest.raises(NotVerifiedError, match=r"cosignature of w\.example/0 is wrong"):
        place.head(Witnesses(tuple(known), 1))


@pytest.mark.parametrize("size", [1, 255, 256, 257, 700])
def test_a_whole_log_is_checked_entry_by_entry(place: Place, size: int) -> None:
    facts = place.grow(size)
    wanted = Counter("policy" if number % 2 else "release" for number in range(size))
    assert monitor.check_whole(place.files, facts) == wanted


@pytest.mark.parametrize(
    "name", ["tile/entries/000", "tile/entries/002.p/88", "tile/0/000", "tile/0/002.p/88", "tile/1/000.p/2"]
)
def test_each_file_that_is_not_the_right_one_is_found(place: Place, name: str) -> None:
    facts = place.grow(600)
    file = place.files.root / name
    good = file.read_bytes()
    for wrong in (good[:-40] + good[-39:] + good[-40:-39], b""):
        file.write_bytes(wrong)
        with pytest.raises((NotVerifiedError, InvalidInputError)):
            monitor.check_whole(place.files, facts)
    file.write_bytes(good)
    monitor.check_whole(place.files, facts)


def test_entries_that_belong_to_no_registry_are_named(place: Place) -> None:
    place.log.append([b"{}"])
    place.log.write(place.files.root)
    with pytest.raises(NotVerifiedError, match="Entry 0 of the log is none of a registry"):
        monitor.check_whole(place.files, Checkpoint(ORIGIN, 1, place.log.tree().root()))


def test_a_tree_head_over_other_entries_is_found(place: Place) -> None:
    facts = place.grow(300)
    with pytest.raises(NotVerifiedError, match="do not lead to the tree head"):
        monitor.check_whole(place.files, facts._replace(root=bytes(32)))


@pytest.mark.parametrize(("before", "after"), [(0, 5), (5, 5), (200, 300), (256, 600), (300, 301), (1, 70_000)])
def test_what_is_new_is_told_and_that_nothing_else_changed(tmp_path: Path, before: int, after: int) -> None:
    place = Place(tmp_path)
    old = place.grow(before) if before else NOTHING
    found = monitor.news(place.files, old, place.grow(after))
    assert [each.number for each in found] == list(range(before, after))
    assert all(each.entry.to_bytes() == entry(each.number) for each in found[:10])


def test_a_log_that_was_changed_shrank_or_is_another_is_refused(place: Place, tmp_path: Path) -> None:
    old = place.grow(200)
    facts = place.grow(300)
    (tmp_path / "changed").mkdir()
    changed = Place(tmp_path / "changed")
    changed.log.append([b"x"] * 300)
    changed.log.write(changed.files.root)
    with pytest.raises(NotVerifiedError, match="has changed"):
        monitor.news(changed.files, old, Checkpoint(ORIGIN, 300, changed.log.tree().root()))
    with pytest.raises(NotVerifiedError, match="shrank from 300 to 200"):
        monitor.news(place.files, facts, old)
    with pytest.raises(NotVerifiedError, match="another log"):
        monitor.news(place.files, old._replace(origin="x"), facts)
    with pytest.raises(NotVerifiedError, match="do not lead to the tree head"):
        monitor.news(place.files, old, facts._replace(root=bytes(32)))


def test_any_entry_can_be_proved(place: Place) -> None:
    place.grow(300)
    head = place.head()
    for number in (0, 255, 299):
        proof = monitor.proof(place.files, head, number)
        keys = note.log_keys(ORIGIN, place.trust.keys(Purpose.CHECKPOINTS).values())
        assert proof.check(keys, 1).label == f"a/b/{number}"
    with pytest.raises(NotVerifiedError, match="no leaf 300"):
        monitor.proof(place.files, head, 300)
    (place.files.root / "tile/0/001.p/44").write_bytes(bytes(44 * 32))
    with pytest.raises(NotVerifiedError, match="does not lead to the root"):
        monitor.proof(place.files, head, 299)


def test_entries_are_found_by_kind_and_label(place: Place) -> None:
    found = monitor.news(place.files, NOTHING, place.grow(6))
    assert monitor.numbers(found, "release", "a/b/4") == [4]
    assert monitor.numbers(found, "policy", "a/b/4") == []
    assert checkpoint.parse_text(place.head().signed.text).size == 6
