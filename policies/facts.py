"""What may a rule look at? One frozen record per image; what cannot be known says so."""

from dataclasses import dataclass
from enum import Enum, StrEnum
from typing import Final, Literal

from policies.synsets import is_wnid
from policies.verdicts import Action


class Missing(Enum):
    """Why a fact has no value: unknown is neither true nor false, and pending is not yet unknown."""

    UNKNOWN = "unknown"
    PENDING = "pending"


class Standing(StrEnum):
    """What the cases about an image have come to."""

    NONE = "none"
    HELD = "held"
    UPHELD = "upheld"


UNKNOWN: Final = Missing.UNKNOWN
PENDING: Final = Missing.PENDING


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageFacts:
    """Everything that a rule may look at for one image. What is None has no value, and rules take it as unknown.

    Attributes:
        path: POSIX path in the parent manifest, escaped as manifests escape it.
        label: the class folder, or None for an image that lies in none.
        format: by the bytes, never by the suffix: jpeg, png, gif, bmp, tiff, webp; None when it is none of them.
        width: as stored, in pixels.
        height: as stored, in pixels.
        size_bytes: of the file; None when it could not be read.
        defect: the code of an intake defect or `undecodable`; None when the image is fine.
        faces: how many faces the detector found; PENDING before pixels are looked at.
        largest_face_px: the longer side of the largest of them, 0 where there is none; PENDING as before.
        layer: the labels that each layer of labels gives it, by the layer's name; a layer that says nothing about the
            image is not there, and one that found no label is there without any.
        split: train, val, test, or whatever the variant calls it.
        source_host: where it was found, as the host of its URL.
        source_url: where it was found.
        retrieved_on: the day when it was, as `2011-11-30`.
        licence: what is known of its terms, as an SPDX expression.
        licence_confidence: how sure that is, in whole per cent.
        rights_conflicts: how many pieces of evidence contradict the terms of the dataset.
        votes: how many answers people gave about its label.
        agreement: how many of them agree with it, in whole per cent.
        advisories: codes of known defects that do not keep it from being shown; empty where somebody looked.
        is_held: a reviewer stopped the image until a case is decided.
        is_taken_down: an upheld takedown names the image.
        exception: what somebody has granted for this image in spite of the policy, keep or blur; None where nobody has.
        reviewed: what people decided about it when rules sent it to review, by the reason that the rules gave, in the
            order of the reasons; a decision about one reason is none about another.
    """

    path: str
    label: str | None = None
    format: str | None = None
    width: int | None = None
    height: int | None = None
    size_bytes: int | None = None
    defect: str | None = None
    faces: int | Missing = PENDING
    largest_face_px: int | Missing = PENDING
    layer: tuple[tuple[str, tuple[str, ...]], ...] = ()
    split: str | None = None
    source_host: str | None = None
    source_url: str | None = None
    retrieved_on: str | None = None
    licence: str | None = None
    licence_confidence: int | None = None
    rights_conflicts: int | None = None
    votes: int | None = None
    agreement: int | None = None
    advisories: tuple[str, ...] | None = None
    is_held: bool = False
    is_taken_down: bool = False
    exception: Action | None = None
    reviewed: tuple[tuple[str, Action], ...] = ()

    @property
    def synset(self) -> str | Literal[Missing.UNKNOWN]:
        """The label where it is a WordNet id, else UNKNOWN: words are never keys."""
        if self.label is not None and is_wnid(self.label):
            return self.label
        return UNKNOWN

    @property
    def takedown(self) -> Standing:
        """What its cases have come to; always known."""
        if self.is_taken_down:
            return Standing.UPHELD
        return Standing.HELD if self.is_held else Standing.NONE
