from collections.abc import Sequence
from pathlib import Path

import pytest

from registry.errors import InvalidInputError, NotVerifiedError
from registry.proof import logfiles, merkle
from registry.proof.checkpoint import Checkpoint
from registry.proof.logfiles import LogFolder
from tests.factories.logs import ORIGIN

ENTRIES = [str(number).encode() for number in range(700)]
NOTHING = Checkpoint(ORIGIN, 0, merkle.EMPTY_ROOT)


def entries(start: int, end: int) -> Sequence[bytes]:
    """What the record has."""
    return ENTRIES[start:end]


def head(size: int, record: Sequence[bytes] = ENTRIES) -> Checkpoint:
    """The tree head over so many entries."""
    return Checkpoint(ORIGIN, size, merkle.root_of([merkle.leaf_hash(entry) for entry in record[:size]]))


def grown(folder: LogFolder, *sizes: int) -> LogFolder:
    """The folder after these checkpoints."""
    before = NOTHING
    for size in sizes:
        assert folder.grow([before], size, entries) == head(size).root
        folder.publish(b"checkpoint %d" % size)
        before = head(size)
    return folder


@pytest.fixture
def folder(tmp_path: Path) -> LogFolder:
    """An empty folder."""
    return LogFolder(tmp_path / "log")


def files(folder: LogFolder) -> set[str]:
    """Every file of the log."""
    return {str(path.relative_to(folder.root)) for path in folder.root.rglob("*") if path.is_file()}


def test_a_log_grows_by_new_files_and_its_checkpoint(folder: LogFolder) -> None:
    assert folder.checkpoint() is None
    grown(folder, 1, 3)
    assert files(folder) == {"checkpoint", *(f"tile/{kind}/000.p/{n}" for kind in ("0", "entries") for n in (1, 3))}
    assert folder.checkpoint() == b"checkpoint 3"
    assert list(folder.tree(3).entries(0)) == ENTRIES[:3]


def test_a_whole_tile_takes_the_place_of_its_parts_and_the_parts_can_still_be_read(folder: LogFolder) -> None:
    parts = {name: folder.read(name) for name in files(grown(folder, 100, 200)) if "tile" in name}
    assert len(parts) == 4
    grown(LogFolder(folder.root), 700)
    assert files(folder) == {
        "checkpoint",
        *(f"tile/{kind}/{name}" for kind in ("0", "entries") for name in ("000", "001", "002.p/188")),
        "tile/1/000.p/2",
    }
    assert {name: folder.read(name) for name in parts} == parts
    assert folder.tree(200).root() == head(200).root


def test_a_file_that_is_missing_too_large_or_out_of_place_is_refused(folder: LogFolder) -> None:
    with pytest.raises(NotVerifiedError, match=r"tile/0/000 is missing"):
        folder.read("tile/0/000")
    for name in ("../settings", "checkpoint", "tile/0/../000", "tile/0/000.p/0"):
        with pytest.raises(InvalidInputError, match="no such name"):
            folder.read(name)
    grown(folder, 2)
    (folder.root / "tile/0/000.p/2").write_bytes(bytes(256 * 32 + 1))
    with pytest.raises(NotVerifiedError, match="too large"):
        folder.read("tile/0/000.p/2")


def test_growing_twice_to_the_same_size_changes_nothing(folder: LogFolder) -> None:
    grown(folder, 300)
    assert folder.grow([head(300)], 300, lambda _start, _end: []) == head(300).root


def test_a_record_that_is_behind_what_was_published_catches_up(folder: LogFolder) -> None:
    grown(folder, 300)
    for record in (NOTHING, head(10)):
        assert folder.grow([record, head(300)], 301, entries) == head(301).root


def test_a_folder_that_was_lost_is_made_anew_and_agrees_with_the_record(folder: LogFolder) -> None:
    assert folder.grow([head(300)], 310, entries) == head(310).root
    assert folder.tree(310).root() == head(310).root


@pytest.mark.parametrize("size", [299, 300, 400])
def test_a_record_that_was_put_back_from_an_old_backup_is_noticed(folder: LogFolder, size: int) -> None:
    grown(folder, 300)
    before = {name: (folder.root / name).read_bytes() for name in files(folder)}
    other = [*ENTRIES[:200], *(b"other" for _ in range(300))]
    for record in (NOTHING, head(200)):
        with pytest.raises(NotVerifiedError, match="published before"):
            folder.grow([record, head(300)], size, lambda start, end: other[start:end])
    assert {name: (folder.root / name).read_bytes() for name in files(folder)} == before


def test_two_heads_of_one_size_that_differ_and_tiles_that_rotted_are_noticed(folder: LogFolder) -> None:
    grown(folder, 300)
    with pytest.raises(NotVerifiedError, match="published before"):
        folder.grow([head(300), head(300, ENTRIES[1:])], 300, entries)
    tile = folder.root / "tile/0/001.p/44"
    tile.write_bytes(bytes(32) + tile.read_bytes()[32:])
    with pytest.raises(NotVerifiedError, match="published before"):
        folder.grow([head(300)], 301, entries)


def test_many_leaves_are_added_in_parts(folder: LogFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []

    def ask(start: int, end: int) -> Sequence[bytes]:
        asked.append((start, end))
        return entries(start, end)

    monkeypatch.setattr(logfiles, "CHUNK", 256)
    assert folder.grow([NOTHING], 600, ask) == head(600).root
    assert asked == [(0, 256), (256, 512), (512, 600)]


def test_a_file_that_cannot_be_read_is_not_believed(folder: LogFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    grown(folder, 2)

    def refuse(path: Path, mode: str = "r") -> None:
        raise PermissionError(13, "Permission denied", str(path), mode)

    monkeypatch.setattr(Path, "open", refuse)
    with pytest.raises(NotVerifiedError, match="cannot be read"):
        folder.read("tile/0/000.p/2")
