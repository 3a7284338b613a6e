"""Is a blurred face still recognised by a program that knows the original?

Answers: of the faces that `face_recognition` recognises, how many does it still recognise after they were obscured,
as they are, sharpened or enlarged? Recognised means: of all originals the face's own is the nearest, and nearer than
0.6, the distance at which the library calls two faces the same. With few originals chance alone recognises some, so
a solid fill, which leaves nothing to recognise, is measured beside every recipe: it is the floor.

Only aggregates come out; no encoding is kept.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from blurring import files, masks
from blurring.boxes import Box
from blurring.detectors import dlib_models
from blurring.engines import Item
from blurring.errors import PictureError, TruthError
from blurring.pictures import upright_rgb
from blurring.recipe import Feather, Mode, Obscuring
from blurring.truth import Truth

SAME_DISTANCE: Final = 0.6
FACE_PX_MIN: Final = 32
FACE_PX: Final = 200  # larger faces are scaled down to this; encodings are made from 150 px
CONTEXT: Final = 1.0  # what is kept around a face, as a part of its longer side
HARMLESS_QUALITY: Final = 75
PAPER: Final = Obscuring(mode=Mode.GAUSSIAN, growth=0.1, sigma=0.1, feather=Feather.THROUGH, softness=0.1)
FLOOR: Final = Obscuring(mode=Mode.SOLID, growth=0.1, sigma=0.1, feather=Feather.OUTSIDE, softness=0.1)

Image = NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Face:
    """A face with a little around it, and where it is in that."""

    image: Image
    box: Box


@dataclass(frozen=True, slots=True)
class Recognised:
    """How many of the faces were recognised, by what the attacker did."""

    faces: int
    by_attack: Mapping[str, int]
    by_any: int


def faces(items: Iterable[Item], truth: Truth) -> list[Face]:
    """The judged faces of a folder that are large enough.

    Raises:
        TruthError: there are fewer than two.
    """
    found: list[Face] = []
    for item in items:
        boxes = [judged.box for judged in truth.of(item.path) if judged.is_face]
        large = [box for box in boxes if box.longer_side_px >= FACE_PX_MIN]
        if not large:
            continue
        try:
            picture = files.decode(Path(item.file).read_bytes())
        except (OSError, PictureError):
            continue
        if picture.orientation == 1:
            found += [_cut(upright_rgb(picture), box) for box in large]
    if len(found) < 2:  # noqa: PLR2004 - one face alone is always the nearest
        raise TruthError(f"an attack needs two judged faces of {FACE_PX_MIN} px or more")
    return found


def recognised(gallery: Sequence[Face], obscuring: Obscuring | None) -> Recognised:
    """How many faces are recognised after they were obscured; None only compresses them, as a copy would."""
    originals = np.array([_encoding(face) for face in gallery])
    counts, by_any = dict.fromkeys(ATTACKS, 0), 0
    for index, face in enumerate(gallery):
        changed = Face(_changed(face, obscuring), face.box)
        hits = {name: _is_nearest(_encoding(attack(changed)), originals, index) for name, attack in ATTACKS.items()}
        by_any += any(hits.values())
        for name, hit in hits.items():
            counts[name] += hit
    return Recognised(len(gallery), counts, by_any)


def _cut(image: Image, box: Box) -> Face:
    part = box.grown(CONTEXT).clipped(image.shape[1], image.shape[0])
    cut = image[part.top : part.bottom, part.left : part.right]
    factor = min(1.0, FACE_PX / box.longer_side_px)
    size = max(1, round(part.width * factor)), max(1, round(part.height * factor))
    inside = box.moved(-part.left, -part.top)
    edges = (round(edge * factor) for edge in (inside.left, inside.top, inside.right, inside.bottom))
    return Face(np.asarray(cv2.resize(cut, size, interpolation=cv2.INTER_AREA), dtype=np.uint8), Box(*edges))


def _changed(face: Face, obscuring: Obscuring | None) -> Image:
    if obscuring is not None:
        return np.asarray(masks.obscured(face.image, [face.box], obscuring), dtype=np.uint8)
    _, copy = cv2.imencode(".jpg", face.image, [cv2.IMWRITE_JPEG_QUALITY, HARMLESS_QUALITY])
    return np.asarray(cv2.imdecode(copy, cv2.IMREAD_COLOR), dtype=np.uint8)


def _encoding(face: Face) -> NDArray[np.float64]:
    where = [(face.box.top, face.box.right, face.box.bottom, face.box.left)]
    encodings = dlib_models.models().face_encodings(np.ascontiguousarray(face.image), where)
    return np.asarray(encodings[0], dtype=np.float64)


def _is_nearest(encoding: NDArray[np.float64], originals: NDArray[np.float64], index: int) -> bool:
    distances = np.linalg.norm(originals - encoding, axis=1)
    return bool(distances[index] < SAME_DISTANCE and distances.argmin() == index)


def _as_it_is(face: Face) -> Face:
    return face


def _sharpened(face: Face) -> Face:
    """Unsharp masking at the scale of the features that a blur takes away."""
    soft = cv2.GaussianBlur(face.image, (0, 0), 1 + face.box.longer_side_px / 15)
    return Face(np.asarray(cv2.addWeighted(face.image, 4, soft, -3, 0), dtype=np.uint8), face.box)


def _enlarged(face: Face) -> Face:
    large = cv2.resize(face.image, None, fx=2, fy=2, interpolation=cv2.INTER_CUBIC)
    box = face.box
    return Face(np.asarray(large, dtype=np.uint8), Box(2 * box.left, 2 * box.top, 2 * box.right, 2 * box.bottom))


ATTACKS: Final[Mapping[str, Callable[[Face], Face]]] = {
    "as it is": _as_it_is,
    "sharpened": _sharpened,
    "enlarged": _enlarged,
}
