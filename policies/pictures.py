"""How are images spread over classes before a policy and after it? One picture, drawn as plain SVG.

Classes stand from the largest to the smallest; the upper line is what there was, the full area is what certainly stays,
and between them lies what goes or has to be looked at. No script, no style: it shows wherever pictures may be shown.
"""

from collections.abc import Iterator, Sequence
from xml.sax.saxutils import escape

from policies.impact import ClassImpact

WIDTH, HEIGHT, MARGIN = 720, 240, 40
COLUMNS = 360
BEFORE, MAY_STAY, STAYS, INK = "#9aa5b1", "#f0b429", "#2f6f4f", "#222"


def distribution(classes: Sequence[ClassImpact], title: str) -> str:
    """The picture; with many classes each column is the mean of several neighbours."""
    ordered = sorted(classes, key=lambda found: (-found.total, found.label or ""))
    columns = list(_columns(ordered))
    most = max((column[0] for column in columns), default=0.0) or 1.0
    drawn = "".join(
        f'<polygon points="{_outline([column[place] for column in columns], most)}" fill="{colour}"/>'
        for place, colour in ((0, BEFORE), (1, MAY_STAY), (2, STAYS))
    )
    legend = "".join(
        f'<rect x="{MARGIN + 190 * place}" y="{HEIGHT - 14}" width="10" height="10" fill="{colour}"/>'
        f'<text x="{MARGIN + 190 * place + 14}" y="{HEIGHT - 5}">{words}</text>'
        for place, (colour, words) in enumerate(
            ((BEFORE, "goes"), (MAY_STAY, "depends on what is found"), (STAYS, "certainly stays"))
        )
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" font-size="11" '
        f'font-family="sans-serif" fill="{INK}"><title>{escape(title)}</title>'
        f'<text x="{MARGIN}" y="14">{escape(title)}</text><text x="2" y="34">{most:,.0f}</text>{drawn}{legend}</svg>'
    )


def _columns(ordered: Sequence[ClassImpact]) -> Iterator[tuple[float, float, float]]:
    """For each column the mean of before, of what may stay, and of what certainly stays."""
    count = min(COLUMNS, len(ordered))
    for place in range(count):
        part = ordered[place * len(ordered) // count : (place + 1) * len(ordered) // count]
        total, may_stay, stays = (
            sum(getattr(found, name) for found in part) / len(part) for name in ("total", "may_stay", "stays")
        )
        yield total, may_stay, stays


def _outline(heights: Sequence[float], most: float) -> str:
    """The steps of a column chart, and back along its foot."""
    foot, top = HEIGHT - 24, 28
    width = (WIDTH - 2 * MARGIN) / max(len(heights), 1)
    points = [f"{MARGIN},{foot}"]
    for place, height in enumerate(heights):
        y = foot - (foot - top) * height / most
        points += [f"{MARGIN + place * width:.1f},{y:.1f}", f"{MARGIN + (place + 1) * width:.1f},{y:.1f}"]
    return " ".join([*points, f"{WIDTH - MARGIN},{foot}"])
