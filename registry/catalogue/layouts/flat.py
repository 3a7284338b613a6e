"""Which images lie in a flat folder, or in a flat archive, under names of one form?"""

import re
from collections.abc import Iterator

from registry.catalogue.found import Found, where
from registry.catalogue.layouts import folders, members
from registry.catalogue.layouts.look import Look
from registry.catalogue.layouts.source import Source
from registry.errors import InvalidInputError
from registry.proof import paths
from registry.proof.archives import Listed


def fits(look: Look, form: re.Pattern[str], what: str) -> str | None:
    """What speaks for images of this form; see `Layout.fits`."""
    names = look.files if look.is_folder else look.members
    count = sum(form.fullmatch(name) is not None for name in names)
    if not count or count < len(names) / 2:
        return None
    return f"{count:,} of the first {len(names):,} names are those of {what}"


def found_in(source: Source, form: re.Pattern[str]) -> Iterator[tuple[Found, int]]:
    """Each image with the number in its name (the first group of the form); other files are in the report."""
    for thing in _all(source):
        match = form.fullmatch(thing.path)
        if match is None:
            source.report.came_in += 1
            place = (where(thing.part, thing.position), thing.path if thing.part else "")
            source.report.refuse(thing.part or thing.path, ", ".join(filter(None, place)), _why_not(thing.path))
        else:
            yield thing, int(match[1])


def _why_not(path: str) -> str:
    try:
        paths.check(path)
    except InvalidInputError:
        return "its name is no plain relative path"
    return "its name is none of an image of this set"


def _all(source: Source) -> Iterator[Found]:
    if source.root.is_dir():
        return folders.walk(source.root)
    return members.found_in(source, [members.own_name(source.root)], _named)


def _named(member: Listed) -> tuple[str, str | None]:
    """The last part of its name, for archives hold the images in `.`, or in one folder; all of one that leads away."""
    folder, _, name = member.name.rpartition("/")
    leads_away = member.name.startswith("/") or ".." in folder.split("/")
    return member.name if leads_away else name, None
