"""Files that can be made again at any time, kept under what they were made from so that they need not be.

Losing them costs time and nothing else: a folder that cannot be written keeps nothing, what was not asked for longest
goes first, and what lies here is no part of any backup. A file is whole or absent.
"""

import hashlib
import os
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from registry.proof import canonical
from registry.settings import OWNER_ONLY_FOLDER

BYTES_MAX = 2 << 30
DRAFTS = "draft-"
# Nobody makes a file for so long: what is older was left by somebody who was killed.
DRAFT_SECONDS = 24 * 3600


@dataclass(frozen=True)
class Kept:
    """The files of one folder.

    Attributes:
        folder: need not exist; it is made for its owner alone.
        bytes_max: as long as all files together take more, the one that nobody has asked for longest goes.
    """

    folder: Path
    bytes_max: int = BYTES_MAX

    @contextmanager
    def file(self, made_from: canonical.JsonValue, make: Callable[[Path], None]) -> Iterator[Path]:
        """The file that was made from this, for as long as the block lasts; made now where it is not kept.

        Args:
            made_from: all that the file depends on, and which form it has.
            make: writes it to the path that it is given.
        """
        name = hashlib.sha256(canonical.canonical_bytes(made_from)).hexdigest()
        kept = self.folder / name
        with tempfile.TemporaryDirectory(prefix=DRAFTS, dir=self._writable()) as draft:
            # A name of one's own for the same bytes: somebody else may let the file go meanwhile.
            mine = Path(draft) / name
            try:
                mine.hardlink_to(kept)
                os.utime(kept)
            except OSError:
                make(mine)
                with suppress(OSError):
                    self._keep(mine, kept)
                    self._sweep()
            yield mine

    def _writable(self) -> Path | None:
        """The folder, where files can be written to it; else None, for wherever temporary files go."""
        try:
            self.folder.mkdir(mode=OWNER_ONLY_FOLDER, exist_ok=True)
        except OSError:
            return None
        return self.folder if os.access(self.folder, os.W_OK) else None

    def _keep(self, made: Path, kept: Path) -> None:
        kept.hardlink_to(made)
        files = sorted(
            (file for file in self.folder.iterdir() if file.is_file()), key=lambda file: file.stat().st_mtime
        )
        taken = sum(file.stat().st_size for file in files)
        for file in files:
            if taken <= self.bytes_max:
                return
            taken -= file.stat().st_size
            file.unlink()

    def _sweep(self) -> None:
        for draft in self.folder.glob(f"{DRAFTS}*"):
            if time.time() - draft.stat().st_mtime > DRAFT_SECONDS:
                shutil.rmtree(draft, ignore_errors=True)
