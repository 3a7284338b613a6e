"""How do figures, sizes, times and shares read on a page? Filters for the templates; nothing here decides anything."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from flask import Flask
from markupsafe import Markup

from registry import clock

BYTES_PER_STEP = 1000
BAR_WIDTH = 1000


@dataclass(frozen=True, slots=True)
class Stretch:
    """One part of a bar of `BAR_WIDTH` units: where it begins and how wide it is."""

    name: str
    left: float
    width: float


def install(app: Flask) -> None:
    """The templates of `app` may use the filters."""
    app.jinja_env.filters.update(
        figure=figure,
        size=size,
        instant=instant,
        instant_to_the_second=instant_to_the_second,
        share=share,
        stretches=stretches,
    )


def figure(count: int) -> str:
    """The count with narrow spaces between thousands, as ISO 80000-1 writes it."""
    return f"{count:,}".replace(",", "\u202f")


def size(size_bytes: int) -> str:
    """The size in decimal units (1 kB = 1000 bytes), one decimal from kB on."""
    amount = float(size_bytes)
    for unit in ("bytes", "kB", "MB", "GB"):
        if amount < BYTES_PER_STEP:
            return f"{size_bytes} bytes" if unit == "bytes" else f"{amount:.1f} {unit}"
        amount /= BYTES_PER_STEP
    return f"{amount:.1f} TB"


def instant(moment: datetime) -> Markup:
    """The instant as a `time` element: exact for programs, to the minute for people."""
    return _time(moment, "%b %Y, %H:%M UTC")


def instant_to_the_second(moment: datetime) -> Markup:
    """As `instant`, for those to whom order matters."""
    return _time(moment, "%b %Y, %H:%M:%S UTC")


def _time(moment: datetime, form: str) -> Markup:
    there = moment.astimezone(UTC)
    words = f"{there.day} {there.strftime(form)}"
    return Markup('<time datetime="{}">{}</time>').format(clock.rfc3339(moment), words)


def share(part: int, whole: int) -> str:
    """The part as a percentage of the whole; a part that is not nothing never reads as nothing."""
    if whole == 0:
        return "-"
    percent = 100 * part / whole
    if part and percent < 0.05:  # noqa: PLR2004 - what one decimal can still show
        return "< 0.1 %"
    return f"{percent:.1f} %"


def stretches(parts: Sequence[tuple[str, int]]) -> list[Stretch]:
    """The parts laid end to end over the whole bar, in their order; an empty whole is an empty bar."""
    whole = sum(count for _, count in parts)
    bar = []
    left = 0.0
    for name, count in parts:
        width = BAR_WIDTH * count / whole if whole else 0.0
        bar.append(Stretch(name, round(left, 2), round(width, 2)))
        left += width
    return bar
