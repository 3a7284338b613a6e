import re
from dataclasses import replace

import pytest

from blurring.boxes import Box, to_stored
from registry.catalogue.entries import Format, SourceEntry
from registry.web.outlines import outline
from tests.factories import trees

WIDTH, HEIGHT = 64, 48


def entry(orientation: int | None, form: Format = Format.JPEG) -> SourceEntry:
    return replace(trees.entry("a"), orientation=orientation, format=form)


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_box_lands_where_people_see_it(orientation: int) -> None:
    frame = outline(entry(orientation))
    a, b, c, d, e, f = map(int, re.findall(r"-?\d+", frame.transform))
    upright = Box(3, 5, 20, 11)
    stored = to_stored(upright, orientation, WIDTH, HEIGHT)
    corners = [(x, y) for x in (stored.left, stored.right) for y in (stored.top, stored.bottom)]
    turned = [(a * x + c * y + e, b * x + d * y + f) for x, y in corners]
    assert (min(turned), max(turned)) == ((upright.left, upright.top), (upright.right, upright.bottom))
    assert (frame.width, frame.height) == ((HEIGHT, WIDTH) if orientation >= 5 else (WIDTH, HEIGHT))


@pytest.mark.parametrize("plain", [entry(None), entry(1), entry(6, Format.TIFF)])
def test_what_is_not_turned_is_drawn_as_it_is(plain: SourceEntry) -> None:
    frame = outline(plain)
    assert frame.transform == "matrix(1 0 0 1 0 0)"
    assert (frame.width, frame.height, frame.stored_width, frame.stored_height) == (WIDTH, HEIGHT, WIDTH, HEIGHT)


@pytest.mark.parametrize(("side", "step"), [(64, 20), (500, 50), (501, 100), (20_000, 2000), (400_000, 5000)])
def test_a_ruler_has_about_ten_marks(side: int, step: int) -> None:
    assert outline(replace(entry(1), width=side, height=1)).step == step
