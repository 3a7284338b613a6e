"""What was done to each picture, one line of JSON each: for people, for other tools, and to go on after a stop.

Answers: what became of this file, where were faces, how sure is that, and which recipe did it? Boxes are
half-open pixels of the *stored* picture (EXIF orientation not applied), as detected, before they are grown.
"""

from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from blurring.boxes import Box
from blurring.engines import Item, ItemResult
from blurring.errors import ReportError
from blurring.pipeline import Action


class Zone(StrEnum):
    """What a score leads to: pixels are changed, or a person is asked."""

    BLUR = "blur"
    REVIEW = "review"


class ReportBox(BaseModel):
    """One detection, in stored pixels."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    left: int
    top: int
    right: int
    bottom: int
    score: float
    zone: Zone


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
        boxes: the detections of the zones blur and review.
        removed: metadata that were taken away.
        change_outside: as in `Outcome`.
        output_sha256: hex, of the file in the target folder; None when there is none.
        recipe: digest of the recipe.
        device: where faces were looked for.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    format: Literal["accession/blur-report/v1"] = "accession/blur-report/v1"
    path: str
    sha256: str | None
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


def line(item: Item, result: ItemResult, recipe_digest: str, device: str) -> ReportLine:
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
        boxes=(*_zoned(outcome.boxes, Zone.BLUR), *_zoned(outcome.doubtful, Zone.REVIEW)),
        removed=outcome.removed,
        change_outside=outcome.change_outside,
        output_sha256=result.output_sha256 or unchanged,
        recipe=recipe_digest,
        device=device,
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
    """How many bytes of a report are whole lines."""
    data = path.read_bytes()
    return data.rfind(b"\n") + 1


def _zoned(boxes: tuple[Box, ...], zone: Zone) -> Iterator[ReportBox]:
    for box in boxes:
        yield ReportBox(
            left=box.left, top=box.top, right=box.right, bottom=box.bottom, score=round(box.score, 4), zone=zone
        )
