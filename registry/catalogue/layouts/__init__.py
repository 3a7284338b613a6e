"""How are images laid out on disk, and which class does each belong to?

One file per layout, each behind the `Layout` protocol. A layout lists names, in path order and without following a
link; it reads no picture and judges nothing.
"""

from collections.abc import Iterator
from enum import Enum, auto
from pathlib import Path
from typing import NamedTuple, Protocol


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
        place: its absolute name on disk.
        label: the class that the layout gives it; null for none.
        kind: what it is.
    """

    path: str
    place: bytes
    label: str | None
    kind: Kind


class Layout(Protocol):
    """One way to lay out a dataset."""

    def walk(self, root: Path) -> Iterator[Found]:
        """Everything below the root, each thing once, in ascending order of path.

        Raises:
            NotFoundError: there is no such root.
            InvalidInputError: the root is nothing that this layout can read.
        """
        ...
