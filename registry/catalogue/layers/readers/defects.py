"""Which images does a list warn of? A number or a name on each line, as the blacklist of ILSVRC's validation images."""

import re
from pathlib import Path

from registry.catalogue.layers import content
from registry.catalogue.layers.content import Row
from registry.catalogue.layers.readers import numbers
from registry.catalogue.taxonomy.rows import Report, lines
from registry.errors import InvalidInputError

_CODE = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")


def read(file: Path, code: str | None, names: str, report: Report) -> list[Row]:
    """A row with this code for each image.

    Raises:
        NotFoundError: there is no such file.
        InvalidInputError: it names no image, or the code has another form.
    """
    if code is None or not _CODE.fullmatch(code):
        raise InvalidInputError("Say what is wrong with these images, as a code such as label-error.")
    seen: dict[str, int] = {}
    for line, text in lines(file, report):
        said = text.strip()
        image = numbers.name(numbers.pattern(names), int(said)) if said.isdecimal() else numbers.plain(said)
        if image in seen:
            report.refuse(file, line, f"it repeats line {seen[image]}")
        else:
            seen[image] = line
    if not seen:
        raise InvalidInputError(f"{file.name} names no image.")
    return content.ordered((image, code, None) for image in seen)
