"""What exactly is done to pixels: a published, immutable document with a digest.

Answers: which detector with which weights and thresholds, how far are boxes grown, how are they
made unrecognisable, how is the picture written again? A release names its recipe by digest.
Refuses unknown keys: a recipe that cannot be understood completely is not followed at all.
"""

import hashlib
from collections.abc import Mapping
from enum import StrEnum
from importlib import resources
from pathlib import Path
from typing import Annotated, Literal, Self

import rfc8785
from pydantic import BaseModel, ConfigDict, Field, PrivateAttr, ValidationError, model_validator
from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from blurring.errors import RecipeError

SHIPPED = "blurring.data"
RECIPE_BYTES_MAX = 64 * 1024

Digest = Annotated[str, Field(pattern=r"^sha256:[0-9a-f]{64}$")]
Fraction = Annotated[float, Field(ge=0, le=2)]


class Part(BaseModel):
    """Frozen, and without room for keys that nobody has defined."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class DlibHog(Part):
    """dlib's frontal detector on histograms of oriented gradients.

    Attributes:
        weights: digest of the detector as dlib writes it to a file; it is compiled into dlib.
        upsampling: how many times the picture is doubled before looking; 80 px faces without.
        threshold: least score; 0 is dlib's own.
        picture_px_max: larger pictures are scaled down to this many pixels for detection only.
    """

    name: Literal["dlib-hog"]
    weights: Digest
    upsampling: int = Field(ge=0, le=3)
    threshold: float
    picture_px_max: int = Field(gt=0)


class DlibCnn(Part):
    """dlib's max-margin convolutional detector; attributes as for `DlibHog`."""

    name: Literal["dlib-cnn"]
    weights: Digest
    upsampling: int = Field(ge=0, le=3)
    threshold: float
    picture_px_max: int = Field(gt=0)


class Precision(StrEnum):
    """In which numbers a network computes."""

    F32 = "f32"
    BF16 = "bf16"


class Look(StrEnum):
    """Which way round a picture is looked at."""

    PLAIN = "plain"
    MIRRORED = "mirrored"


class Scale(Part):
    """One size in which the picture is looked at, and how much it counts.

    Attributes:
        scale: sides of the view as a part of the picture's.
        looks: which ways round.
        weight: coefficient of the mean log-odds of this scale's looks.
        weight_by_size: what is added to `weight` per unit of the logarithm of the face's size.
    """

    scale: float = Field(gt=0, le=4)
    looks: tuple[Look, ...] = Field(min_length=1, max_length=2)
    weight: float
    weight_by_size: float


class Fusion(Part):
    """How the looks become one probability (`blurring.detectors.fusion`).

    Attributes:
        scales: the looks. The first look of the first scale is taken at every picture.
        gate: the other looks are taken only where the first saw anything that scored so much; elsewhere no face is.
        confirm: the looks in other scales are taken only where every look of the first scale saw anything that scored
            so much; elsewhere they count as if they saw nothing. None to take them always. Unsaid, it is no part of the
            digest, as `CenterFace.doubt`.
        overlap_min: detections that overlap a better one by this much are the same face.
        floor: the least score that a look reports, and what one that saw nothing counts as.
        seed_min: at least one look must have scored this much.
        bias: constant term.
        size: coefficient of the logarithm of the longer side over 16 px.
        size_squared: coefficient of its square.
    """

    scales: tuple[Scale, ...] = Field(min_length=1, max_length=6)
    gate: float = Field(ge=0, lt=1)
    confirm: float | None = Field(default=None, ge=0, lt=1, exclude_if=lambda confirm: confirm is None)
    overlap_min: float = Field(gt=0, lt=1)
    floor: float = Field(gt=0, lt=1)
    seed_min: float = Field(gt=0, lt=1)
    bias: float
    size: float
    size_squared: float


class Zoned(Part):
    """A detector whose scores fall in three zones.

    Attributes:
        threshold: least score at which a box is blurred.
        review: least score at which a box is doubtful; below, it is left.
        picture_px_max: larger pictures are looked at as if they had this many pixels.
    """

    threshold: float = Field(gt=0, le=1)
    review: float = Field(gt=0, le=1)
    picture_px_max: int = Field(gt=0)

    @model_validator(mode="after")
    def _zones_in_order(self) -> Self:
        if self.review > self.threshold:
            raise ValueError("review must not be above threshold")
        return self


class Doubt(Part):
    """About which boxes a person is asked, of those that are not blurred.

    Attributes:
        side_px: longer side of the smallest one; those below are left.
        look: the least score of a single look for which one is doubtful although all looks together say less than
            `review`.
    """

    side_px: int = Field(ge=0)
    look: float = Field(gt=0, le=1)


class CenterFace(Zoned):
    """CenterFace in one or more scales; scores are probabilities.

    Attributes:
        weights: digest of the ONNX file.
        precision: in which numbers it computes.
        fusion: how the looks become one probability.
        view_px_max: no look is at more pixels than this, whatever its scale: it bounds the memory.
        doubt: which boxes are doubtful; None for all that reach `review`. Unsaid, it is no part of the digest, which
            recipes had before anybody could say it.
    """

    name: Literal["centerface"]
    weights: Digest
    precision: Precision
    fusion: Fusion
    view_px_max: int = Field(gt=0)
    doubt: Doubt | None = Field(default=None, exclude_if=lambda doubt: doubt is None)


class Yunet(Zoned):
    """YuNet (Wu et al. 2023), from a file that the user has.

    Attributes:
        weights: digest of the ONNX file.
        overlap_max: of boxes that overlap by this much, the best stays.
    """

    name: Literal["yunet"]
    weights: Digest
    overlap_max: float = Field(gt=0, lt=1)


class Scrfd(Zoned):
    """SCRFD (Guo et al. 2021), from a file that the user has.

    Attributes:
        weights: digest of the ONNX file.
        precision: in which numbers it computes.
        overlap_max: as for `Yunet`.
    """

    name: Literal["scrfd"]
    weights: Digest
    precision: Precision
    overlap_max: float = Field(gt=0, lt=1)


DetectorChoice = Annotated[DlibHog | DlibCnn | CenterFace | Yunet | Scrfd, Field(discriminator="name")]


class SecondLook(Part):
    """Who looks at the outputs once faces are blurred; what is found again goes to a person.

    Attributes:
        detector: another one, or the same in another scale; its threshold is the least score that is told.
        is_for_all: whether it looks at every picture, or only at those in which something was blurred.
    """

    detector: DetectorChoice
    is_for_all: bool = False


class Mode(StrEnum):
    """How the pixels of a face are made unrecognisable."""

    GAUSSIAN = "gaussian"
    PIXELATE = "pixelate"
    SOLID = "solid"
    STRONG = "strong"


class Feather(StrEnum):
    """Where the change fades out.

    `THROUGH` fades on both sides of the grown box's edge, as Yang et al. 2022 publish it, so a
    little of the original shows inside; `OUTSIDE` fades only beyond the edge.
    """

    THROUGH = "through"
    OUTSIDE = "outside"


class Obscuring(Part):
    """How boxes become unrecognisable.

    Attributes:
        mode: what is done.
        growth: part of a box's longer side added on each side.
        sigma: standard deviation of the blur, as a part of the largest box's longer side.
        feather: where the change fades out.
        softness: standard deviation of the fading, as a part of the largest box's longer side.
        cells: how many values along the longer side of a box are left of it; for pixelate and strong.
    """

    mode: Mode
    growth: Fraction
    sigma: Fraction
    feather: Feather
    softness: Fraction
    cells: int = Field(default=8, ge=1, le=64)


class Writing(Part):
    """How a changed picture is written.

    Attributes:
        jpeg_quality: used where the source has no quantisation tables of its own to follow.
    """

    jpeg_quality: int = Field(ge=1, le=100)


class Measured(Part):
    """How well the recipe finds faces, counted on judged photographs that it was not fitted on (docs/blurring.md).

    Attributes:
        photographs: on which ones.
        faces: judged faces of any size.
        found: how many of them it blurs.
        faces_16_px: judged faces of 16 px and more.
        found_16_px: how many of them it blurs.
        faceless: photographs without a judged face.
        touched: how many of them it changes.
    """

    photographs: str
    faces: int = Field(gt=0)
    found: int = Field(ge=0)
    faces_16_px: int = Field(gt=0)
    found_16_px: int = Field(ge=0)
    faceless: int = Field(gt=0)
    touched: int = Field(ge=0)


class Recipe(Part):
    """Version 1 of the recipe document.

    Attributes:
        detector: what looks for faces.
        obscuring: what is done to them.
        writing: how the picture is written.
        second_look: who looks at the outputs; None for nobody.
        measured: what is known about its recall; None when nobody has measured it.
    """

    format: Literal["accession/recipe/v1"]
    name: str = Field(pattern=r"^[a-z0-9][a-z0-9.-]{0,63}$")
    detector: DetectorChoice
    obscuring: Obscuring
    writing: Writing
    second_look: SecondLook | None = None
    measured: Measured | None = None
    _files: dict[str, Path] = PrivateAttr(default_factory=dict)

    @property
    def files(self) -> Mapping[str, Path]:
        """Where weights that the user brought lie on this machine, by digest; no part of the document."""
        return self._files

    def with_files(self, files: Mapping[str, Path]) -> Self:
        """The recipe, knowing where the weights lie that it names."""
        copy = self.model_copy()
        copy._files = dict(files)  # noqa: SLF001 - our own copy
        return copy

    def supplied_weights(self) -> list[str]:
        """Digests of the weights that the user has to bring, in the order in which they are needed."""
        looks = [self.detector, *([self.second_look.detector] if self.second_look else [])]
        return list(dict.fromkeys(look.weights for look in looks if isinstance(look, Yunet | Scrfd)))

    def again(self) -> Self | None:
        """The recipe as the second look follows it; None where nobody looks again."""
        if self.second_look is None:
            return None
        return self.model_copy(update={"detector": self.second_look.detector, "second_look": None})

    def digest(self) -> str:
        """`sha256:<hex>` of the canonical JSON (RFC 8785) of everything in the recipe."""
        canonical = rfc8785.dumps(self.model_dump(mode="json"))
        return "sha256:" + hashlib.sha256(canonical).hexdigest()


def load(document: bytes) -> Recipe:
    """The recipe in a YAML or JSON document.

    Raises:
        RecipeError: it is too long, no YAML, or not a recipe of a known version.
    """
    if len(document) > RECIPE_BYTES_MAX:
        raise RecipeError(f"a recipe has at most {RECIPE_BYTES_MAX} bytes")
    try:
        return Recipe.model_validate(YAML(typ="safe", pure=True).load(document))
    except (YAMLError, UnicodeDecodeError, RecursionError) as error:
        raise RecipeError("this recipe is not YAML or JSON") from error
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(step) for step in first["loc"]) or "the document"
        raise RecipeError(f"this is not a recipe: {where}: {first['msg']}") from error


def names() -> list[str]:
    """The names of the recipes that come with the software, sorted."""
    files = resources.files(SHIPPED).iterdir()
    return sorted(file.name.removesuffix(".yaml") for file in files if file.name.endswith(".yaml"))


def named(name: str) -> Recipe:
    """The shipped recipe of that name.

    Raises:
        RecipeError: there is none.
    """
    if name not in names():
        raise RecipeError(f"there is no recipe {name}; there are: {', '.join(names())}")
    return load(resources.files(SHIPPED).joinpath(f"{name}.yaml").read_bytes())
