"""Which class does a ground truth give to each image, and what do its numbers mean?

Files of the same name lie: the devkit's holds ids that are not the order of wnids, third-party ones indices from 0.
Three things are asked of every numbering: do all numbers exist in it; do the first images of ILSVRC-2012's validation
set get the classes that they are known to have; is it the only one left?
"""

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from policies.synsets import is_wnid
from registry.catalogue.labels.classes import Classes, Numbering
from registry.catalogue.taxonomy.rows import Report, lines
from registry.errors import InvalidInputError

# The classes of ILSVRC2012_val_00000001 to ..5, as the devkit and every careful copy of it have them.
ANCHORS = {1: "n01751748", 2: "n09193705", 3: "n02105855", 4: "n04263257", 5: "n03125729"}

_VALIDATION = re.compile(r"ILSVRC2012_val_([0-9]{8})")


class Form(StrEnum):
    """How the lines of the file are built."""

    NUMBERS = "a number on each line"
    NAMED_NUMBERS = "an image and a number on each line"
    NAMED_SYNSETS = "an image and a synset on each line"


@dataclass(frozen=True)
class Truth:
    """A ground truth.

    Attributes:
        form: how it was written.
        numbering: what its numbers mean; null where it names synsets.
        evidence: from what that was concluded, as a sentence.
        labels: the synset of each image, by its name; by the number of its line where the file has no names.
        report: the lines that were not taken.
    """

    form: Form
    numbering: Numbering | None
    evidence: str
    labels: Mapping[str, str]
    report: Report

    @property
    def images_per_class(self) -> Mapping[str, int]:
        """How many images each class has."""
        return Counter(self.labels.values())


def read(file: Path, classes: Classes, images: int | None = None) -> Truth:
    """The classes that a ground truth gives.

    Args:
        file: the ground truth.
        classes: what its numbers may mean.
        images: how many images it must be about; null to believe the file.

    Raises:
        NotFoundError: there is no such file.
        InvalidInputError: it is no ground truth, its numbers can mean several things or nothing, or images are missing.
    """
    report = Report()
    said = _said(file, report)
    if images is not None and len(said) != images:
        raise InvalidInputError(f"{file.name} labels {len(said):,} images, and there are {images:,}.")
    has_names = any(name != str(line) for name, (line, _) in said.items())
    if all(is_wnid(what) for _, what in said.values()):
        labels = {name: what for name, (_, what) in said.items()}
        return Truth(Form.NAMED_SYNSETS, None, "It names synsets.", labels, report)
    numbers = _numbers(file, said)
    numbering, evidence = _conclude(file, numbers, classes)
    meaning = classes.of(numbering)
    form = Form.NAMED_NUMBERS if has_names else Form.NUMBERS
    return Truth(form, numbering, evidence, {name: meaning[number] for name, number in numbers.items()}, report)


def _said(file: Path, report: Report) -> dict[str, tuple[int, str]]:
    """What each line says of which image, with its number; of Kaggle's CSV, the first class of each image."""
    said: dict[str, tuple[int, str]] = {}
    for line, text in lines(file, report):
        if line == 1 and text.startswith("ImageId,"):
            continue
        name, *rest = text.replace(",", " ").split()
        image, what = (name, rest[0]) if rest else (str(line), name)
        if image in said:
            report.refuse(file, line, f"it repeats line {said[image][0]}")
        elif rest and is_wnid(name):
            report.refuse(file, line, "it begins with a synset, where the name of an image should be")
        elif not what.isdecimal() and not is_wnid(what):
            report.refuse(file, line, "it gives neither a number nor a synset")
        else:
            said[image] = line, what
    if not said:
        raise InvalidInputError(f"{file.name} labels no image.")
    return said


def _numbers(file: Path, said: Mapping[str, tuple[int, str]]) -> dict[str, int]:
    numbers = {name: int(what) for name, (_, what) in said.items() if what.isdecimal()}
    if len(numbers) != len(said):
        raise InvalidInputError(f"{file.name} holds both numbers and synsets.")
    if len(numbers) > 1 and len(set(numbers.values())) == len(numbers):
        raise InvalidInputError(f"{file.name} gives every image another number: it lists images, and no classes.")
    return numbers


def _conclude(file: Path, numbers: Mapping[str, int], classes: Classes) -> tuple[Numbering, str]:
    """The one numbering that fits, and why."""
    possible = [numbering for numbering in Numbering if set(numbers.values()) <= classes.of(numbering).keys()]
    if not classes.wnids:
        raise InvalidInputError(f"{file.name} has numbers, and nothing says which classes they mean.")
    if not possible:
        raise InvalidInputError(f"{file.name} has numbers that mean none of the {len(classes.wnids):,} classes.")
    known = _anchored(numbers, classes)
    if known:
        agreeing = [it for it in possible if all(classes.of(it)[number] == wnid for number, wnid in known)]
        evidence = f"It alone gives the first {len(known)} validation images of ILSVRC-2012 their known classes."
    else:
        agreeing = possible
        evidence = f"It alone has every number from {min(numbers.values())} to {max(numbers.values())}."
    if len(agreeing) != 1:
        if not agreeing:
            raise InvalidInputError(f"No numbering gives the first images of {file.name} their known classes.")
        raise InvalidInputError(f"{file.name} is ambiguous; its numbers may be: {', '.join(agreeing)}.")
    return agreeing[0], evidence


def _anchored(numbers: Mapping[str, int], classes: Classes) -> list[tuple[int, str]]:
    """The numbers of the images whose classes are known, each with that class."""
    if not set(ANCHORS.values()) <= set(classes.wnids):
        return []
    found = []
    for name, number in numbers.items():
        match = _VALIDATION.search(name)
        image = int(match[1]) if match else int(name) if name.isdecimal() else 0
        if image in ANCHORS:
            found.append((number, ANCHORS[image]))
    return found
