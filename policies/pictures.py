"""How are images spread over classes before a policy and after it? One picture, drawn as plain SVG.

Classes stand in three groups: those that lose nothing, those that may lose images, and those of which nothing is left;
in each group from the largest to the smallest. A group is never too narrow to be seen, however few it has. The upper
edge is what there was; what certainly stays stands at the foot, and between them is what goes or has to be looked at.
No script, no style: it shows wherever pictures may be shown, in the colour of the text around it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape

from policies.impact import ClassImpact

WIDTH, HEIGHT, MARGIN = 720, 310, 46
TOP, FOOT = 34, 214
GAP, NARROWEST, PER_COLUMN = 10, 8, 1.5
LINE = 17
BEFORE, MAY_STAY, STAYS = "#9aa5b1", "#f0b429", "#2f6f4f"

# How many images it had, may keep, and certainly keeps.
_Column = tuple[float, float, float]


@dataclass(frozen=True, slots=True)
class _Group:
    """Classes with the same fate, from the largest to the smallest."""

    words: str
    classes: Sequence[ClassImpact]


def distribution(classes: Sequence[ClassImpact], title: str) -> str:
    """The picture; where there are more classes than fit, each column is the mean of several neighbours."""
    groups = [group for group in _groups(classes) if group.classes]
    spans = list(_spans(groups))
    columns = [list(_columns(group.classes, width)) for group, (_, width) in zip(groups, spans, strict=True)]
    most = max((before for group in columns for before, _, _ in group), default=1.0)
    drawn = "".join(_drawn(*each, most) for each in zip(groups, columns, spans, strict=True))
    words = " ".join([*_account(classes), *_order(groups)])
    legend = _legend(classes, groups)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" font-size="13" '
        f'font-family="sans-serif" fill="currentColor"><title>{escape(title)}</title><desc>{escape(words)}</desc>'
        f'<text x="0" y="14" font-weight="bold">{escape(title)}</text>{_scale(most)}{drawn}{legend}</svg>'
    )


def _groups(classes: Sequence[ClassImpact]) -> tuple[_Group, ...]:
    ordered = sorted(classes, key=lambda found: (-found.total, found.label or ""))
    return (
        _Group("lose nothing", [found for found in ordered if found.stays == found.total]),
        _Group("may lose images", [found for found in ordered if found.stays < found.total and found.may_stay]),
        _Group("keep nothing", [found for found in ordered if found.total and not found.may_stay]),
    )


def _spans(groups: Sequence[_Group]) -> Iterator[tuple[float, float]]:
    """Where each group begins and how wide it is: by the number of its classes, and never too narrow to be seen."""
    room = WIDTH - MARGIN - GAP * (len(groups) - 1) - NARROWEST * len(groups)
    count, left = sum(len(group.classes) for group in groups), float(MARGIN)
    for group in groups:
        width = NARROWEST + room * len(group.classes) / count
        yield left, width
        left += width + GAP


def _drawn(group: _Group, columns: Sequence[_Column], span: tuple[float, float], most: float) -> str:
    """The columns of one group, and how many classes it has."""
    left, width = span
    shapes = "".join(
        f'<polygon points="{_outline([column[place] for column in columns], left, width, most)}" fill="{colour}"/>'
        for place, colour in ((0, BEFORE), (1, MAY_STAY), (2, STAYS))
    )
    is_last = left + width > WIDTH - NARROWEST
    x, anchor = (WIDTH, "end") if is_last else (left, "start")
    return f'{shapes}<text x="{x:.1f}" y="{FOOT + 15}" text-anchor="{anchor}">{len(group.classes):,}</text>'


def _columns(classes: Sequence[ClassImpact], width: float) -> Iterator[_Column]:
    """For each column the mean of before, of what may stay, and of what certainly stays."""
    count = min(max(int(width / PER_COLUMN), 1), len(classes))
    for place in range(count):
        part = classes[place * len(classes) // count : (place + 1) * len(classes) // count]
        total, may_stay, stays = (
            sum(getattr(found, name) for found in part) / len(part) for name in ("total", "may_stay", "stays")
        )
        yield total, may_stay, stays


def _outline(heights: Sequence[float], left: float, width: float, most: float) -> str:
    """The steps of a column chart, and back along its foot."""
    each = width / len(heights)
    points = [f"{left:.1f},{FOOT}"]
    for place, height in enumerate(heights):
        y = FOOT - (FOOT - TOP) * height / most
        points += [f"{left + place * each:.1f},{y:.1f}", f"{left + (place + 1) * each:.1f},{y:.1f}"]
    return " ".join([*points, f"{left + width:.1f},{FOOT}"])


def _scale(most: float) -> str:
    """The heights, in images of a class."""
    lines = ""
    half = [(most / 2, (TOP + FOOT) / 2)] if most > 1 else []
    for number, y in ((most, TOP), *half, (0, FOOT)):
        lines += f'<path d="M{MARGIN} {y}H{WIDTH}" stroke="currentColor" stroke-opacity="0.25"/>'
        lines += f'<text x="{MARGIN - 6}" y="{y + 4}" text-anchor="end">{number:,.0f}</text>'
    return lines


def _legend(classes: Sequence[ClassImpact], groups: Sequence[_Group]) -> str:
    """What the colours mean and how many images have each, and what stands where."""
    lines = []
    for place, (colour, words) in enumerate(zip((STAYS, MAY_STAY, BEFORE), _account(classes), strict=True)):
        x = 250 * place
        lines.append(f'<rect x="{x}" y="{HEIGHT - 66}" width="11" height="11" fill="{colour}"/>')
        lines.append(f'<text x="{x + 16}" y="{HEIGHT - 56}">{escape(words)}</text>')
    for place, words in enumerate(_order(groups)):
        lines.append(f'<text x="0" y="{HEIGHT - 56 + LINE * (place + 1)}">{escape(words)}</text>')
    return "".join(lines)


def _account(classes: Sequence[ClassImpact]) -> tuple[str, str, str]:
    """How many images each colour stands for."""
    total, may_stay, stays = (sum(getattr(found, name) for found in classes) for name in ("total", "may_stay", "stays"))
    return f"{stays:,} images stay", f"{may_stay - stays:,} depend on what is found", f"{total - may_stay:,} go"


def _order(groups: Sequence[_Group]) -> tuple[str, ...]:
    """What the groups are, from left to right."""
    if not groups:
        return ("There is no class.",)
    said = ", ".join(f"{group.words}: {len(group.classes):,}" for group in groups)
    return (
        f"Classes that, from left to right, {said}.",
        "A column is as high as its class has images, or is the mean of neighbours where they are too many.",
    )
