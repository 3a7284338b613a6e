"""What lies in this folder? Its files in manifest order, without following a link or waiting for a device.

Memory grows with the largest single folder, not with the tree.
"""

import os
import stat
from collections.abc import Iterator
from enum import Enum, auto
from pathlib import Path
from typing import NamedTuple

from registry.proof import paths

MAX_DEPTH = 64


class Kind(Enum):
    """What an entry is, by its own type and never by that of a link's target."""

    FILE = auto()
    LINK = auto()
    OTHER = auto()  # device, pipe, socket, or a folder that cannot be read


class Found(NamedTuple):
    """An entry of the tree; `path` is in manifest form, `name` is what the operating system takes."""

    path: str
    name: str
    kind: Kind


def walk(root: Path, *, skip: str | None = None) -> Iterator[Found]:
    """Every entry below `root` that is no folder, sorted by path. A root that is not there has none.

    `skip` names one folder directly below the root that is not entered.
    """
    yield from _walk(str(root), "", 0, f"{skip}/")


def entry(root: Path, path: str) -> Found | None:
    """The entry at one manifest path below `root`; None where there is none."""
    name = root / path
    try:
        mode = name.lstat().st_mode
    except OSError:
        return None
    if stat.S_ISLNK(mode):
        return Found(path, str(name), Kind.LINK)
    return Found(path, str(name), Kind.FILE if stat.S_ISREG(mode) else Kind.OTHER)


def _walk(folder: str, prefix: str, depth: int, skip: str = "") -> Iterator[Found]:
    try:
        with os.scandir(folder) as listing:
            # A folder sorts as its name with "/", because that is what follows in the paths below it.
            entries = sorted([(_name(entry), entry) for entry in listing])
    except FileNotFoundError:
        return
    except OSError:
        yield Found(prefix.rstrip("/"), folder, Kind.OTHER)
        return
    for name, entry in entries:
        path = prefix + name
        if not name.endswith("/"):
            yield Found(path, entry.path, _kind(entry))
        elif path == skip:
            continue
        elif depth < MAX_DEPTH:
            yield from _walk(entry.path, path, depth + 1)
        else:
            yield Found(path.rstrip("/"), entry.path, Kind.OTHER)


def _name(entry: os.DirEntry[str]) -> str:
    name = entry.name
    if not name.isprintable() or "\\" in name:
        name = paths.escape(os.fsencode(name))
    return f"{name}/" if entry.is_dir(follow_symlinks=False) else name


def _kind(entry: os.DirEntry[str]) -> Kind:
    if entry.is_symlink():
        return Kind.LINK
    return Kind.FILE if entry.is_file(follow_symlinks=False) else Kind.OTHER
