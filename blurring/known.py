"""What is known about the faces of a picture before anybody looks: what people have decided, what was published.

Answers: which of a detector's boxes are blurred, which wait for a person, and which are left, once decided boxes have
had their say? Refuses to let a detector overrule a person, and to let one decision reach further than its box.

Laws: every known face is blurred, whatever the detector says; one that cannot be, because its box has no part in the
picture, is a question about the whole picture; a detection is left only where a person has decided about that very
place; the answer does not depend on the order of the known boxes.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from blurring.boxes import Box

# Two boxes that overlap by this much (intersection over union) are about the same face.
SAME_MIN: Final = 0.5


@dataclass(frozen=True, slots=True)
class Known:
    """Boxes in stored pixels, and whether a detector is asked besides.

    Attributes:
        faces: are blurred.
        left: a person decided that these are none, or that they are elsewhere; they are not blurred.
        hidden: a person decided that what a second look still finds here is not recognisable.
        is_detected: whether a detector looks too; without, the known boxes are all there is.
    """

    faces: tuple[Box, ...] = ()
    left: tuple[Box, ...] = ()
    hidden: tuple[Box, ...] = ()
    is_detected: bool = True


NOTHING: Final = Known()


@dataclass(frozen=True, slots=True)
class Zones:
    """The boxes of one picture by what follows from them, each in the order in which it was found.

    Attributes:
        faces: blurred; known ones first.
        doubtful: a person is asked; first about the whole picture, where a known face is not in it.
        left: found, and left because a person said so.
    """

    faces: tuple[Box, ...]
    doubtful: tuple[Box, ...]
    left: tuple[Box, ...]


def zones(found: Sequence[Box], known: Known, threshold: float, width: int, height: int) -> Zones:
    """What follows from each box of a picture.

    Args:
        found: by a detector, in stored pixels.
        known: what people know; it overrides the detector.
        threshold: the least score at which a detection is blurred.
        width: of the picture as stored, px.
        height: likewise.
    """
    clipped = (box.clipped(width, height) for box in known.faces)
    faces = [box for box in clipped if box.area_px]
    doubtful: list[Box] = [box for box in astray(known, width, height) if not is_among(box, (*faces, *known.left))]
    left: list[Box] = []
    for box in found:
        if is_among(box, known.faces):
            continue
        if is_among(box, known.left):
            left.append(box)
        else:
            (faces if box.score >= threshold else doubtful).append(box)
    return Zones(tuple(faces), tuple(doubtful), tuple(left))


def astray(known: Known, width: int, height: int) -> tuple[Box, ...]:
    """The whole picture, where a known face has no part in it: a face may then be anywhere, and stays unblurred."""
    if all(box.clipped(width, height).area_px for box in known.faces):
        return ()
    return (Box(0, 0, width, height),)


def is_among(box: Box, others: Iterable[Box]) -> bool:
    """Whether one of the others is about the same face."""
    return any(box.overlap(other) >= SAME_MIN for other in others)
