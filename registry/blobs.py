"""Where do bytes live that are named by their own sha256?

In a folder, or in any store that fsspec can reach. A blob is whole or absent: bytes go to a temporary name, are made
durable, and are then renamed. This room refuses names that are no digests, and paths that leave its root.

What says much the same many times over can lie here packed: its name is still the sha256 of what comes out.

A store is a plain value: it can be pickled and used from many processes at once.
"""

import errno
import fcntl
import hashlib
import io
import os
import re
import secrets
import time
from collections.abc import Callable, Collection, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, Protocol, cast

import fsspec
import pyarrow as pa
from fsspec.utils import get_protocol

from registry.errors import DamagedError, InvalidInputError, NotFoundError, UnavailableError

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

CHUNK_BYTES = 1 << 20
ASKED_AT_ONCE = 16
DRAFTS = "drafts"
PACKING = "zstd"
# A writer locks its temporary file right after making it; a sweep leaves this much time for that.
SWEEP_AFTER_SECONDS = 60
# A remote store knows no locks: a leftover there is what nobody can still be writing.
SWEEP_REMOTE_AFTER_SECONDS = 24 * 3600

_SHA256 = re.compile(r"[0-9a-f]{64}")
_FULL = {errno.ENOSPC, errno.EDQUOT}
_STORE = "the blob store"
_DAMAGED = "The blob store is damaged; look into your backup"


@contextmanager
def storage_trouble(what: str) -> Iterator[None]:
    """Turn what the operating system says about `what` into one sentence.

    Raises:
        UnavailableError: in place of any OSError.
    """
    try:
        yield
    except OSError as error:
        if error.errno in _FULL:
            raise UnavailableError(f"The disk is full: {what} cannot be written.") from error
        reason = os.strerror(error.errno) if error.errno else type(error).__name__
        raise UnavailableError(f"Trouble with {what}: {reason}.") from error


class _Shelf(Protocol):
    """A place that keeps whole files under relative names."""

    def has(self, name: str) -> bool:
        """Whether a file lies under this name."""
        ...

    def open(self, name: str) -> BinaryIO:
        """The file, for reading.

        Raises:
            FileNotFoundError: there is none.
        """
        ...

    def put(self, draft: "_Draft") -> str:
        """Take what the draft writes, and keep it under the name that the draft then gives."""
        ...

    def sweep(self) -> int:
        """How many leftovers of killed writers were removed."""
        ...


class _Draft:
    """Bytes on their way into the store, hashed as they pass."""

    def __init__(self, stream: BinaryIO, *, is_packed: bool) -> None:
        self._stream, self._is_packed = stream, is_packed
        self._hash = hashlib.sha256()

    def write_to(self, sink: BinaryIO) -> None:
        """Copy everything, chunk by chunk, packed where it is to be."""
        if not self._is_packed:
            self._copy_to(sink.write)
            return
        with pa.CompressedOutputStream(pa.PythonFile(_Open(sink), "w"), PACKING) as packed:
            self._copy_to(packed.write)

    @property
    def sha256(self) -> str:
        """Hex digest of what has passed so far, before it was packed."""
        return self._hash.hexdigest()

    @property
    def name(self) -> str:
        """Where what has passed so far belongs."""
        return _packed_name(self.sha256) if self._is_packed else _name(self.sha256)

    def _copy_to(self, write: Callable[[bytes], object]) -> None:
        while chunk := self._stream.read(CHUNK_BYTES):
            self._hash.update(chunk)
            write(chunk)


class _Open:
    """A file that stays open when Arrow is done with it: it is still to be made durable."""

    closed = False

    def __init__(self, sink: BinaryIO) -> None:
        self.write, self.flush = sink.write, sink.flush

    def close(self) -> None:
        """Nothing."""


class BlobStore:
    """Content-addressed bytes below one folder or fsspec URL.

    Args:
        url: a folder, or any fsspec URL (`memory://x`, `s3://bucket/prefix`). Nothing is made until the first put.
    """

    def __init__(self, url: str | Path) -> None:
        self._shelf: _Shelf
        if isinstance(url, str) and get_protocol(url) not in ("file", "local"):
            self._shelf = _RemoteShelf(url)
        else:
            self._shelf = _FolderShelf(Path(str(url).removeprefix("file://")).absolute())

    def put(self, data: bytes, *, is_packed: bool = False) -> str:
        """Keep the bytes.

        Args:
            data: what to keep.
            is_packed: whether they take less room, and some time to read.

        Returns:
            Their sha256, in hex. Bytes that are already there are not written again.

        Raises:
            UnavailableError: the store cannot be written (full, read-only); nothing is left behind.
        """
        sha256 = hashlib.sha256(data).hexdigest()
        if not self.has(sha256):
            self.put_file(io.BytesIO(data), is_packed=is_packed)
        return sha256

    def put_file(self, source: Path | BinaryIO, *, is_packed: bool = False) -> str:
        """Keep everything that a file or an open stream holds, whatever its size; see `put`.

        Raises:
            NotFoundError: there is no such file.
            UnavailableError: as `put`, or the source cannot be read.
        """
        if isinstance(source, Path):
            try:
                stream = source.open("rb")
            except FileNotFoundError as error:
                raise NotFoundError("The file to be stored does not exist.") from error
            with stream:
                return self.put_file(stream, is_packed=is_packed)
        with storage_trouble(_STORE):
            draft = _Draft(source, is_packed=is_packed)
            self._shelf.put(draft)
            return draft.sha256

    def open(self, sha256: str) -> BinaryIO:
        """The blob, for reading; its bytes are not checked again.

        Raises:
            DamagedError: it is not here any more.
            InvalidInputError: the name is no digest.
        """
        with storage_trouble(_STORE):
            with suppress(FileNotFoundError):
                return self._shelf.open(_name(sha256))
            try:
                packed = _Unpacked(self._shelf.open(_packed_name(sha256)), sha256)
            except FileNotFoundError as error:
                raise DamagedError(f"{_DAMAGED}: the blob {sha256} is missing.", sha256=sha256) from error
            return io.BufferedReader(packed, CHUNK_BYTES)

    def read(self, sha256: str) -> bytes:
        """The whole blob, checked against its name.

        Raises:
            DamagedError: it is not here any more, or its bytes are no longer those that were put there.
        """
        with self.open(sha256) as stream:
            data = stream.read()
        if hashlib.sha256(data).hexdigest() != sha256:
            raise DamagedError(f"{_DAMAGED}: the bytes of the blob {sha256} have changed.", sha256=sha256)
        return data

    def has(self, sha256: str) -> bool:
        """Whether the blob is here."""
        with storage_trouble(_STORE):
            return self._shelf.has(_name(sha256)) or self._shelf.has(_packed_name(sha256))

    def present(self, digests: Collection[str]) -> set[str]:
        """Those of these blobs that are here; a remote store, whose answers take long, is asked for several at once."""
        if isinstance(self._shelf, _FolderShelf):
            return {sha256 for sha256 in digests if self.has(sha256)}
        with ThreadPoolExecutor(ASKED_AT_ONCE) as threads:
            answers = zip(digests, threads.map(self.has, digests), strict=True)
            return {sha256 for sha256, is_here in answers if is_here}

    def path_or_none(self, sha256: str) -> Path | None:
        """Where the blob lies in a local folder as it is; null where the store is none, or the blob packed or not here.

        Who gets the path may read it and link to it, never write to it.
        """
        name = _name(sha256)
        if not isinstance(self._shelf, _FolderShelf):
            return None
        with storage_trouble(_STORE):
            return self._shelf.path(name) if self._shelf.has(name) else None

    def sweep(self) -> int:
        """Remove what killed writers left; live writers are not disturbed.

        Returns:
            How many leftovers there were.
        """
        with storage_trouble(_STORE):
            return self._shelf.sweep()


@dataclass(frozen=True)
class _FolderShelf:
    """A local folder. A writer holds a lock on its temporary file, so a killed one is known by its missing lock."""

    root: Path

    def path(self, name: str) -> Path:
        """The place of a name, proved to lie inside the root.

        Raises:
            InvalidInputError: a link leads out.
        """
        path = self.root / name
        if not path.parent.resolve().is_relative_to(self.root.resolve()):
            raise InvalidInputError("A folder of the blob store leads out of it.", name=name)
        return path

    def has(self, name: str) -> bool:
        return self.path(name).is_file()

    def open(self, name: str) -> BinaryIO:
        return self.path(name).open("rb")

    def put(self, draft: _Draft) -> str:
        temporary = self.path(_draft_name())
        temporary.parent.mkdir(parents=True, exist_ok=True)
        try:
            with temporary.open("xb") as sink:
                fcntl.flock(sink, fcntl.LOCK_EX)
                draft.write_to(sink)
                sink.flush()
                os.fsync(sink.fileno())
                name = draft.name
                target = self.path(name)
                target.parent.mkdir(exist_ok=True, parents=True)
                temporary.chmod(0o444)
                temporary.rename(target)
        except BaseException:
            temporary.unlink(missing_ok=True)
            raise
        _fsync_folder(target.parent)
        return name

    def sweep(self) -> int:
        removed = 0
        for path in self.path(DRAFTS).glob("*"):
            with suppress(FileNotFoundError, BlockingIOError), path.open("rb") as leftover:
                fcntl.flock(leftover, fcntl.LOCK_EX | fcntl.LOCK_NB)
                if time.time() - path.stat().st_mtime > SWEEP_AFTER_SECONDS:
                    path.unlink()
                    removed += 1
        return removed


@dataclass(frozen=True)
class _RemoteShelf:
    """Any fsspec file system; whether a rename is atomic there is the store's own promise."""

    url: str

    def _place(self, name: str) -> tuple[Any, str]:
        file_system, root = fsspec.core.url_to_fs(self.url)
        return file_system, f"{root.rstrip('/')}/{name}"

    def has(self, name: str) -> bool:
        file_system, path = self._place(name)
        return bool(file_system.isfile(path))

    def open(self, name: str) -> BinaryIO:
        file_system, path = self._place(name)
        return cast("BinaryIO", file_system.open(path, "rb"))

    def put(self, draft: _Draft) -> str:
        file_system, temporary = self._place(_draft_name())
        try:
            file_system.makedirs(temporary.rpartition("/")[0], exist_ok=True)
            with file_system.open(temporary, "wb") as sink:
                draft.write_to(sink)
            name = draft.name
            target = self._place(name)[1]
            file_system.makedirs(target.rpartition("/")[0], exist_ok=True)
            file_system.mv(temporary, target)
        except BaseException:
            with suppress(FileNotFoundError):
                file_system.rm(temporary)
            raise
        return name

    def sweep(self) -> int:
        file_system, folder = self._place(DRAFTS)
        if not file_system.isdir(folder):
            return 0
        stale = [path for path in file_system.ls(folder, detail=False) if self._is_stale(path)]
        for path in stale:
            file_system.rm(path)
        return len(stale)

    def _is_stale(self, path: str) -> bool:
        file_system = self._place("")[0]
        return bool(time.time() - file_system.modified(path).timestamp() > SWEEP_REMOTE_AFTER_SECONDS)


def _name(sha256: str) -> str:
    if not _SHA256.fullmatch(sha256):
        raise InvalidInputError("A blob is named by 64 lower-case hex digits.", name=ascii(sha256))
    return f"sha256/{sha256[:2]}/{sha256}"


def _packed_name(sha256: str) -> str:
    return PACKING + _name(sha256).removeprefix("sha256")


class _Unpacked(io.RawIOBase):
    """What comes out of a packed blob."""

    def __init__(self, packed: BinaryIO, sha256: str) -> None:
        self._stream = pa.CompressedInputStream(pa.PythonFile(packed, "r"), PACKING)
        self._sha256 = sha256

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: "WriteableBuffer") -> int:
        try:
            return int(self._stream.readinto(buffer))
        except OSError as error:
            sentence = f"{_DAMAGED}: the blob {self._sha256} cannot be unpacked."
            raise DamagedError(sentence, sha256=self._sha256) from error

    def close(self) -> None:
        self._stream.close()
        super().close()


def _draft_name() -> str:
    return f"{DRAFTS}/{secrets.token_hex(16)}"


def _fsync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
