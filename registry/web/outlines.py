"""How is a box drawn over a picture that browsers turn upright? As SVG in the pixels of the file, turned alike."""

from dataclasses import dataclass

from registry.catalogue.entries import Format, SourceEntry

# EXIF 2.32 §4.6.4: which orientations turn rows into columns.
_TURNED = frozenset({5, 6, 7, 8})
RULER_STEPS = (20, 50, 100, 200, 500, 1000, 2000, 5000)
RULER_MARKS = 10


@dataclass(frozen=True, slots=True)
class Outline:
    """What an SVG over a picture needs.

    Attributes:
        width, height: of the picture as people see it, px.
        stored_width, stored_height: of the picture as its file stores it, px.
        transform: from stored pixels to those that people see, as SVG writes it.
        step: stored pixels between two marks of the ruler.
    """

    width: int
    height: int
    stored_width: int
    stored_height: int
    transform: str
    step: int


def outline(entry: SourceEntry) -> Outline:
    """How boxes of an image are drawn over it."""
    width, height = entry.width or 1, entry.height or 1
    # Boxes of a TIFF are in the pixels as people see them: it is turned when it is opened.
    orientation = 1 if entry.format is Format.TIFF else entry.orientation or 1
    seen = (height, width) if orientation in _TURNED else (width, height)
    step = next((step for step in RULER_STEPS if max(width, height) / step <= RULER_MARKS), RULER_STEPS[-1])
    return Outline(*seen, width, height, _transform(orientation, width, height), step)


def _transform(orientation: int, width: int, height: int) -> str:
    matrices = {
        2: (-1, 0, 0, 1, width, 0),
        3: (-1, 0, 0, -1, width, height),
        4: (1, 0, 0, -1, 0, height),
        5: (0, 1, 1, 0, 0, 0),
        6: (0, 1, -1, 0, height, 0),
        7: (0, -1, -1, 0, height, width),
        8: (0, -1, 1, 0, 0, width),
    }
    return f"matrix({' '.join(map(str, matrices.get(orientation, (1, 0, 0, 1, 0, 0))))})"
