"""Which boxes do annotations in PASCAL VOC's form (one XML file for each image) give?

Expat reads them, and a file with a DOCTYPE is refused before anything of it is believed: what a DOCTYPE can declare,
these files have no use for. Numbers are taken as they stand; a box outside its image, or of no size, is reported and
left out.
"""

from dataclasses import dataclass, field
from pathlib import Path
from xml.parsers import expat

from registry.catalogue.layers import content
from registry.catalogue.layers.content import Row
from registry.catalogue.taxonomy.rows import Report
from registry.errors import InvalidInputError, NotFoundError

MAX_FILE_BYTES = 1 << 20
MAX_DEPTH = 8
CORNERS = ("xmin", "ymin", "xmax", "ymax")


class _RefusedError(Exception):
    """The file is not read any further, and why."""


@dataclass
class _Box:
    line: int
    name: str = ""
    corners: dict[str, str] = field(default_factory=dict)


@dataclass
class _Annotation:
    """What one file says, as far as it was read."""

    trail: list[str] = field(default_factory=list)
    text: str = ""
    size: dict[str, str] = field(default_factory=dict)
    boxes: list[_Box] = field(default_factory=list)


def read(place: Path, report: Report) -> list[Row]:
    """A row for each box of a file, or of all `.xml` files below a folder.

    An image is called as its file, without the suffix: what the file says about its own name is not always true.

    Raises:
        NotFoundError: there is nothing at this place.
        InvalidInputError: no annotation is there, or nearly all are something else.
    """
    if not place.exists():
        raise NotFoundError(f"There is no file {place}.")
    files = [place] if place.is_file() else sorted(place.rglob("*.xml"))
    if not files:
        raise InvalidInputError(f"{place} holds no .xml file.")
    return content.ordered(row for file in files for row in _read(file, report))


def _read(file: Path, report: Report) -> list[Row]:
    found, parser = _Annotation(), expat.ParserCreate()
    _listen(parser, found)
    try:
        parser.Parse(_bytes(file), True)
        report.rows[file.name] = len(found.boxes)
        return [row for box in found.boxes if (row := _row(file, box, found.size, report))]
    except _RefusedError as error:
        report.refuse(file, max(1, parser.CurrentLineNumber), str(error))
    except expat.ExpatError as error:
        report.refuse(file, error.lineno, f"it is not XML: {expat.ErrorString(error.code)}")
    except OSError as error:
        report.refuse(file, 1, f"it cannot be read: {error.strerror}")
    return []


def _bytes(file: Path) -> bytes:
    if file.stat().st_size > MAX_FILE_BYTES:
        raise _RefusedError(f"it is larger than {MAX_FILE_BYTES:,} bytes")
    return file.read_bytes()


def _listen(parser: expat.XMLParserType, found: _Annotation) -> None:
    def doctype(*_: object) -> None:
        raise _RefusedError("it has a DOCTYPE")

    def start(name: str, _: object) -> None:
        found.trail.append(name)
        if len(found.trail) > MAX_DEPTH:
            raise _RefusedError(f"it is nested more than {MAX_DEPTH} deep")
        if found.trail[1:] == ["object"]:
            found.boxes.append(_Box(parser.CurrentLineNumber))
        found.text = ""

    def text(data: str) -> None:
        found.text += data

    def end(name: str) -> None:
        match found.trail[1:]:
            case ["size", "width" | "height"]:
                found.size[name] = found.text.strip()
            case ["object", "name"]:
                found.boxes[-1].name = found.text.strip()
            case ["object", "bndbox", _]:
                found.boxes[-1].corners[name] = found.text.strip()
            case _:
                pass
        found.trail.pop()

    parser.StartDoctypeDeclHandler = doctype
    parser.StartElementHandler = start
    parser.CharacterDataHandler = text
    parser.EndElementHandler = end


def _row(file: Path, box: _Box, size: dict[str, str], report: Report) -> Row | None:
    """The row of one box; None where it was reported instead."""
    try:
        left, top, right, bottom = (int(box.corners[corner]) for corner in CORNERS)
        width, height = (int(size.get(side, "0")) for side in ("width", "height"))
    except (KeyError, ValueError):
        report.refuse(file, box.line, "a box lacks one of xmin, ymin, xmax, ymax as a whole number")
        return None
    if left >= right or top >= bottom:
        report.refuse(file, box.line, "a box has no size")
    elif left < 0 or top < 0 or (width and right > width) or (height and bottom > height):
        report.refuse(file, box.line, f"a box lies outside its image of {width} x {height}")
    elif not box.name:
        report.refuse(file, box.line, "a box has no name")
    else:
        return file.stem, box.name, left, top, right, bottom
    return None
