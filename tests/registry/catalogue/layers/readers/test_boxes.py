from pathlib import Path

import pytest

from registry.catalogue.layers.readers import boxes
from registry.catalogue.taxonomy.rows import Report
from registry.errors import InvalidInputError, NotFoundError
from tests.factories.layers import CAT, DOG, annotation


def refused(file: Path, text: str) -> list[tuple[int, str]]:
    """Lines and reasons of what is not taken; nothing else is in the file."""
    file.write_text(text)
    report = Report()
    assert boxes.read(file, report) == []
    return [(refusal.line, refusal.why) for refusal in report.refusals]


def test_boxes_are_rows_of_the_image_that_the_file_is_named_for(tmp_path: Path) -> None:
    (tmp_path / "deep").mkdir()
    (tmp_path / "b.xml").write_text(annotation((DOG, 10, 20, 100, 80), (CAT, 0, 0, 5, 5)))
    (tmp_path / "deep" / "a.xml").write_text(annotation((CAT, 1, 2, 3, 4)))
    report = Report()
    assert boxes.read(tmp_path, report) == [("a", CAT, 1, 2, 3, 4), ("b", CAT, 0, 0, 5, 5), ("b", DOG, 10, 20, 100, 80)]
    assert report.rows == {"a.xml": 1, "b.xml": 2}


@pytest.mark.parametrize(
    "head",
    ["<!DOCTYPE annotation>\n", '<!DOCTYPE x [<!ENTITY a "b">]>\n', '<!DOCTYPE x SYSTEM "file:///etc/passwd">\n'],
)
def test_a_doctype_is_refused_before_anything_is_believed(tmp_path: Path, head: str) -> None:
    assert refused(tmp_path / "a.xml", annotation((CAT, 1, 2, 3, 4), head=head)) == [(1, "it has a DOCTYPE")]


@pytest.mark.parametrize("box", [(CAT, -1, 0, 5, 5), (CAT, 0, -1, 5, 5), (CAT, 0, 0, 101, 5), (CAT, 0, 0, 5, 81)])
def test_a_box_outside_its_image_is_reported_with_its_line(tmp_path: Path, box: tuple[str, int, int, int, int]) -> None:
    assert refused(tmp_path / "a.xml", annotation(box)) == [(4, "a box lies outside its image of 100 x 80")]


def test_other_boxes_of_the_same_file_are_kept(tmp_path: Path) -> None:
    (tmp_path / "a.xml").write_text(annotation((CAT, 0, 0, 500, 5), (CAT, 0, 0, 50, 5)))
    report = Report()
    assert len(boxes.read(tmp_path / "a.xml", report)) == len(report.refusals) == 1


def test_an_image_without_a_size_has_no_outside(tmp_path: Path) -> None:
    (tmp_path / "a.xml").write_text(annotation((CAT, 0, 0, 5000, 5000), width=0, height=0))
    assert len(boxes.read(tmp_path / "a.xml", Report())) == 1


def test_a_box_of_no_size_or_without_a_name_is_reported(tmp_path: Path) -> None:
    assert refused(tmp_path / "a.xml", annotation((CAT, 5, 0, 5, 5), (CAT, 0, 5, 5, 4))) == [
        (4, "a box has no size"),
        (8, "a box has no size"),
    ]
    assert refused(tmp_path / "a.xml", annotation(("", 0, 0, 5, 5))) == [(4, "a box has no name")]


def test_a_box_lacking_a_number_is_reported(tmp_path: Path) -> None:
    lacking = annotation((CAT, 0, 0, 5, 5)).replace("<xmin>0</xmin>", "")
    wordy = annotation((CAT, 0, 0, 5, 5)).replace("<xmin>0<", "<xmin>1e9<")
    for text in (lacking, wordy):
        [(line, why)] = refused(tmp_path / "a.xml", text)
        assert (line, why[:11]) == (4, "a box lacks")


@pytest.mark.parametrize(
    ("text", "line", "why"),
    [
        ("<a>\n<b>\n</a>", 3, "it is not XML: mismatched tag"),
        ("", 1, "it is not XML: no element found"),
        ("<a>" * 9, 1, "it is nested more than 8 deep"),
        ("<a>" + " " * (1 << 20), 1, "it is larger than 1,048,576 bytes"),
        ("<a>&undefined;</a>", 1, "it is not XML: undefined entity"),
    ],
)
def test_a_file_that_is_something_else_is_reported(tmp_path: Path, text: str, line: int, why: str) -> None:
    assert refused(tmp_path / "a.xml", text) == [(line, why)]


def test_a_file_that_cannot_be_read_is_reported(tmp_path: Path) -> None:
    (tmp_path / "a.xml").mkdir()
    report = Report()
    assert boxes.read(tmp_path, report) == []
    assert [refusal.why for refusal in report.refusals] == ["it cannot be read: Is a directory"]


def test_an_annotation_without_a_box_is_no_row_and_no_mistake(tmp_path: Path) -> None:
    assert refused(tmp_path / "a.xml", annotation()) == []


def test_a_place_without_annotations_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidInputError, match=r"holds no \.xml file"):
        boxes.read(tmp_path, Report())
    with pytest.raises(NotFoundError):
        boxes.read(tmp_path / "nowhere", Report())
