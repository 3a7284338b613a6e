import hashlib
import itertools
import os
import threading
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from registry.proof import digests

SIZES = [0, 1, 5, digests.READ_BYTES - 1, digests.READ_BYTES, digests.READ_BYTES + 1, 3 * digests.READ_BYTES + 7]


def written(folder: Path, data: bytes, name: str = "file") -> str:
    path = folder / name
    path.write_bytes(data)
    return str(path)


@pytest.mark.parametrize("size", SIZES)
def test_one_pass_gives_digest_and_size_whether_or_not_the_size_was_expected(tmp_path: Path, size: int) -> None:
    data = bytes(number % 251 for number in range(size))
    for expected in (None, size):
        found = digests.hash_file(written(tmp_path, data), expected)
        assert found == digests.Hashed(hashlib.sha256(data).hexdigest(), size)


@pytest.mark.parametrize("expected", [0, 6, digests.READ_BYTES, 10**15])
def test_a_file_of_another_size_than_it_should_have_is_not_read(tmp_path: Path, expected: int) -> None:
    assert digests.hash_file(written(tmp_path, b"image"), expected) == digests.Hashed("", 5)


def test_a_terabyte_of_zeros_keeps_nobody_waiting(tmp_path: Path) -> None:
    with (tmp_path / "zeros").open("wb") as file:
        file.truncate(10**12)
    began = time.monotonic()
    assert digests.hash_file(tmp_path / "zeros", 110_000) == digests.Hashed("", 10**12)
    assert digests.hash_file(tmp_path / "zeros", max_bytes=10**9).problem == "too large"
    assert digests.hash_file(written(tmp_path, b"image"), max_bytes=5).problem is None
    assert time.monotonic() - began < 5


@settings(max_examples=10)
@given(count=st.integers(0, 300), readers=st.integers(1, 20))
def test_many_files_come_back_in_order_whatever_the_readers(
    tmp_path_factory: pytest.TempPathFactory, count: int, readers: int
) -> None:
    folder = tmp_path_factory.mktemp("many")
    items = [(number, written(folder, str(number).encode(), str(number)), None) for number in range(count)]
    found = list(digests.hash_files(items, readers=readers))
    assert [key for key, _ in found] == list(range(count))
    assert [hashed.sha256 for _, hashed in found] == [
        hashlib.sha256(str(number).encode()).hexdigest() for number in range(count)
    ]


def test_more_batches_than_may_wait_are_still_in_order(tmp_path: Path) -> None:
    path = written(tmp_path, b"same")
    found = list(digests.hash_files(((number, path, 4) for number in range(10 * digests.BATCH_FILES)), readers=1))
    assert [key for key, _ in found] == list(range(10 * digests.BATCH_FILES))


@pytest.mark.parametrize(
    ("blocks", "given", "expected"), [(digests.BATCH_FILES + 1, None, 8), (digests.BATCH_FILES, None, 1), (10**6, 3, 3)]
)
def test_readers_become_more_while_they_wait_for_a_disk_unless_their_number_was_given(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, blocks: int, given: int | None, expected: int
) -> None:
    path, counted = written(tmp_path, b"same"), itertools.count(step=blocks)
    monkeypatch.setattr(digests, "default_readers", lambda: 2)
    monkeypatch.setattr(digests, "blocks_read", lambda: next(counted))
    turns = digests.Turns(given)
    for _ in range(20):
        turns.take([(number, path, 4) for number in range(digests.BATCH_FILES)])
    assert turns.readers == expected


def test_blocks_that_came_from_a_disk_are_counted() -> None:
    assert digests.blocks_read() >= 0


def test_a_link_is_not_followed(tmp_path: Path) -> None:
    target = written(tmp_path, b"secret")
    (tmp_path / "link").symlink_to(target)
    assert digests.hash_file(tmp_path / "link").problem is not None


def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    assert digests.hash_file(tmp_path / "pipe").problem == "not a regular file"
    assert digests.hash_file(tmp_path / "pipe", 4).problem == "illegal seek"


def test_a_folder_and_a_missing_file_are_problems_not_errors(tmp_path: Path) -> None:
    assert digests.hash_file(tmp_path).problem == "not a regular file"
    assert digests.hash_file(tmp_path / "none").problem == "no such file or directory"


def test_a_file_that_cannot_be_read_to_its_end_is_a_problem() -> None:
    # The first page of a process's memory is not mapped: opening works, reading does not.
    assert digests.hash_file("/proc/self/mem").problem == "input/output error"


def test_a_file_that_is_not_as_long_as_it_said_is_refused() -> None:
    assert digests.hash_file("/proc/self/status").problem == "changed while it was read"


def test_a_file_that_grows_while_it_is_read_has_no_digest(tmp_path: Path) -> None:
    path = tmp_path / "growing"
    path.write_bytes(b"a" * (8 * digests.READ_BYTES))
    stop = threading.Event()

    def grow() -> None:
        with path.open("ab") as file:
            while not stop.is_set():
                file.write(b"a")
                file.flush()

    writer = threading.Thread(target=grow)
    writer.start()
    try:
        found = [digests.hash_file(path) for _ in range(20)]
    finally:
        stop.set()
        writer.join()
    assert any(hashed.problem == "changed while it was read" for hashed in found)


def test_there_are_at_least_one_and_at_most_eight_readers() -> None:
    assert 1 <= digests.default_readers() <= digests.MAX_READERS


def test_where_nobody_says_which_processors_are_ours_all_are_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(os, "sched_getaffinity")
    monkeypatch.setattr(os, "cpu_count", lambda: 3)
    assert digests.default_readers() == 3
