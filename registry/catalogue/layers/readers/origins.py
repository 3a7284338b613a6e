"""Where did each image come from? Lines of image, TAB, URL, and perhaps TAB and the date on which it was fetched."""

from datetime import date
from pathlib import Path
from urllib.parse import urlsplit

from registry.catalogue.layers import content
from registry.catalogue.layers.content import Row
from registry.catalogue.taxonomy.rows import Report, lines
from registry.errors import InvalidInputError

SCHEMES = frozenset({"http", "https", "ftp"})


def read(file: Path, report: Report) -> list[Row]:
    """A row for each image and URL.

    Raises:
        NotFoundError: there is no such file.
        InvalidInputError: no line of it is of this form.
    """
    found: dict[Row, int] = {}
    for line, text in lines(file, report):
        image, *rest = [cell.strip() for cell in text.split("\t")]
        row = _row(image, rest)
        if row is None:
            report.refuse(file, line, "it is not image, TAB, URL, and perhaps TAB and a date as 2011-10-31")
        elif row in found:
            report.refuse(file, line, f"it repeats line {found[row]}")
        else:
            found[row] = line
    if not found:
        raise InvalidInputError(f"{file.name} tells of no image where it came from.")
    return content.ordered(found)


def host(url: str) -> str | None:
    """The host that a URL names, in small letters; None where it is no URL of the web."""
    try:
        parts = urlsplit(url)
        return parts.hostname if parts.scheme.lower() in SCHEMES else None
    except ValueError:
        return None


def _row(image: str, rest: list[str]) -> Row | None:
    if not image or not 1 <= len(rest) <= 2 or host(rest[0]) is None:  # noqa: PLR2004 - a URL, or a URL and a date
        return None
    try:
        return image, rest[0], date.fromisoformat(rest[1]).isoformat() if len(rest) > 1 else None
    except ValueError:
        return None
