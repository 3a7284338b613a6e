"""What is to be seen of a source at first sight, before anything is read? Names, and the beginning of a file."""

import os
import re
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from registry.catalogue import cells
from registry.errors import InvalidInputError, NotFoundError, UnavailableError
from registry.proof import archives, paths

START_BYTES = 1 << 16
NAMES = 100_000
MEMBERS = 64
# What image files are called, where names are all that tells them from what lies beside them.
IMAGE_SUFFIXES = (".jpg", ".jpeg", ".png", ".webp", ".bmp", ".gif", ".tif", ".tiff", ".ppm")

# Nothing is unpacked, and of a compressed archive no member can be read where it lies.
PACKED_SUFFIXES = (".zip", ".tar.gz", ".tgz", ".tar.bz2", ".tbz2", ".tar.xz", ".txz", ".tar.zst", ".7z", ".rar", ".gz")
PACKED = "it is compressed, and images are read where they lie: unpack it first, to a .tar or a folder"

CLASS_ARCHIVE = re.compile(r"n[0-9]{8}\.tar")


@dataclass(frozen=True, slots=True)
class Look:
    """A source at first sight.

    Attributes:
        root: the source.
        files: names of the files in it, sorted; of a source that is a file, its own.
        folders: names of the folders in it, sorted.
        members: the first members of the archive that it is, or of the first archive in it, sorted out of their order
            by nobody; inner archives are named, not entered.
        start: the first bytes of the file that it is.
    """

    root: Path
    files: tuple[str, ...]
    folders: tuple[str, ...]
    members: tuple[str, ...]
    start: bytes

    @property
    def is_folder(self) -> bool:
        """Whether the source is a folder."""
        return not self.start and self.root.is_dir()

    @property
    def archives(self) -> tuple[str, ...]:
        """The names of the archives among the files."""
        return tuple(name for name in self.files if name.endswith(archives.SUFFIX))

    @property
    def parquets(self) -> tuple[str, ...]:
        """The names of the Parquet files among the files."""
        return tuple(name for name in self.files if cells.is_parquet(name))

    def seen(self) -> str:
        """What was seen, as the end of a sentence."""
        names = [*(f"{name}/" for name in self.folders[:3]), *self.files[:3]]
        counts = f"{len(self.folders):,} folders and {len(self.files):,} files" if self.is_folder else "one file"
        inside = f", the first archive begins with {', '.join(self.members[:3])}" if self.members else ""
        return f"{counts}, such as {', '.join(names) or 'nothing'}{inside}"


def is_picture(name: str) -> bool:
    """Whether a file of this name is a picture, where names are all that tells."""
    return name.lower().endswith(IMAGE_SUFFIXES)


def take(root: Path) -> Look:
    """A look at a source.

    Raises:
        NotFoundError: there is no such file or folder.
        UnavailableError: it cannot be read.
    """
    try:
        if not root.is_dir():
            with root.open("rb") as file:
                start = file.read(START_BYTES)
            return Look(root, (_name(root),), (), _members(root, [_name(root)]), start or b"\x00")
        with os.scandir(os.fsencode(root)) as listing:
            entries = [
                (paths.escape(entry.name), entry.is_dir(follow_symlinks=False)) for entry in islice(listing, NAMES)
            ]
    except FileNotFoundError as error:
        raise NotFoundError(f"There is no {root}.") from error
    except OSError as error:
        raise UnavailableError(f"{root} cannot be read: {error.strerror}.") from error
    files = tuple(sorted(name for name, is_folder in entries if not is_folder))
    folders = tuple(sorted(name for name, is_folder in entries if is_folder))
    return Look(root, files, folders, _members(root, files), b"")


def _name(root: Path) -> str:
    return paths.escape(os.fsencode(root.name))


def _members(root: Path, files: list[str] | tuple[str, ...]) -> tuple[str, ...]:
    """The first members of the first archive; none where there is no archive, or none that can be read."""
    first = next((name for name in files if name.endswith(archives.SUFFIX)), None)
    if first is None:
        return ()
    place = root / first if root.is_dir() else root
    try:
        with place.open("rb") as file:
            return tuple(archives.names(file, MEMBERS))
    except (OSError, InvalidInputError):
        return ()
