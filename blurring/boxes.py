"""Where a face is: rectangles on a pixel grid, and how they move when a picture is turned.

Answers: how large, how far apart, how do two boxes overlap, where does a box lie once the EXIF
orientation is undone? Refuses to know pixels: it never sees an image.

Two coordinate systems, never mixed: *upright* pixels, as a person sees the picture and as a
detector is shown it, and *stored* pixels, as the file holds them (EXIF orientation not applied).
"""

from dataclasses import dataclass, field, replace
from typing import Self

# EXIF 2.32 §4.6.4: which value of the orientation turns rows into columns.
TRANSPOSED = frozenset({5, 6, 7, 8})


@dataclass(frozen=True, slots=True, order=True)
class Box:
    """A rectangle of half-open pixels: `left <= x < right`, `top <= y < bottom`.

    Attributes:
        left: first column inside.
        top: first row inside.
        right: first column to the right of the box.
        bottom: first row below the box.
        score: how sure the detector is; comparable only within one detector.
        look: how sure one look of it alone was, where that, and not the score of all looks, is why the box is told.
    """

    left: int
    top: int
    right: int
    bottom: int
    score: float = 1.0
    look: float | None = field(default=None, compare=False)

    @property
    def width(self) -> int:
        """Columns inside; not negative."""
        return max(0, self.right - self.left)

    @property
    def height(self) -> int:
        """Rows inside; not negative."""
        return max(0, self.bottom - self.top)

    @property
    def longer_side_px(self) -> int:
        """The longer of width and height: what growth and blur are measured in."""
        return max(self.width, self.height)

    @property
    def area_px(self) -> int:
        """Pixels inside."""
        return self.width * self.height

    def grown(self, fraction: float) -> Self:
        """The box with `fraction` of its longer side added on each of the four sides, rounded up."""
        margin = -int(-fraction * self.longer_side_px // 1)
        return replace(
            self,
            left=self.left - margin,
            top=self.top - margin,
            right=self.right + margin,
            bottom=self.bottom + margin,
        )

    def moved(self, right: int, down: int) -> Self:
        """The box so many pixels further right and down."""
        return replace(
            self, left=self.left + right, top=self.top + down, right=self.right + right, bottom=self.bottom + down
        )

    def clipped(self, width: int, height: int) -> Self:
        """The part of the box inside a picture of `width` times `height` pixels; may be empty."""
        return replace(
            self,
            left=min(max(self.left, 0), width),
            top=min(max(self.top, 0), height),
            right=min(max(self.right, 0), width),
            bottom=min(max(self.bottom, 0), height),
        )

    def intersection_px(self, other: "Box") -> int:
        """Pixels that both boxes hold."""
        columns = min(self.right, other.right) - max(self.left, other.left)
        rows = min(self.bottom, other.bottom) - max(self.top, other.top)
        return max(0, columns) * max(0, rows)

    def overlap(self, other: "Box") -> float:
        """Intersection over union, 0..1; 0 when both are empty."""
        shared = self.intersection_px(other)
        union = self.area_px + other.area_px - shared
        return shared / union if union else 0.0


def to_stored(box: Box, orientation: int, width: int, height: int) -> Box:
    """Where an upright box lies in the stored picture.

    Args:
        box: in upright pixels.
        orientation: the EXIF orientation, 1..8; anything else counts as 1.
        width: of the stored picture, px.
        height: of the stored picture, px.
    """
    left, top, right, bottom = box.left, box.top, box.right, box.bottom
    if orientation in TRANSPOSED:
        left, top, right, bottom = top, left, bottom, right
    if orientation in (2, 3, 7, 8):
        left, right = width - right, width - left
    if orientation in (3, 4, 6, 7):
        top, bottom = height - bottom, height - top
    return replace(box, left=left, top=top, right=right, bottom=bottom)
