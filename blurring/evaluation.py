"""How many faces are missed, and how much else is touched: measured against judged boxes.

Answers: which share of the judged faces does a detector find, by size and by whatever else the
truth says about them, and which share of the photographs without a face does it touch, each with
an interval that says how little a small sample knows? Refuses to look at pictures: it compares
boxes.

A face is found when a detection overlaps it by `OVERLAP_MIN` (intersection over union). Truth
boxes that are not faces (`ignore`: too small to judge, dolls, statues, drawings) count neither as
missed nor as found, and a detection that covers one is no false alarm. A photograph without a
judged face is faceless, whether it is listed or not.
"""

import json
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from blurring.boxes import Box
from blurring.errors import TruthError

OVERLAP_MIN: Final = 0.3
FACE: Final = "F"
# Faces by their longer side, px; the figure that is quoted is that of 16 px and more.
SIZES_PX: Final = ((0, 16), (16, 32), (32, 64), (64, 128), (128, None))
QUOTED_PX: Final = 16
Z_95: Final = 1.959964  # two-sided 95 % of the normal distribution


@dataclass(frozen=True, slots=True)
class Share:
    """A part of a whole, with its 95 % interval after Wilson (1927)."""

    count: int
    total: int

    @property
    def value(self) -> float:
        """The share, 0..1; 0 of nothing."""
        return self.count / self.total if self.total else 0.0

    @property
    def interval(self) -> tuple[float, float]:
        """Lower and upper bound of the true share; everything is possible when nothing was seen."""
        if not self.total:
            return 0.0, 1.0
        n, p, z = self.total, self.value, Z_95
        centre = p + z * z / (2 * n)
        half = z * math.sqrt(p * (1 - p) / n + z * z / (4 * n * n))
        scale = 1 + z * z / n
        return max(0.0, (centre - half) / scale), min(1.0, (centre + half) / scale)
