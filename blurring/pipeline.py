"""One picture from bytes to bytes: look, decide, write.

Answers: what became of this picture? Exactly one of four things, and never an exception for what
is wrong with the picture itself:

* `unchanged`: no face, and what the file carries beside its pixels is harmless; keep the bytes;
* `cleaned`: no face; the metadata are gone, every coded pixel byte is as it was;
* `blurred`: faces, made unrecognisable; written again in the same format;
* `failed`: with a code; such a picture is in no release.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Final

import cv2
import numpy as np

from blurring import components, files, known, masks, metadata, previews, second_look
from blurring.boxes import Box, to_stored
from blurring.detectors import Detector
from blurring.errors import PictureError
from blurring.known import NOTHING, Known
from blurring.metadata.parts import Cleaned
from blurring.pictures import Picture, upright_rgb
from blurring.recipe import Recipe

# The largest unit that a JPEG codes as a whole, with chroma at half size, and the reach of its interpolation.
BLOCK_PX: Final = 18

STRIP_ROWS: Final = 256  # compared at a time, so that a large picture needs little memory beside itself


class Action(StrEnum):
    """What was done to a picture."""

    UNCHANGED = "unchanged"
    CLEANED = "cleaned"
    BLURRED = "blurred"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one picture.

    Attributes:
        action: which of the four.
        code: why it failed, kebab-case; None otherwise.
        detail: a sentence on the failure; None otherwise.
        boxes: the faces as detected (not grown), in *stored* pixels: EXIF orientation not
            applied, as in the file's own rows and columns. Best first.
        doubtful: what may be faces, likewise; left as they are, for a person to decide.
        left: found, and left because a person decided so; likewise.
        again: what a second look finds in the output, likewise, for a person to decide.
        width: as stored, px; None when it failed.
        height: as stored, px; None when it failed.
        removed: names of the metadata that were taken away, sorted.
        change_outside: the largest difference of any value further than a JPEG's largest block from what the mask
            reaches, measured on the output; None when nothing was blurred, or nothing is that far away.
        output: the new bytes; None when unchanged or failed.
        preview: a small picture for people, see `previews`; None where nobody asked for one, or it failed.
        shown: the output's pixels, where it was opened again to be measured; only for who looks at it next.
        size_bytes: of the output; None when there is none.
    """

    action: Action
    code: str | None = None
    detail: str | None = None
    boxes: tuple[Box, ...] = ()
    doubtful: tuple[Box, ...] = ()
    left: tuple[Box, ...] = ()
    again: tuple[Box, ...] = ()
    width: int | None = None
    height: int | None = None
    removed: tuple[str, ...] = ()
    output: bytes | None = None
    preview: bytes | None = None
    change_outside: int | None = None
    shown: Picture | None = field(default=None, compare=False, repr=False)

    @property
    def faces(self) -> int:
        """How many faces were made unrecognisable."""
        return len(self.boxes)

    @property
    def size_bytes(self) -> int | None:
        """Bytes of the output; None when there is none."""
        return None if self.output is None else len(self.output)


@dataclass(frozen=True, slots=True)
class Opened:
    """One file and its pixels."""

    data: bytes
    picture: Picture


def process(data: bytes, recipe: Recipe, detector: Detector | None) -> Outcome:
    """What the recipe makes of one file: opened, looked at, finished.

    Args:
        data: the whole file.
        recipe: what to do.
        detector: opened for this recipe, see `detectors.open`; None to look for no faces.
    """
    file = opened(data)
    if isinstance(file, Outcome):
        return file
    found = looked([file], detector)[0] if detector is not None else ()
    return finished(file, found, recipe)


def opened(data: bytes) -> Opened | Outcome:
    """The file with its pixels; the outcome where it cannot be opened."""
    try:
        return Opened(data, files.decode(data))
    except PictureError as error:
        return failed(error)


def looked(batch: Sequence[Opened], detector: Detector) -> list[tuple[Box, ...]]:
    """The faces in each file, in stored pixels, best first."""
    found = detector.detect_batch([upright_rgb(file.picture) for file in batch])
    return [_stored(boxes, file.picture) for boxes, file in zip(found, batch, strict=True)]


def finished(file: Opened, found: Sequence[Box], recipe: Recipe, known_boxes: Known = NOTHING) -> Outcome:
    """What becomes of a file in which these faces were found, and of which people know this."""
    picture = file.picture
    zones = known.zones(found, known_boxes, recipe.detector.threshold, picture.width, picture.height)
    try:
        blurs = zones.faces != ()
        outcome = _blurred(file.data, picture, zones.faces, recipe) if blurs else _cleaned(file.data, picture, recipe)
    except PictureError as error:
        return failed(error)
    return replace(outcome, doubtful=zones.doubtful, left=zones.left, width=picture.width, height=picture.height)


def looked_again(file: Opened, outcome: Outcome, recipe: Recipe, second: Detector, known_boxes: Known) -> Outcome:
    """The outcome with what the recipe's second look finds in the output.

    Args:
        file: what the outcome was made from.
        outcome: as `finished` made it.
        recipe: has a second look.
        second: opened for it.
        known_boxes: what people know about the picture.
    """
    look = recipe.second_look
    if look is None or outcome.action is Action.FAILED or not (look.is_for_all or outcome.boxes):
        return outcome
    # Nothing but a blur changes what a picture shows.
    output = outcome.shown or file.picture
    asked = (*outcome.doubtful, *outcome.left)
    return replace(outcome, again=second_look.found_again(output, look, second, known_boxes, asked))


def previewed(file: Opened, outcome: Outcome, recipe: Recipe, *, is_seen: bool) -> Outcome:
    """The outcome with a preview, coarser where no detector has looked; a failure has none."""
    if outcome.action is Action.FAILED:
        return outcome
    hidden = (*outcome.boxes, *outcome.doubtful, *outcome.again)
    return replace(outcome, preview=previews.preview(file.picture, hidden, recipe.obscuring, is_seen=is_seen))


def failed(error: PictureError) -> Outcome:
    """The outcome of a picture that cannot be processed."""
    return Outcome(Action.FAILED, code=error.code, detail=str(error))


def _stored(upright: Sequence[Box], picture: Picture) -> tuple[Box, ...]:
    return tuple(to_stored(box, picture.orientation, picture.width, picture.height) for box in upright)


def _blurred(data: bytes, picture: Picture, boxes: tuple[Box, ...], recipe: Recipe) -> Outcome:
    coded = components.as_coded(picture, data)
    pixels = masks.obscured(coded.pixels, boxes, recipe.obscuring)
    output = files.encode(replace(coded, pixels=pixels), data, recipe.writing)
    shown = files.decode(output)
    return Outcome(
        Action.BLURRED,
        boxes=boxes,
        removed=_cleaned(data, picture, recipe).removed,
        output=output,
        change_outside=_change_outside(picture, shown, boxes, recipe),
        shown=shown,
    )


def _change_outside(before: Picture, after: Picture, boxes: tuple[Box, ...], recipe: Recipe) -> int | None:
    """The largest difference of any value far from the faces; None where nothing is far, or modes differ."""
    if before.pixels.shape != after.pixels.shape:
        return None
    area = masks.area(boxes, recipe.obscuring, before.width, before.height)
    far = masks.untouched(area, before.width, before.height, BLOCK_PX).view(np.uint8)
    largest = None
    for top in range(0, before.height, STRIP_ROWS):
        rows = slice(top, top + STRIP_ROWS)
        if far[rows].any():
            difference = cv2.absdiff(before.pixels[rows], after.pixels[rows])
            largest = max(largest or 0, int(cv2.bitwise_and(difference, difference, mask=far[rows]).max()))
    return largest


def _cleaned(data: bytes, picture: Picture, recipe: Recipe) -> Outcome:
    if picture.format in metadata.CLEANERS:
        cleaned = metadata.cleaned(data, picture.format)
    else:
        # These formats are lossless: written again from their pixels, they lose all the rest.
        cleaned = Cleaned(files.encode(picture, data, recipe.writing), ("rewritten",))
    if not cleaned.removed or cleaned.data == data:
        return Outcome(Action.UNCHANGED)
    return Outcome(Action.CLEANED, removed=cleaned.removed, output=cleaned.data)
