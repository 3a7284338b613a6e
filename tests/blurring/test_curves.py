from xml.etree import ElementTree as ET

from blurring import curves
from blurring.evaluation import Point, Share

POINTS = [
    Point(0.5, Share(5, 10), Share(4, 5), Share(1, 100), 0),
    Point(0.1, Share(9, 10), Share(5, 5), Share(10, 100), 1),
]


def test_a_drawing_is_whole_and_loads_nothing() -> None:
    drawn = curves.drawn({"mine": POINTS})
    root = ET.fromstring(drawn)  # noqa: S314 - our own
    assert root.tag.endswith("svg")
    assert "href" not in drawn
    assert "<script" not in drawn


def test_there_are_two_lines_per_recipe_and_its_name() -> None:
    drawn = curves.drawn({"one": POINTS, "<other>": POINTS})
    assert drawn.count("<polyline") == 4
    assert ">one<" in drawn
    assert "&lt;other&gt;" in drawn


def test_more_recall_is_higher_and_more_over_blur_further_right() -> None:
    line = ET.fromstring(curves.drawn({"one": POINTS})).findall("{*}polyline")[0]  # noqa: S314 - our own
    (x0, y0), (x1, y1) = (map(float, pair.split(",")) for pair in (line.get("points") or "").split())
    assert x0 < x1
    assert y0 > y1


def test_points_beyond_the_frame_are_not_drawn() -> None:
    far = [*POINTS, Point(0.01, Share(10, 10), Share(5, 5), Share(90, 100), 5)]
    assert curves.drawn({"one": far}) == curves.drawn({"one": POINTS})
