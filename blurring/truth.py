"""Judged face boxes: what people say is there.

Answers: which faces does a photograph really show, in whose pixels, and what else is known about them? The form is
`{"boxes": {NAME: [{"label", "x0", "y0", "x1", "y1", ...}]}}`, where NAME is the path below the folder or the bare
file name, and boxes are in stored pixels (EXIF orientation not applied). Label F is a face; any other label is to be
ignored: it counts neither for nor against. A photograph that is not listed has no face.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from pydantic import BaseModel, ConfigDict, ValidationError

from blurring.boxes import Box
from blurring.errors import TruthError

FACE: Final = "F"


class Judged(BaseModel):
    """One judged box.

    Attributes:
        label: F is a face; anything else is to be ignored.
        x0, y0, x1, y1: edges in stored pixels.
        pose: as the judges say it (`frontal`, `profile`); None when they do not.
        occlusion: likewise (`none`, `partly`).
    """

    model_config = ConfigDict(frozen=True, extra="ignore", allow_inf_nan=False)

    label: str
    x0: float
    y0: float
    x1: float
    y1: float
    pose: str | None = None
    occlusion: str | None = None

    @property
    def is_face(self) -> bool:
        """Whether it counts."""
        return self.label == FACE

    @property
    def box(self) -> Box:
        """Its edges, to the nearest pixel."""
        return Box(round(self.x0), round(self.y0), round(self.x1), round(self.y1))


class _Document(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")

    boxes: dict[str, list[Judged]]


@dataclass(frozen=True, slots=True)
class Truth:
    """What is known about a folder of photographs."""

    judged: Mapping[str, tuple[Judged, ...]]

    def of(self, path: str) -> tuple[Judged, ...]:
        """The judged boxes of a photograph, by its path or, failing that, its bare name."""
        found = self.judged.get(path)
        return self.judged.get(path.rpartition("/")[2], ()) if found is None else found


def load(document: bytes) -> Truth:
    """The truth in a JSON document.

    Raises:
        TruthError: it is none.
    """
    try:
        read = _Document.model_validate_json(document)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(step) for step in first["loc"]) or "the document"
        raise TruthError(f"these are no judged boxes: {where}: {first['msg']}") from error
    return Truth({name: tuple(boxes) for name, boxes in read.boxes.items()})
