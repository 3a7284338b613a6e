"""ILSVRC's validation set: a flat folder or tar, whose classes are in a file beside it.

What the numbers in that file mean is concluded by `registry.catalogue.labels.truth`, and kept with the import. A file
that is about fewer images than there are cannot be trusted with any; one that names its images labels those.
"""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import ClassVar

import pyarrow as pa

from registry.catalogue.found import Found
from registry.catalogue.labels import truth
from registry.catalogue.labels.classes import Classes
from registry.catalogue.labels.truth import Form, Truth
from registry.catalogue.layout_names import LayoutName
from registry.catalogue.layouts import flat
from registry.catalogue.layouts.look import Look
from registry.catalogue.layouts.source import Source
from registry.catalogue.manifests.columns import PLACE
from registry.errors import InvalidInputError

IMAGES = 50_000

_FORM = re.compile(r"ILSVRC2012_val_([0-9]{8})\.JPEG")


class Validation:
    """See `Layout`."""

    name: ClassVar[LayoutName] = LayoutName.VALIDATION
    extras: ClassVar[tuple[str, ...]] = PLACE
    is_sorted: ClassVar[bool] = False

    def fits(self, look: Look) -> str | None:
        """See `Layout.fits`."""
        return flat.fits(look, _FORM, "ILSVRC's validation images")

    def tables(self, source: Source) -> Iterator[pa.Table]:
        """See `Layout.tables`."""
        found = list(flat.found_in(source, _FORM))
        if len(found) != IMAGES:
            source.report.conclude(f"ILSVRC's validation set has {IMAGES:,} images; here are {len(found):,}.")
        return source.read(_labelled(source, found), self.extras)


def labels_of(source: Source, file: Path) -> Truth:
    """What a ground truth says; its lines that were not taken, and the conclusion, are in the report.

    Raises:
        NotFoundError, InvalidInputError: see `registry.catalogue.labels.truth.read`.
    """
    known = source.classes()
    try:
        said = truth.read(file, known or Classes((), {}))
    except InvalidInputError as error:
        hint = "" if known else " Give the list of the classes with --classes, if it holds numbers."
        raise InvalidInputError(f"{error.sentence}{hint}") from error
    for refusal in said.report.refusals:
        source.report.note_fault(refusal.file, f"line {refusal.line}", refusal.why)
    numbering = f", {said.numbering}" if said.numbering else ""
    source.report.conclude(f"{file.name} has {said.form}{numbering}. {said.evidence}")
    return said


def by_stem(labels: Mapping[str, str]) -> dict[str, str]:
    """The labels by the names of the images, without folders and suffix."""
    return {name.rpartition("/")[2].partition(".")[0]: label for name, label in labels.items()}


def _labelled(source: Source, found: list[tuple[Found, int]]) -> Iterator[Found]:
    if source.truth is None:
        source.report.conclude("No ground truth was given, so the images have no class; give one with --truth.")
        yield from (thing for thing, _ in found)
        return
    said = labels_of(source, source.truth)
    last = max((number for _, number in found), default=0)
    if said.form is Form.NUMBERS:
        _require_all(source.truth.name, max(map(int, said.labels)), last)
    names = by_stem(said.labels)
    for thing, number in found:
        label = names.get(str(number) if said.form is Form.NUMBERS else thing.path.partition(".")[0])
        if label is None:
            source.report.came_in += 1
            source.report.refuse(thing.path, "", f"{source.truth.name} does not label it")
        else:
            yield thing._replace(label=label)


def _require_all(name: str, lines: int, last: int) -> None:
    """Refuse a file of numbers in which a line is missing: every line behind it would be about the wrong image.

    Args:
        name: of the file.
        lines: how many it has.
        last: number of the last image that is here.
    """
    if lines < last:
        raise InvalidInputError(f"{name} labels {lines:,} images, and there is one with the number {last:,}.")
    if lines not in {last, IMAGES}:
        raise InvalidInputError(
            f"{name} labels {lines:,} images; the set has {IMAGES:,}, and the last one here has the number {last:,}."
        )
