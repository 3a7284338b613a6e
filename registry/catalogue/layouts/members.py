"""Which images lie in these archives? Members become findings with the place of their bytes; nothing is unpacked.

A class tar's images are called as verification calls them: by the stem of their archive and their own name.
"""

import os
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from registry.catalogue.found import Found, Kind
from registry.catalogue.layouts.source import Source
from registry.catalogue.places import MemberPlace
from registry.errors import InvalidInputError, UnavailableError
from registry.proof import archives, paths, tree
from registry.proof.archives import Listed

# Path and class of a member; null for one that is no image.
Naming = Callable[[Listed], tuple[str, str | None] | None]
_KINDS = {tree.Kind.FILE: Kind.FILE, tree.Kind.LINK: Kind.SYMLINK, tree.Kind.OTHER: Kind.SPECIAL_FILE}


def below_stem(member: Listed) -> tuple[str, str | None]:
    """The path below the archive's stem, which is the class."""
    return f"{member.stem}/{member.name}", member.stem


def found_in(source: Source, parts: Iterable[str], naming: Naming) -> Iterator[Found]:
    """The images in archives of the source, in their order.

    Args:
        source: is told of archives that are damaged; the others are read on.
        parts: names of the archives, relative to the source's folder.
        naming: what a member is called.

    Raises:
        UnavailableError: an archive cannot be opened.
    """
    for part in parts:
        place = source.place_of(part)
        for member in () if place is None else _listed(source, part, place):
            named = naming(member)
            if named is not None:
                where = MemberPlace(os.fsencode(str(place)), member.offset, member.size)
                yield Found(*(named[0], where, named[1], _KINDS[member.kind]), part, member.offset)


def listed(source: Source, part: str) -> Iterator[Listed]:
    """The members of one archive of the source; the report is told of damage.

    Raises:
        UnavailableError: it cannot be opened.
    """
    place = source.place_of(part)
    return iter(()) if place is None else _listed(source, part, place)


def _listed(source: Source, part: str, place: Path) -> Iterator[Listed]:
    def damaged(stem: str, offset: int, why: str) -> None:
        source.report.note_fault(part, f"byte {offset}", f"{stem}: {why}")

    try:
        with place.open("rb") as file:
            yield from archives.listing(file, Path(part).stem, damaged)
    except OSError as error:
        raise UnavailableError(f"The archive {part} cannot be read: {error.strerror}.") from error


def own_name(root: Path) -> str:
    """The name of a source that is one archive, as a part of itself.

    Raises:
        InvalidInputError: it is a folder.
    """
    if root.is_dir():
        raise InvalidInputError(f"{root} is a folder, and this layout is one archive.")
    return paths.escape(os.fsencode(root.name))
