"""What may a rule look at? One frozen record per image; what cannot be known says so."""

from dataclasses import dataclass
from enum import Enum
from typing import Final, Literal

from policies.synsets import is_wnid
from policies.verdicts import Action


class Missing(Enum):
    """Why a fact has no value: unknown is neither true nor false, and pending is not yet unknown."""

    UNKNOWN = "unknown"
    PENDING = "pending"


UNKNOWN: Final = Missing.UNKNOWN
PENDING: Final = Missing.PENDING


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageFacts:
    """Everything that a rule may look at for one image. `None` means: looked for, and the image has none.

    Attributes:
        path: POSIX path in the parent manifest, escaped as manifests escape it.
        label: the class folder, or None for an image that lies in none.
        format: by the bytes, never by the suffix: jpeg, png, gif, bmp, tiff, webp; None when it is none of them.
        width: as stored, in pixels.
        height: as stored, in pixels.
        size_bytes: of the file; None when it could not be read.
        defect: the code of an intake defect or `undecodable`; None when the image is fine.
        faces: how many faces the detector found; PENDING before pixels are looked at.
        is_held: a reviewer stopped the image until a case is decided.
        is_taken_down: an upheld takedown names the image.
        reviewed: what a person decided about it when a rule sent it to review; None when nobody has.
    """

    path: str
    label: str | None = None
    format: str | None = None
    width: int | None = None
    height: int | None = None
    size_bytes: int | None = None
    defect: str | None = None
    faces: int | Missing = PENDING
    is_held: bool = False
    is_taken_down: bool = False
    reviewed: Action | None = None

    @property
    def synset(self) -> str | Literal[Missing.UNKNOWN]:
        """The label where it is a WordNet id, else UNKNOWN: words are never keys."""
        if self.label is not None and is_wnid(self.label):
            return self.label
        return UNKNOWN
