"""Recall against over-blur, drawn as an SVG picture that needs no library and loads nothing.

Answers: what does each threshold buy, and how do recipes compare?
"""

from collections.abc import Mapping, Sequence
from html import escape
from typing import Final

from blurring.evaluation import QUOTED_PX, Point

WIDTH: Final = 640
HEIGHT: Final = 440
MARGIN: Final = 56
TOUCHED_MAX: Final = 0.3
TICKS: Final = 6
# Dark on white, told apart by people who see colours differently (Okabe and Ito 2008).
COLOURS: Final = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#56b4e9", "#e69f00")


def drawn(curves: Mapping[str, Sequence[Point]]) -> str:
    """One line per recipe: faces found (solid: of 16 px and more; dashed: all) over faceless photographs touched."""
    parts = [_frame()]
    for index, (name, points) in enumerate(curves.items()):
        colour = COLOURS[index % len(COLOURS)]
        shown = [p for p in points if p.touched.value <= TOUCHED_MAX]
        parts.append(_line([(p.touched.value, p.recall_quoted.value) for p in shown], colour, ""))
        parts.append(_line([(p.touched.value, p.recall.value) for p in shown], colour, ' stroke-dasharray="5 4"'))
        place = f'x="{WIDTH - MARGIN - 150}" y="{HEIGHT - MARGIN - 16 - 18 * index}"'
        parts.append(f'<text {place} fill="{colour}">{escape(name)}</text>')
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" font-family="sans-serif" '
        f'font-size="13">{"".join(parts)}</svg>\n'
    )


def _frame() -> str:
    parts = [f'<rect width="{WIDTH}" height="{HEIGHT}" fill="white"/>']
    for tick in range(TICKS):
        part = tick / (TICKS - 1)
        (x, _), (_, y) = _place(part * TOUCHED_MAX, 0), _place(0, part)
        parts.append(f'<path d="M{x} {MARGIN}V{HEIGHT - MARGIN}M{MARGIN} {y}H{WIDTH - MARGIN}" stroke="#ddd"/>')
        parts.append(f'<text x="{x}" y="{HEIGHT - MARGIN + 18}" text-anchor="middle">{part * TOUCHED_MAX:.0%}</text>')
        parts.append(f'<text x="{MARGIN - 8}" y="{y + 4}" text-anchor="end">{part:.0%}</text>')
    parts.append(f'<text x="{WIDTH / 2}" y="{HEIGHT - 12}" text-anchor="middle">faceless photographs touched</text>')
    parts.append(f'<text x="{MARGIN}" y="24">faces found: solid of {QUOTED_PX} px and more, dashed of any size</text>')
    return "".join(parts)


def _line(places: Sequence[tuple[float, float]], colour: str, extra: str) -> str:
    points = " ".join("{},{}".format(*_place(touched, recall)) for touched, recall in places)
    return f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="2"{extra}/>'


def _place(touched: float, recall: float) -> tuple[float, float]:
    x = MARGIN + touched / TOUCHED_MAX * (WIDTH - 2 * MARGIN)
    return round(x, 1), round(HEIGHT - MARGIN - recall * (HEIGHT - 2 * MARGIN), 1)
