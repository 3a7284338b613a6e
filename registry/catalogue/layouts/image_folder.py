"""Any folder of files: class folders named by wnid or by anything else, nested or flat.

The class is the first folder of the path. Links are listed and never followed, so nothing outside the root is read.
"""

import os
from collections.abc import Iterator
from pathlib import Path

from registry.catalogue.layouts import Found, Kind
from registry.errors import InvalidInputError, NotFoundError, UnavailableError
from registry.proof import paths


class ImageFolder:
    """The layout of a plain folder.

    Law: the paths come in ascending order of code points, whatever order the file system has.
    """

    def walk(self, root: Path) -> Iterator[Found]:
        """See `Layout.walk`."""
        place = os.fsencode(root.absolute())
        try:
            waiting = [iter(_list(place, ""))]
        except FileNotFoundError as error:
            raise NotFoundError(f"There is no folder {root}.") from error
        except NotADirectoryError as error:
            raise InvalidInputError(f"{root} is not a folder.") from error
        except OSError as error:
            raise UnavailableError(f"The folder {root} cannot be read: {error.strerror}.") from error
        while waiting:
            found = next(waiting[-1], None)
            if found is None:
                waiting.pop()
            elif isinstance(found, Found):
                yield found
            else:
                below = _open_folder(*found)
                if isinstance(below, Found):
                    yield below
                else:
                    waiting.append(iter(below))


# A folder that is still to be listed: its place on disk, its path.
_Folder = tuple[bytes, str]


def _open_folder(place: bytes, path: str) -> Found | list[Found | _Folder]:
    try:
        return _list(place, f"{path}/") or Found(path, place, _label(path), Kind.EMPTY_FOLDER)
    except OSError:
        return Found(path, place, _label(path), Kind.UNREADABLE_FOLDER)


def _list(place: bytes, prefix: str) -> list[Found | _Folder]:
    """What lies in one folder, in the order of the paths that it leads to."""
    label = prefix.partition("/")[0] or None
    listed: list[tuple[str, Found | _Folder]] = []
    with os.scandir(place) as entries:
        for entry in entries:
            path = prefix + paths.escape(entry.name)
            if entry.is_dir(follow_symlinks=False):
                # What is in a folder `a` sorts as `a/`, behind a file `a.b`.
                listed.append((f"{path}/", (entry.path, path)))
            else:
                listed.append((path, Found(path, entry.path, label, _kind(entry))))
    listed.sort(key=lambda pair: pair[0])
    return [found for _, found in listed]


def _kind(entry: os.DirEntry[bytes]) -> Kind:
    if entry.is_symlink():
        return Kind.SYMLINK
    return Kind.FILE if entry.is_file(follow_symlinks=False) else Kind.SPECIAL_FILE


def _label(path: str) -> str | None:
    first, slash, _ = path.partition("/")
    return first if slash else None
