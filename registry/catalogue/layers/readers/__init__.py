"""How does a published file become the rows of a layer? One file of this folder for each kind.

What cannot be taken is reported with its file and line, and the rest is kept.
"""

from dataclasses import dataclass, field
from pathlib import Path

from registry.catalogue.labels.classes import Classes
from registry.catalogue.layers.content import Row
from registry.catalogue.layers.kinds import Kind
from registry.catalogue.layers.readers import boxes, defects, faces, labels, origins, synsets, votes
from registry.catalogue.layers.sizes import Sizes
from registry.catalogue.taxonomy.rows import Report
from registry.errors import InvalidInputError

# How the validation images of ILSVRC-2012 are called, whose lists give numbers only.
VALIDATION_NAMES = "ILSVRC2012_val_{:08d}.JPEG"


@dataclass(frozen=True, slots=True)
class Questions:
    """What a file does not say itself.

    Attributes:
        classes: what its class numbers mean; None where it names synsets.
        names: how the image with a number is called, a pattern for `str.format`.
        code: what is wrong with the images of a list of defects.
        key: hides who voted.
        sizes: how large the images are that boxes have to fit; None where nothing has been imported.
    """

    classes: Classes | None = None
    names: str = VALIDATION_NAMES
    code: str | None = None
    key: bytes = b""
    sizes: Sizes | None = None


@dataclass(frozen=True, slots=True)
class Reading:
    """The rows that were read, in the order of a layer, and which lines were not taken."""

    rows: list[Row]
    report: Report = field(default_factory=Report)


READ_FROM_FILES = (Kind.SYNSETS, Kind.LABELS, Kind.BOXES, Kind.FACES, Kind.VOTES, Kind.DEFECTS, Kind.SOURCES)


def read(kind: Kind, file: Path, asked: Questions) -> Reading:
    """The rows of a layer of this kind, as the file (of boxes, the folder) has them.

    Raises:
        NotFoundError: there is no such file.
        InvalidInputError: it is something else, or layers of this kind are not read from files.
    """
    report = Report()
    match kind:
        case Kind.SYNSETS:
            rows = synsets.read(file, report)
        case Kind.LABELS:
            rows = labels.read(file, _classes(asked), asked.names, report)
        case Kind.BOXES:
            rows = boxes.read(file, report)
        case Kind.FACES:
            rows = faces.read(file, asked.sizes, report)
        case Kind.VOTES:
            rows = votes.read(file, asked.classes, asked.names, asked.key, report)
        case Kind.DEFECTS:
            rows = defects.read(file, asked.code, asked.names, report)
        case Kind.SOURCES:
            rows = origins.read(file, report)
        case Kind.QUALITY | Kind.RIGHTS:
            raise InvalidInputError(f"A layer of {kind} is computed, and not read from a file.")
    return Reading(rows, report)


def _classes(asked: Questions) -> Classes:
    if asked.classes is None:
        raise InvalidInputError("Say which list names the classes.")
    return asked.classes
