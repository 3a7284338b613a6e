"""The picture is well-formed, holds no more columns than it has room for, and says what it shows."""

from xml.etree import ElementTree as ET

from policies.impact import ClassImpact
from policies.pictures import COLUMNS, distribution


def points(svg: str) -> list[int]:
    """How many points each area has."""
    shapes = ET.fromstring(svg).iter("{http://www.w3.org/2000/svg}polygon")  # noqa: S314 - drawn by us
    return [len(shape.attrib["points"].split()) for shape in shapes]


def test_each_class_is_a_column_of_three_areas() -> None:
    svg = distribution([ClassImpact("a", 10, 2, 5), ClassImpact(None, 4, 4, 4)], "Images <of> a & b")
    assert points(svg) == [6, 6, 6]
    assert "Images &lt;of&gt; a &amp; b" in svg
    assert ">10</text>" in svg


def test_many_classes_share_columns() -> None:
    classes = [ClassImpact(f"n{number:08d}", number, number // 2, number) for number in range(21_841)]
    assert points(distribution(classes, "ImageNet")) == [2 * COLUMNS + 2] * 3


def test_no_class_is_an_empty_picture() -> None:
    assert points(distribution([], "Nothing")) == [2, 2, 2]
