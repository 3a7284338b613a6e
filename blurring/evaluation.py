"""How many faces are missed, and how much else is touched: measured against judged boxes.

Answers: which share of the judged faces does a recipe find, by size, pose and occlusion and by the tone of the skin,
and which share of the photographs without a face does it touch, each with an interval that says how little a small
sample knows? Refuses to look at pictures: it compares boxes.

A face is found when a detection overlaps it by `OVERLAP_MIN`. A photograph without a judged face is faceless, and
touched when anything in it is detected. That a detection covers a doll, a statue or what was too small to judge is
counted apart (`excused`): some would want those blurred.
"""

import math
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final

from blurring.boxes import Box
from blurring.truth import Judged

OVERLAP_MIN: Final = 0.3
# Faces by their longer side, px; the figure that is quoted is that of 16 px and more.
QUOTED_PX: Final = 16
SIZES_PX: Final = (8, 16, 32, 64, 128)
Z_95: Final = 1.959964  # two-sided 95 % of the normal distribution


@dataclass(frozen=True, slots=True)
class Share:
    """A part of a whole."""

    count: int
    total: int

    @property
    def value(self) -> float:
        """The share, 0..1; 0 of nothing."""
        return self.count / self.total if self.total else 0.0

    @property
    def interval(self) -> tuple[float, float]:
        """Between which shares the true one lies with 95 % confidence (Wilson 1927); of nothing, anywhere."""
        if not self.total:
            return 0.0, 1.0
        n, p, z = self.total, self.value, Z_95
        half = z * math.sqrt(p * (1 - p) / n + z * z / (4 * n * n))
        centre, scale = p + z * z / (2 * n), 1 + z * z / n
        return max(0.0, (centre - half) / scale), min(1.0, (centre + half) / scale)


@dataclass(frozen=True, slots=True)
class Photograph:
    """One photograph's judged and detected boxes, in the same pixels.

    Attributes:
        judged: what people say.
        found: detections, doubtful ones too.
        tones: the tone of the skin of each judged box, as `tones.tone` says it; None where it was not measured.
        is_asked: whether a person is asked about anything in it.
    """

    judged: tuple[Judged, ...]
    found: tuple[Box, ...]
    tones: tuple[str | None, ...] = ()
    is_asked: bool = False


@dataclass(frozen=True, slots=True)
class Point:
    """What one threshold comes to.

    Attributes:
        threshold: least score that counts.
        recall: faces found, of all.
        recall_quoted: faces found, of those of 16 px and more.
        touched: faceless photographs with any detection.
        excused: of those, the ones where every detection covers a box that is to be ignored.
    """

    threshold: float
    recall: Share
    recall_quoted: Share
    touched: Share
    excused: int


@dataclass(slots=True)
class _Tally:
    """Counts found and all, by a key, in the order in which keys appear."""

    counts: dict[str, list[int]] = field(default_factory=lambda: defaultdict(lambda: [0, 0]))

    def add(self, key: str, *, is_found: bool) -> None:
        self.counts[key][0] += is_found
        self.counts[key][1] += 1

    def shares(self) -> dict[str, Share]:
        return {key: Share(*self.counts[key]) for key in sorted(self.counts)}


def point(photographs: Sequence[Photograph], threshold: float) -> Point:
    """Recall and over-blur when detections from `threshold` on count."""
    every, quoted, touched, faceless, excused = _Tally(), _Tally(), 0, 0, 0
    for photograph in photographs:
        found = [box for box in photograph.found if box.score >= threshold]
        faces = [judged.box for judged in photograph.judged if judged.is_face]
        for face in faces:
            hit = is_found(face, found)
            every.add("", is_found=hit)
            if face.longer_side_px >= QUOTED_PX:
                quoted.add("", is_found=hit)
        if not faces:
            faceless += 1
            touched += bool(found)
            ignored = [judged.box for judged in photograph.judged]
            excused += bool(found) and all(is_found(box, ignored) for box in found)
    nothing = Share(0, 0)
    recall, recall_quoted = every.shares().get("", nothing), quoted.shares().get("", nothing)
    return Point(threshold, recall, recall_quoted, Share(touched, faceless), excused)


def asked(photographs: Sequence[Photograph]) -> Share:
    """The photographs about which a person is asked, of all."""
    return Share(sum(photograph.is_asked for photograph in photographs), len(photographs))


def shown(photographs: Sequence[Photograph], threshold: float) -> Share:
    """The faces of 16 px and more that are found from `threshold` on, or are in a photograph that a person is shown."""
    tally = _Tally()
    for photograph in photographs:
        found = [box for box in photograph.found if box.score >= threshold]
        for judged in photograph.judged:
            if judged.is_face and judged.box.longer_side_px >= QUOTED_PX:
                tally.add("", is_found=photograph.is_asked or is_found(judged.box, found))
    return tally.shares().get("", Share(0, 0))


def curve(photographs: Sequence[Photograph], thresholds: Iterable[float]) -> list[Point]:
    """One point per threshold, in falling order of threshold: recall and over-blur rise together."""
    return [point(photographs, threshold) for threshold in sorted(set(thresholds), reverse=True)]


def by_size(photographs: Sequence[Photograph], threshold: float) -> dict[str, Share]:
    """Recall by the longer side of the face."""
    return _by(photographs, threshold, lambda judged, _: _size(judged.box.longer_side_px))


def by_pose(photographs: Sequence[Photograph], threshold: float) -> dict[str, Share]:
    """Recall by pose, where the judges said it."""
    return _by(photographs, threshold, lambda judged, _: judged.pose)


def by_occlusion(photographs: Sequence[Photograph], threshold: float) -> dict[str, Share]:
    """Recall by occlusion, where the judges said it."""
    return _by(photographs, threshold, lambda judged, _: judged.occlusion)


def by_tone(photographs: Sequence[Photograph], threshold: float) -> dict[str, Share]:
    """Recall by the measured tone of the region (`blurring.tones`)."""
    return _by(photographs, threshold, lambda _, tone: tone)


def is_found(face: Box, found: Iterable[Box]) -> bool:
    """Whether any of the boxes overlaps the face enough."""
    return any(face.overlap(box) >= OVERLAP_MIN for box in found)


def _by(
    photographs: Sequence[Photograph], threshold: float, key: Callable[[Judged, str | None], str | None]
) -> dict[str, Share]:
    tally = _Tally()
    for photograph in photographs:
        found = [box for box in photograph.found if box.score >= threshold]
        tones = photograph.tones or (None,) * len(photograph.judged)
        for judged, tone in zip(photograph.judged, tones, strict=True):
            group = key(judged, tone) if judged.is_face else None
            if group is not None:
                tally.add(group, is_found=is_found(judged.box, found))
    return tally.shares()


def _size(side: int) -> str:
    lower = max((edge for edge in SIZES_PX if edge <= side), default=0)
    upper = min((edge for edge in SIZES_PX if edge > side), default=None)
    return f"{lower:03}-{upper - 1:03} px" if upper else f"{lower:03} px and more"
