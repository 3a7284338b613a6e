"""Which faces do annotations in the form that ImageNet publishes give?

The form is that of `face_annotations_ILSVRC.json` (Yang et al. 2022): a list of `{"url": "train/n02118333/x.JPEG",
"bboxes": [{"x0", "y0", "x1", "y1"}]}`, in pixels as stored. The folder of the split in front of a name is dropped: it
is no part of the path in a variant. A box that sticks out of its image is taken, for it may well be a face at the
edge; one that has no area, no finite number, or nothing to do with its image is reported by its entry and left out.
"""

import math
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from pydantic_core import from_json

from registry.catalogue.layers import content
from registry.catalogue.layers.content import Row
from registry.catalogue.layers.sizes import Sizes
from registry.catalogue.taxonomy.rows import Report
from registry.errors import InvalidInputError, NotFoundError

MAX_FILE_BYTES = 1 << 30
SPLITS = frozenset({"train", "val", "test"})
EDGES = ("x0", "y0", "x1", "y1")

Corners = tuple[float, ...]


class _RefusedError(Exception):
    """A box or an entry is not taken, and why."""


def read(file: Path, sizes: Sizes | None, report: Report) -> list[Row]:
    """A row for each image of the file; the line of a refusal is the number of the entry, from 1.

    Raises:
        NotFoundError: there is no such file.
        InvalidInputError: it is something else, or too large.
    """
    entries = _entries(file)
    report.rows[file.name] = len(entries)
    rows: dict[str, Row] = {}
    for number, entry in enumerate(entries, start=1):
        try:
            image, boxes = _opened(entry)
            _expect_known(image, rows, sizes)
        except _RefusedError as error:
            report.refuse(file, number, str(error))
            continue
        rows[image] = image, tuple(_boxes(file, number, image, boxes, sizes, report))
    return content.ordered(rows.values())


def _entries(file: Path) -> list[Any]:
    if not file.is_file():
        raise NotFoundError(f"There is no file {file}.")
    if file.stat().st_size > MAX_FILE_BYTES:
        raise InvalidInputError(f"{file} is larger than {MAX_FILE_BYTES:,} bytes.")
    try:
        entries = from_json(file.read_bytes())
    except ValueError as error:
        raise InvalidInputError(f"{file} is not JSON: {error}.") from error
    if not isinstance(entries, list):
        raise InvalidInputError(f"{file} holds no list of images with their faces.")
    return entries


def _opened(entry: object) -> tuple[str, list[Any]]:
    """The image of an entry and its boxes as they stand."""
    if not isinstance(entry, Mapping) or not isinstance(entry.get("url"), str):
        raise _RefusedError("it has no text `url`")
    boxes = entry.get("bboxes")
    if not isinstance(boxes, list):
        raise _RefusedError("it has no list `bboxes`")
    first, _, rest = entry["url"].partition("/")
    return (rest if first in SPLITS and rest else entry["url"]), boxes


def _expect_known(image: str, rows: Mapping[str, Row], sizes: Sizes | None) -> None:
    if image in rows:
        raise _RefusedError(f"{image!a} stands in the file twice")
    if sizes is not None and sizes.of(image) is None:
        raise _RefusedError(f"no image {image!a} is in the newest import")


def _boxes(
    file: Path, number: int, image: str, boxes: list[Any], sizes: Sizes | None, report: Report
) -> Iterator[Corners]:
    """The boxes of one image, sorted, without those that are reported."""
    found = set()
    for place, box in enumerate(boxes, start=1):
        try:
            edges = _edges(box)
            _expect_face(edges, sizes.of(image) if sizes is not None else None)
        except _RefusedError as error:
            report.refuse(file, number, f"box {place} of {image!a} {error}")
            continue
        found.add(edges)
    return iter(sorted(found))


def _edges(box: object) -> tuple[float, ...]:
    if not isinstance(box, Mapping):
        raise _RefusedError("is no mapping")
    edges: list[Any] = [box.get(name) for name in EDGES]
    if not all(isinstance(edge, int | float) and not isinstance(edge, bool) for edge in edges):
        raise _RefusedError("lacks one of x0, y0, x1, y1 as a number")
    numbers = tuple(map(float, edges))
    if not all(map(math.isfinite, numbers)):
        raise _RefusedError("has an edge that is not finite")
    return numbers


def _expect_face(edges: tuple[float, ...], size: tuple[int, int] | None) -> None:
    left, top, right, bottom = edges
    if left >= right or top >= bottom:
        raise _RefusedError("has no area")
    width, height = size if size is not None else (math.inf, math.inf)
    if right <= 0 or bottom <= 0 or left >= width or top >= height:
        raise _RefusedError("lies outside its image" + (f" of {width} x {height}" if size is not None else ""))
