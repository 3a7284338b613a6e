"""What does a layout find in a source? Names and places, before any byte of a picture is read."""

from enum import Enum, auto
from typing import NamedTuple

from registry.catalogue import cells
from registry.catalogue.places import Place


class Kind(Enum):
    """What was found under a name."""

    FILE = auto()
    SYMLINK = auto()
    SPECIAL_FILE = auto()
    UNREADABLE_FOLDER = auto()
    EMPTY_FOLDER = auto()


class Found(NamedTuple):
    """One thing that a layout found.

    Attributes:
        path: its path in the manifest, escaped.
        place: where its bytes lie; those of what is no file are never read.
        label: the class that the layout gives it; null for none.
        kind: what it is.
        part: see `registry.catalogue.entries.SourceEntry`; null for a file of its own.
        position: likewise.
        expected: the SHA-256 or SHA-512 that somebody says it has, in lower-case hex; null where nobody does.
        said_in: the file and place where that is said, for whoever reads that it is not so.
    """

    path: str
    place: Place
    label: str | None
    kind: Kind
    part: str | None = None
    position: int | None = None
    expected: str | None = None
    said_in: tuple[str, str] = ("", "")


def where(part: str | None, position: int | None) -> str:
    """Where in a part of a source something lies, as a report says it."""
    if part is None or position is None:
        return ""
    return f"{'row' if cells.is_parquet(part) else 'byte'} {position}"
