"""Places from which no picture can be read, for reasons that nobody foresaw; they work in another process too."""

import errno
from dataclasses import dataclass
from pathlib import Path

from blurring.engines import Item

SECRET = "A. Photographer, 1 Some Street"


@dataclass(frozen=True)
class BuggyPlace:
    """A place with a mistake in it, whose exception says what it has read."""

    secret: str = SECRET

    def read(self) -> bytes:
        found: dict[str, bytes] = {}
        return found[self.secret]


@dataclass(frozen=True)
class CrowdedPlace:
    """A place for which there is no memory, but for the last of its `tries`."""

    marks: str
    file: str
    tries: int

    def read(self) -> bytes:
        before = len(list(Path(self.marks).iterdir()))
        (Path(self.marks) / str(before)).touch()
        if before + 1 < self.tries:
            raise MemoryError(errno.ENOMEM)
        return Path(self.file).read_bytes()


def buggy(path: str) -> Item:
    """A picture that nobody can read."""
    return Item(path, "/no/such.tar", "0" * 64, place=BuggyPlace())
