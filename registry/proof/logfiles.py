"""In which folder do the public log's files lie (C2SP tlog-tiles), and how do they grow?

Any web server can serve the folder and any mirror can copy it. A file is written once, whole, and never changed; the
tiles lie there before the checkpoint that needs them. Refuses to grow into a tree that is not the one that was
published, and believes nothing that it reads before a root agrees.
"""

import os
import shutil
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from registry.errors import NotVerifiedError
from registry.proof import merkle, tiles
from registry.proof.checkpoint import Checkpoint
from registry.proof.note import MAX_NOTE_BYTES
from registry.proof.tiles import TiledTree

CHECKPOINT = "checkpoint"
CHUNK = tiles.WIDTH * tiles.WIDTH  # leaves that are added at once
FORKED = "These entries do not lead to a tree head that was published before; nothing was signed or kept."

Entries = Callable[[int, int], Sequence[bytes]]
"""Gives the entries `[start, end)`."""


class LogFolder:
    """The files of one log."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def checkpoint(self) -> bytes | None:
        """The signed note of the newest tree head; None in a folder without one."""
        return self._file(CHECKPOINT, MAX_NOTE_BYTES)

    def read(self, name: str) -> bytes:
        """A tile or entry bundle; the beginning of the whole one where the partial one is gone.

        Raises:
            NotVerifiedError: it is missing, or too large.
            InvalidInputError: there is no such name.
        """
        data = tiles.fetched(name, self._tile)
        if data is None:
            raise NotVerifiedError(f"The log's file {name} is missing.")
        return data

    def tree(self, size: int) -> TiledTree:
        """The tree of the first `size` leaves, as the tiles have it."""
        return TiledTree(size, self.read)

    def grow(self, known: Iterable[Checkpoint], size: int, entries: Entries) -> bytes:
        """The root over `size` leaves, whose tiles now lie here.

        Args:
            known: tree heads that were published, or are on record as published; the tree agrees with each of them.
            size: how many leaves there are.
            entries: gives the entries from the smallest known size on, or all of them where no tiles lie here.

        Raises:
            NotVerifiedError: the tree would not agree with a head that is known, or change a file that lies here.
        """
        heads = {(head.size, head.root) for head in known}
        stops = sorted({size, *(count for count, _ in heads)})
        if stops[-1] > size:
            raise NotVerifiedError(FORKED)
        added: list[str] = []
        done = stops[0] if self.checkpoint() is not None else 0  # a folder that was lost is made anew
        try:
            for stop in stops:
                root = self._reach(done, stop, entries, added)
                done = max(done, stop)
                _expect_agreement(stop, root, heads)
        except NotVerifiedError:
            for name in added:
                (self.root / name).unlink(missing_ok=True)
            raise
        for name in added:  # a whole file takes the place of its parts
            shutil.rmtree(self.root / f"{name}.p", ignore_errors=True)
        return root

    def publish(self, note: bytes) -> None:
        """This is the newest tree head from now on."""
        self._put(CHECKPOINT, note)

    def _reach(self, done: int, stop: int, entries: Entries, added: list[str]) -> bytes:
        """The root over `stop` leaves, whose tiles now lie here."""
        while done < stop:
            upto = min(stop, done - done % CHUNK + CHUNK)
            self._append(done, entries(done, upto), added)
            done = upto
        return self.tree(stop).root()

    def _append(self, before: int, entries: Sequence[bytes], added: list[str]) -> None:
        """The tiles and bundles of these entries lie here, safely; what is new is noted in `added`."""
        leaves = [merkle.leaf_hash(entry) for entry in entries]
        files = tiles.grown(before, leaves, self.read) | tiles.bundled(before, entries, self.read)
        there = {name: self._tile(name) for name in files}
        if any(found not in (None, files[name]) for name, found in there.items()):
            raise NotVerifiedError(FORKED)
        for name, data in files.items():
            if there[name] is None:
                added.append(name)
                self._put(name, data)

    def _tile(self, name: str) -> bytes | None:
        return self._file(name, tiles.tile_name(name).max_bytes)

    def _file(self, name: str, max_bytes: int) -> bytes | None:
        path = self.root / name
        try:
            if not path.is_file():
                return None
            with path.open("rb") as file:
                data = file.read(max_bytes + 1)
        except OSError as problem:
            raise NotVerifiedError(f"The log's file {name} cannot be read.") from problem
        if len(data) > max_bytes:
            raise NotVerifiedError(f"The log's file {name} is too large.")
        return data

    def _put(self, name: str, data: bytes) -> None:
        """Whole or not at all, and on the disk when this returns."""
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        fresh = path.with_name(f".{path.name}.new")
        with fresh.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(path)
        descriptor = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def _expect_agreement(size: int, root: bytes, heads: set[tuple[int, bytes]]) -> None:
    if any(count == size and wanted != root for count, wanted in heads):
        raise NotVerifiedError(FORKED)
