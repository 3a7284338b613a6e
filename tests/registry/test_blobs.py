import errno
import io
import multiprocessing
import os
import pickle
import re
import signal
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

import fsspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from typing_extensions import Buffer

from registry import blobs
from registry.blobs import BlobStore
from registry.errors import DamagedError, InvalidInputError, NotFoundError, UnavailableError


def test_bytes_come_back_under_their_digest(tmp_path: Path) -> None:
    store = BlobStore(tmp_path / "blobs")
    name = store.put(b"a picture")
    assert name == sha256(b"a picture").hexdigest()
    assert store.has(name)
    assert store.read(name) == b"a picture"
    with store.open(name) as stream:
        assert stream.read() == b"a picture"


@settings(max_examples=25)
@given(st.lists(st.binary(max_size=200), max_size=8))
def test_whatever_is_put_comes_back(tmp_path_factory: pytest.TempPathFactory, contents: list[bytes]) -> None:
    store = BlobStore(tmp_path_factory.mktemp("blobs"))
    assert [store.read(store.put(data)) for data in contents] == contents


def test_nothing_is_made_before_the_first_put(tmp_path: Path) -> None:
    store = BlobStore(tmp_path / "blobs")
    assert not store.has("0" * 64)
    assert store.sweep() == 0
    assert not (tmp_path / "blobs").exists()


def test_a_file_and_a_stream_are_stored_like_bytes(tmp_path: Path) -> None:
    big = os.urandom(3 * blobs.CHUNK_BYTES + 7)
    (tmp_path / "big").write_bytes(big)
    store = BlobStore(tmp_path / "blobs")
    assert store.put_file(tmp_path / "big") == store.put_file(io.BytesIO(big)) == sha256(big).hexdigest()
    assert store.read(sha256(big).hexdigest()) == big


@pytest.mark.parametrize("url", ["folder", "memory://packed"])
def test_what_is_packed_comes_back_under_the_digest_of_what_it_was(tmp_path: Path, url: str) -> None:
    store = BlobStore(tmp_path / "blobs" if url == "folder" else url)
    lines = b'{"faces":0}\n' * 100_000
    name = store.put_file(io.BytesIO(lines), is_packed=True)
    assert name == sha256(lines).hexdigest()
    assert store.has(name)
    assert store.read(name) == lines
    with store.open(name) as stream:
        assert stream.readline() == b'{"faces":0}\n'
    assert store.path_or_none(name) is None
    assert store.put(lines, is_packed=True) == name


def test_what_is_packed_takes_little_room(tmp_path: Path) -> None:
    BlobStore(tmp_path).put(b'{"faces":0}\n' * 100_000, is_packed=True)
    (file,) = (path for path in tmp_path.rglob("*") if path.is_file())
    assert file.relative_to(tmp_path).parts[0] == blobs.PACKING
    assert file.stat().st_size < 1000


def test_packed_bytes_that_are_damaged_are_told_as_damage(tmp_path: Path) -> None:
    store = BlobStore(tmp_path)
    name = store.put(b"a" * 5000, is_packed=True)
    (file,) = (path for path in tmp_path.rglob("*") if path.is_file())
    file.chmod(0o644)
    file.write_bytes(file.read_bytes()[:-3])
    with pytest.raises(DamagedError):
        store.read(name)


def test_a_local_url_is_a_folder(tmp_path: Path) -> None:
    name = BlobStore(f"file://{tmp_path}/blobs").put(b"x")
    assert BlobStore(str(tmp_path / "blobs")).path_or_none(name) == tmp_path / "blobs/sha256" / name[:2] / name


def test_a_blob_is_read_only_and_its_path_can_be_linked(tmp_path: Path) -> None:
    store = BlobStore(tmp_path / "blobs")
    path = store.path_or_none(store.put(b"x"))
    assert path is not None
    assert path.stat().st_mode & 0o222 == 0
    (tmp_path / "link").hardlink_to(path)
    assert (tmp_path / "link").read_bytes() == b"x"


def test_a_blob_that_is_gone_is_told_as_damage_and_a_file_that_never_was_is_not_found(tmp_path: Path) -> None:
    store = BlobStore(tmp_path / "blobs")
    assert store.path_or_none("0" * 64) is None
    with pytest.raises(DamagedError, match="backup"):
        store.open("0" * 64)
    with pytest.raises(NotFoundError):
        store.put_file(tmp_path / "missing")


@pytest.mark.parametrize("name", ["", "0" * 63, "A" * 64, "../../etc/passwd", "0" * 64 + "\n", "sha256:" + "0" * 64])
def test_a_name_that_is_no_digest_is_refused(tmp_path: Path, name: str) -> None:
    store = BlobStore(tmp_path)
    for ask in (store.has, store.open, store.read, store.path_or_none):
        with pytest.raises(InvalidInputError):
            ask(name)


def test_a_folder_that_leads_out_of_the_store_is_refused(tmp_path: Path) -> None:
    store = BlobStore(tmp_path / "blobs")
    name = store.put(b"x")
    shelf = tmp_path / "blobs/sha256" / name[:2]
    shelf.rename(tmp_path / "elsewhere")
    shelf.symlink_to(tmp_path / "elsewhere")
    with pytest.raises(InvalidInputError):
        store.read(name)


def test_bytes_that_changed_on_the_disk_are_noticed(tmp_path: Path) -> None:
    store = BlobStore(tmp_path / "blobs")
    path = store.path_or_none(store.put(b"x"))
    assert path is not None
    path.chmod(0o644)
    path.write_bytes(b"y")
    with pytest.raises(DamagedError, match="have changed"):
        store.read(path.name)


def test_putting_a_file_again_heals_what_changed(tmp_path: Path) -> None:
    store = BlobStore(tmp_path / "blobs")
    path = store.path_or_none(store.put(b"x"))
    assert path is not None
    path.chmod(0o644)
    path.write_bytes(b"y")
    store.put_file(io.BytesIO(b"x"))
    assert store.read(path.name) == b"x"


class _FullDisk(io.RawIOBase):
    """A stream whose reading ends as writing to a full disk does."""

    def __init__(self, number: int) -> None:
        self._number = number

    def readable(self) -> bool:
        return True

    def readinto(self, _: Buffer) -> int:
        raise OSError(self._number, os.strerror(self._number))


@pytest.mark.parametrize(
    ("number", "sentence"),
    [
        (errno.ENOSPC, "The disk is full: the blob store cannot be written."),
        (errno.EDQUOT, "The disk is full: the blob store cannot be written."),
        (errno.EIO, "Trouble with the blob store: Input/output error."),
    ],
)
def test_trouble_with_the_disk_is_one_sentence_and_leaves_nothing(tmp_path: Path, number: int, sentence: str) -> None:
    store = BlobStore(tmp_path / "blobs")
    with pytest.raises(UnavailableError, match=f"^{re.escape(sentence)}$"):
        store.put_file(io.BufferedReader(_FullDisk(number)))
    assert [path for path in (tmp_path / "blobs").rglob("*") if path.is_file()] == []


def test_a_disk_that_is_really_full_leaves_nothing(tmp_path: Path) -> None:
    """The kernel refuses to let a file grow past a limit, much as a full disk does."""
    child = multiprocessing.get_context("spawn").Process(target=_put_with_a_limit, args=(tmp_path / "blobs",))
    child.start()
    child.join()
    assert child.exitcode == 0
    assert [path for path in (tmp_path / "blobs").rglob("*") if path.is_file()] == []


def _put_with_a_limit(root: Path) -> None:
    import resource  # noqa: PLC0415 - only the child sets limits

    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (4_000_000, 4_000_000))
    with pytest.raises(UnavailableError):
        BlobStore(root).put(bytes(8_000_000))


def test_an_error_without_a_number_is_a_sentence_too() -> None:
    with (
        pytest.raises(UnavailableError, match=r"^Trouble with the shelf: TimeoutError\.$"),
        blobs.storage_trouble("the shelf"),
    ):
        raise TimeoutError


def test_a_killed_writer_leaves_a_draft_that_is_swept_and_a_living_one_is_left_alone(tmp_path: Path) -> None:
    root = tmp_path / "blobs"
    context = multiprocessing.get_context("spawn")
    writers = [context.Process(target=_write_for_ever, args=(root,)) for _ in range(2)]
    for writer in writers:
        writer.start()
    try:
        _wait_for_drafts(root, 2)
        before = time.time() - blobs.SWEEP_AFTER_SECONDS - 1
        writers[0].kill()
        writers[0].join()
        for draft in (root / blobs.DRAFTS).iterdir():
            os.utime(draft, (before, before))
        assert BlobStore(root).sweep() == 1
        assert len(list((root / blobs.DRAFTS).iterdir())) == 1
    finally:
        for writer in writers:
            writer.kill()
            writer.join()


def test_a_draft_that_is_just_being_made_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / blobs.DRAFTS).mkdir()
    (tmp_path / blobs.DRAFTS / "young").touch()
    assert BlobStore(tmp_path).sweep() == 0


class _Endless(io.RawIOBase):
    """A stream that gives some bytes and then waits."""

    def __init__(self) -> None:
        self._given = False

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Buffer) -> int:
        if self._given:
            time.sleep(60)
        self._given = True
        memoryview(buffer)[:1] = b"x"
        return 1


def _write_for_ever(root: Path) -> None:
    BlobStore(root).put_file(io.BufferedReader(_Endless()))


def _wait_for_drafts(root: Path, count: int) -> None:
    deadline = time.monotonic() + 30
    while len(list(root.glob(f"{blobs.DRAFTS}/*"))) < count:
        assert time.monotonic() < deadline
        time.sleep(0.02)
    time.sleep(0.2)


def test_many_writers_of_the_same_bytes_agree(tmp_path: Path) -> None:
    store = BlobStore(tmp_path / "blobs")
    with ThreadPoolExecutor(8) as pool:
        names = set(pool.map(store.put_file, [io.BytesIO(b"same" * 1000) for _ in range(64)]))
    assert len(names) == 1
    assert [path.name for path in (tmp_path / "blobs").rglob("*") if path.is_file()] == list(names)


@pytest.mark.parametrize("url", ["folder", "memory://present"])
def test_which_blobs_are_here_is_asked_for_many_at_once(tmp_path: Path, url: str) -> None:
    store = BlobStore(url if "://" in url else tmp_path / url)
    here = {store.put(bytes([number]), is_packed=number % 2 == 0) for number in range(40)}
    gone = {f"{number:064x}" for number in range(40)}
    assert store.present([*gone, *here]) == here
    assert store.present([]) == set()
    with pytest.raises(InvalidInputError):
        store.present(["no digest"])


@pytest.mark.parametrize("url", ["folder", "memory://pickled"])
def test_a_store_can_be_pickled(tmp_path: Path, url: str) -> None:
    store = BlobStore(tmp_path / "blobs" if url == "folder" else url)
    name = store.put(b"x")
    assert pickle.loads(pickle.dumps(store)).read(name) == b"x"  # noqa: S301 - our own bytes


def test_a_remote_store_keeps_the_same_promises() -> None:
    store = BlobStore("memory://remote")
    name = store.put(b"far away")
    assert store.put(b"far away") == name
    assert store.read(name) == b"far away"
    assert store.path_or_none(name) is None
    with pytest.raises(DamagedError):
        store.read("0" * 64)
    with pytest.raises(UnavailableError):
        store.put_file(io.BufferedReader(_FullDisk(errno.EIO)))
    assert fsspec.filesystem("memory").ls("/remote/drafts") == []


def test_an_old_draft_of_a_remote_store_is_swept() -> None:
    store = BlobStore("memory://swept")
    assert store.sweep() == 0
    memory = fsspec.filesystem("memory")
    memory.pipe({"/swept/drafts/old": b"x", "/swept/drafts/young": b"y"})
    memory.store["/swept/drafts/old"].modified = datetime(2020, 1, 1, tzinfo=UTC)
    assert store.sweep() == 1
    assert memory.ls("/swept/drafts", detail=False) == ["/swept/drafts/young"]
