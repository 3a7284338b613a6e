"""What was done to each picture, one line of JSON each: for people, for other tools, and to go on after a stop.

Answers: what became of this file, where were faces, how sure is that, and which recipe did it? Boxes are
half-open pixels of the *stored* picture (EXIF orientation not applied), as detected, before they are grown.
"""

import os
from collections.abc import Iterable, Iterator
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Annotated, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from blurring.boxes import Box
from blurring.engines import Item, ItemResult
from blurring.errors import ReportError
from blurring.known import Known, astray
from blurring.pipeline import Action, Outcome
from blurring.recipe import DetectorChoice, Recipe

TAIL_BYTES: Final = 1 << 16

Digest = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


class Zone(StrEnum):
    """What follows from a box: pixels are changed, a person is asked, or nothing because a person said so."""

    BLUR = "blur"
    REVIEW = "review"
    LEAVE = "leave"


class Origin(StrEnum):
    """Who says that a face may be here: the detector, one look of it, the second look, or people.

    People are those who decided, or who published boxes.
    """

    DETECTOR = "detector"
    ONE_LOOK = "one-look"
    SECOND_LOOK = "second-look"
    KNOWN = "known"


class ReportBox(BaseModel):
    """One detection, in stored pixels.

    Attributes:
        score: how sure whoever says so is.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    left: int
    top: int
    right: int
    bottom: int
    score: float
    zone: Zone
    origin: Origin = Origin.DETECTOR


class Looker(BaseModel):
    """A detector, and the digest of what it learned."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    weights: str


class ReportLine(BaseModel):
    """What became of one file.

    Attributes:
        format: the version of this document.
        path: below the source folder.
        sha256: hex, of the source; None where it could not be read.
        action: unchanged, cleaned, blurred or failed.
        code: why it failed; None otherwise.
        width: as stored, px; None when it failed.
        height: as `width`.
        boxes: where faces are or may be, by zone.
        removed: metadata that were taken away.
        change_outside: as in `Outcome`.
        output_sha256: hex, of the file in the target folder; None when there is none.
        recipe: digest of the recipe.
        device: where faces were looked for.
        detector: who looked; None in reports of before.
        second_look: who looked again at what was blurred; None for nobody.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    format: Literal["accession/blur-report/v1"] = "accession/blur-report/v1"
    path: str
    sha256: Digest | None
    action: Action
    code: str | None = None
    width: int | None = None
    height: int | None = None
    boxes: tuple[ReportBox, ...] = ()
    removed: tuple[str, ...] = ()
    change_outside: int | None = None
    output_sha256: str | None = None
    recipe: str
    device: str
    detector: Looker | None = None
    second_look: Looker | None = None


def line(item: Item, result: ItemResult, recipe: Recipe, device: str) -> ReportLine:
    """The report on one result."""
    outcome = result.outcome
    unchanged = item.sha256 if outcome.action is Action.UNCHANGED else None
    return ReportLine(
        path=item.path,
        sha256=item.sha256,
        action=outcome.action,
        code=outcome.code,
        width=outcome.width,
        height=outcome.height,
        boxes=boxes(outcome, item.known),
        removed=outcome.removed,
        change_outside=outcome.change_outside,
        output_sha256=result.output_sha256 or unchanged,
        recipe=_digest(recipe),
        device=device,
        detector=_looker(recipe.detector),
        second_look=_looker(recipe.second_look.detector) if recipe.second_look is not None else None,
    )


def boxes(outcome: Outcome, known: Known) -> tuple[ReportBox, ...]:
    """Every box of an outcome with its zone and its origin: blurred ones first, in the order of the detector."""
    asked = astray(known, outcome.width or 0, outcome.height or 0)
    return (
        *_zoned(outcome.boxes, Zone.BLUR, known.faces),
        *_zoned(outcome.doubtful, Zone.REVIEW, asked),
        *_zoned(outcome.left, Zone.LEAVE),
        *_zoned(outcome.again, Zone.REVIEW, origin=Origin.SECOND_LOOK),
    )


def read(path: Path) -> Iterator[ReportLine]:
    """The lines of a report; a last line that was being written when the power went is not one.

    Raises:
        ReportError: a line is no line of a report.
    """
    with path.open("rb") as file:
        for number, text in enumerate(file, start=1):
            if not text.endswith(b"\n"):
                return
            try:
                yield ReportLine.model_validate_json(text)
            except ValidationError as error:
                raise ReportError(f"line {number} of {path.name} is no line of a blur report") from error


def whole_bytes(path: Path) -> int:
    """How many bytes of a report are whole lines; reads as little of its end as shows that."""
    with path.open("rb") as file:
        end = file.seek(0, os.SEEK_END)
        while end > 0:
            start = max(0, end - TAIL_BYTES)
            file.seek(start)
            newline = file.read(end - start).rfind(b"\n")
            if newline >= 0:
                return start + newline + 1
            end = start
    return 0


@cache
def _digest(recipe: Recipe) -> str:
    return recipe.digest()


def _looker(choice: DetectorChoice) -> Looker:
    return Looker(name=choice.name, weights=choice.weights)


def _zoned(
    found: Iterable[Box], zone: Zone, known: Iterable[Box] = (), origin: Origin = Origin.DETECTOR
) -> Iterator[ReportBox]:
    places = {(box.left, box.top, box.right, box.bottom) for box in known}
    for box in found:
        is_known = (box.left, box.top, box.right, box.bottom) in places
        seen_by = origin if box.look is None else Origin.ONE_LOOK
        yield ReportBox(
            left=box.left,
            top=box.top,
            right=box.right,
            bottom=box.bottom,
            score=round(box.score if box.look is None else box.look, 4),
            zone=zone,
            origin=Origin.KNOWN if is_known else seen_by,
        )
