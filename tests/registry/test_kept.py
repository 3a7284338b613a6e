"""What can be made again is made once, and lost without harm."""

import os
import time
from pathlib import Path

import pytest

from registry.kept import DRAFT_SECONDS, DRAFTS, Kept


class Maker:
    """Writes ten bytes, and counts how often it had to."""

    def __init__(self) -> None:
        self.made = 0

    def __call__(self, out: Path) -> None:
        self.made += 1
        out.write_bytes(b"0123456789")


def read(kept: Kept, made_from: str, make: Maker) -> bytes:
    with kept.file({"from": made_from}, make) as file:
        return file.read_bytes()


def test_a_file_is_made_once_for_what_it_is_made_from(tmp_path: Path) -> None:
    kept, make = Kept(tmp_path / "kept"), Maker()
    assert [read(kept, name, make) for name in ("a", "a", "b", "a")] == [b"0123456789"] * 4
    assert make.made == 2
    assert (tmp_path / "kept").stat().st_mode & 0o077 == 0


def test_what_nobody_asked_for_longest_goes_first(tmp_path: Path) -> None:
    kept, make = Kept(tmp_path / "kept", bytes_max=25), Maker()
    for place, name in enumerate("ab"):
        read(kept, name, make)
        newest = max((tmp_path / "kept").iterdir(), key=lambda file: file.stat().st_mtime_ns)
        os.utime(newest, (place, place))
    for name in "acab":
        read(kept, name, make)
    assert make.made == 4


def test_a_file_that_is_in_use_survives_its_going(tmp_path: Path) -> None:
    kept, make = Kept(tmp_path / "kept", bytes_max=0), Maker()
    with kept.file("a", make) as file:
        read(kept, "b", make)
        assert file.read_bytes() == b"0123456789"
    assert list((tmp_path / "kept").iterdir()) == []


@pytest.mark.parametrize("place", ["a file/kept", "a file"])
def test_where_nothing_can_be_kept_everything_is_made_again(tmp_path: Path, place: str) -> None:
    (tmp_path / "a file").write_bytes(b"")
    kept, make = Kept(tmp_path / place), Maker()
    assert [read(kept, "a", make), read(kept, "a", make)] == [b"0123456789"] * 2
    assert make.made == 2


def test_what_a_killed_maker_left_goes_after_a_day(tmp_path: Path) -> None:
    kept, make = Kept(tmp_path / "kept"), Maker()
    left, begun = tmp_path / "kept" / f"{DRAFTS}left", tmp_path / "kept" / f"{DRAFTS}begun"
    for folder in (left, begun):
        folder.mkdir(parents=True)
    os.utime(left, (time.time() - DRAFT_SECONDS - 60,) * 2)
    read(kept, "a", make)
    assert (left.exists(), begun.exists()) == (False, True)


def test_a_maker_that_fails_leaves_nothing(tmp_path: Path) -> None:
    def fail(out: Path) -> None:
        out.write_bytes(b"half")
        raise ValueError("no more")

    with pytest.raises(ValueError, match="no more"), Kept(tmp_path / "kept").file("a", fail):
        pass
    assert list((tmp_path / "kept").iterdir()) == []
