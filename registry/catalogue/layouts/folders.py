"""What lies in a folder, in the order of the paths? Links are listed and never followed: nothing outside is read."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

from registry.catalogue.found import Found, Kind
from registry.catalogue.places import FilePlace
from registry.errors import InvalidInputError, NotFoundError, UnavailableError
from registry.proof import paths

LabelOf = Callable[[str], str | None]
# A folder that is still to be listed: its place on disk, its path.
_Folder = tuple[bytes, str]


def first_folder(path: str) -> str | None:
    """The first folder of a path; null for what lies in the root."""
    first, slash, _ = path.partition("/")
    return first if slash else None


def walk(root: Path, label_of: LabelOf = first_folder, below: str = "") -> Iterator[Found]:
    """Everything below the root, each thing once, in ascending order of path.

    Law: the paths come in ascending order of code points, whatever order the file system has.

    Args:
        root: the source.
        label_of: the class that an image with this path has.
        below: a folder of the source, by its path; nothing else is walked. Paths begin with it all the same.

    Raises:
        NotFoundError: there is no such root.
        InvalidInputError: it is no folder, or a link leads from it to what is walked.
        UnavailableError: it cannot be read.
    """
    top = root / below
    if not Path(os.path.realpath(top)).is_relative_to(os.path.realpath(root)):
        raise InvalidInputError(f"{top} is, or lies behind, a link that leads out of {root}; import where it leads to.")
    try:
        waiting = [iter(_list(os.fsencode(top.absolute()), f"{below}/" if below else "", label_of))]
    except FileNotFoundError as error:
        raise NotFoundError(f"There is no folder {top}.") from error
    except NotADirectoryError as error:
        raise InvalidInputError(f"{top} is not a folder.") from error
    except OSError as error:
        raise UnavailableError(f"The folder {top} cannot be read: {error.strerror}.") from error
    while waiting:
        found = next(waiting[-1], None)
        if found is None:
            waiting.pop()
        elif isinstance(found, Found):
            yield found
        else:
            inside = _open_folder(*found, label_of)
            if isinstance(inside, Found):
                yield inside
            else:
                waiting.append(iter(inside))


def _open_folder(place: bytes, path: str, label_of: LabelOf) -> Found | list[Found | _Folder]:
    kind = Kind.EMPTY_FOLDER
    try:
        if inside := _list(place, f"{path}/", label_of):
            return inside
    except OSError:
        kind = Kind.UNREADABLE_FOLDER
    return Found(path, FilePlace(place), label_of(path), kind)


def _list(place: bytes, prefix: str, label_of: LabelOf) -> list[Found | _Folder]:
    """What lies in one folder, in the order of the paths that it leads to."""
    listed: list[tuple[str, Found | _Folder]] = []
    with os.scandir(place) as entries:
        for entry in entries:
            path = prefix + paths.escape(entry.name)
            if entry.is_dir(follow_symlinks=False):
                # What is in a folder `a` sorts as `a/`, behind a file `a.b`.
                listed.append((f"{path}/", (entry.path, path)))
            else:
                listed.append((path, Found(path, FilePlace(entry.path), label_of(path), _kind(entry))))
    listed.sort(key=lambda pair: pair[0])
    return [found for _, found in listed]


def _kind(entry: os.DirEntry[bytes]) -> Kind:
    if entry.is_symlink():
        return Kind.SYMLINK
    return Kind.FILE if entry.is_file(follow_symlinks=False) else Kind.SPECIAL_FILE
