"""The picture is well-formed, holds no more columns than it has room for, and says what it shows."""

from itertools import pairwise
from xml.etree import ElementTree as ET

from policies.impact import ClassImpact
from policies.pictures import NARROWEST, PER_COLUMN, WIDTH, distribution

WHOLE, PARTLY, NOTHING = ClassImpact("a", 4, 4, 4), ClassImpact(None, 10, 2, 5), ClassImpact("c", 7, 0, 0)


def points(svg: str) -> list[list[tuple[float, float]]]:
    """The corners of each area."""
    shapes = ET.fromstring(svg).iter("{http://www.w3.org/2000/svg}polygon")  # noqa: S314 - drawn by us
    return [[tuple(map(float, pair.split(","))) for pair in shape.attrib["points"].split()] for shape in shapes]  # type: ignore[misc]  # pairs


def words(svg: str) -> list[str]:
    return [text.text or "" for text in ET.fromstring(svg).iter("{http://www.w3.org/2000/svg}text")]  # noqa: S314


def test_each_class_is_a_column_of_three_areas_in_the_group_of_its_fate() -> None:
    svg = distribution([PARTLY, NOTHING, WHOLE], "Images <of> a & b")
    assert [len(corners) for corners in points(svg)] == [4] * 9
    lefts = [corners[0][0] for corners in points(svg)]
    assert lefts == sorted(lefts)
    assert "Images &lt;of&gt; a &amp; b" in svg
    assert "Classes that, from left to right, lose nothing: 1, may lose images: 1, keep nothing: 1." in words(svg)
    assert words(svg)[1:4] == ["10", "5", "0"]


def test_the_colours_say_for_how_many_images_they_stand() -> None:
    said = words(distribution([PARTLY, NOTHING, WHOLE], "Images"))
    assert {"6 images stay", "3 depend on what is found", "12 go"} <= set(said)


def test_a_few_classes_that_go_are_seen_among_very_many_that_stay() -> None:
    classes = [ClassImpact(f"n{number:08d}", 1300, 1300, 1300) for number in range(21_838)]
    corners = points(distribution([*classes, NOTHING], "ImageNet"))
    assert corners[3][-1][0] - corners[3][0][0] >= NARROWEST
    assert corners[3][-1][0] <= WIDTH


def test_many_classes_share_columns() -> None:
    classes = [ClassImpact(f"n{number:08d}", number, number // 2, number) for number in range(2, 21_841)]
    [first, *_] = points(distribution(classes, "ImageNet"))
    assert len(first) < 2 * WIDTH / PER_COLUMN
    assert all(left[0] <= right[0] for left, right in pairwise(first))


def test_classes_of_one_image_have_no_half_of_it() -> None:
    assert words(distribution([ClassImpact("a", 1, 1, 1)], "Images"))[1:3] == ["1", "0"]


def test_no_class_is_an_empty_picture() -> None:
    svg = distribution([], "Nothing")
    assert points(svg) == []
    assert "There is no class." in words(svg)
