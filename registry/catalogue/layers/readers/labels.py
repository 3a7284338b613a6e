"""Which labels does a file give to which images: one each, as a ground truth; or a set each, as ReaL?"""

from pathlib import Path

from registry.catalogue.labels import judged, truth
from registry.catalogue.labels.classes import Classes, Numbering
from registry.catalogue.layers import content
from registry.catalogue.layers.content import Row
from registry.catalogue.layers.readers import numbers
from registry.catalogue.taxonomy.rows import Report
from registry.errors import InvalidInputError, NotFoundError

_JSON_STARTS = b"[{"


def read(file: Path, classes: Classes, names: str, report: Report) -> list[Row]:
    """One row for each image: its name and its synsets, sorted.

    Raises:
        NotFoundError: there is no such file.
        InvalidInputError: it is neither form, or its numbers can mean several things or nothing.
    """
    if is_json(file):
        return _sets(file, classes, numbers.pattern(names))
    found = truth.read(file, classes)
    report.rows |= found.report.rows
    report.refusals += found.report.refusals
    return content.ordered((_image(image, names), (wnid,)) for image, wnid in found.labels.items())


def is_json(file: Path) -> bool:
    """Whether the file begins as a JSON array or object.

    Raises:
        NotFoundError: there is no such file.
    """
    try:
        with file.open("rb") as stream:
            return stream.read(64).lstrip()[:1] in {bytes([start]) for start in _JSON_STARTS}
    except OSError as error:
        raise NotFoundError(f"There is no file {file} that can be read.") from error


def _sets(file: Path, classes: Classes, names: str) -> list[Row]:
    found = judged.read(file)
    if found.sets is None:
        raise InvalidInputError(f"{file.name} holds votes, not labels.")
    meaning = classes.of(Numbering.SORTED_FROM_0)
    if any(number not in meaning for numbers_ in found.sets for number in numbers_):
        raise InvalidInputError(f"{file.name} has class numbers that the list of classes has not.")
    return content.ordered(
        (numbers.name(names, place), tuple(sorted(meaning[number] for number in labels)))
        for place, labels in enumerate(found.sets, start=1)
    )


def _image(image: str, names: str) -> str:
    return numbers.name(numbers.pattern(names), int(image)) if image.isdecimal() else numbers.plain(image)
