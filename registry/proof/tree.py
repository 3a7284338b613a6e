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


_KINDS = {"\x00": Kind.FILE, "\x01": Kind.LINK, "\x02": Kind.OTHER}


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
    odd: dict[str, str] = {}  # the names that are not written as the operating system has them
    try:
        with os.scandir(folder) as listing:
            # Only text is kept of an entry, so that a folder of a million files fits into memory. What is added to a
            # name sorts before every character of a longer one, and "/" as the paths below a folder do.
            entries = sorted([_marked(entry, odd) for entry in listing])
    except FileNotFoundError:
        return
    except OSError:
        yield Found(prefix.rstrip("/"), folder, Kind.OTHER)
        return
    for marked in entries:
        name = marked[:-1]
        path, place = prefix + name, f"{folder}/{odd.get(name, name)}"
        if marked[-1] != "/":
            yield Found(path, place, _KINDS[marked[-1]])
        elif path + "/" == skip:
            continue
        elif depth < MAX_DEPTH:
            yield from _walk(place, path + "/", depth + 1)
        else:
            yield Found(path, place, Kind.OTHER)


def _marked(entry: os.DirEntry[str], odd: dict[str, str]) -> str:
    """The entry's name in manifest form, and one character for what it is."""
    name = entry.name
    if not name.isprintable() or "\\" in name:
        name = paths.escape(os.fsencode(name))
        odd[name] = entry.name
    if entry.is_file(follow_symlinks=False):
        return name + "\x00"
    if entry.is_dir(follow_symlinks=False):
        return name + "/"
    return name + ("\x01" if entry.is_symlink() else "\x02")
