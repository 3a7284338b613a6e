import json
from pathlib import Path

import pytest

from registry.catalogue.layers import content
from registry.catalogue.layers.content import Row
from registry.catalogue.layers.kinds import Kind
from registry.catalogue.layers.readers import faces
from registry.catalogue.layers.sizes import Sizes
from registry.catalogue.taxonomy.rows import Report
from registry.errors import InvalidInputError, NotFoundError

SIZES = Sizes({"n01/a.JPEG": (64, 48)}, {"a": (64, 48), "ILSVRC2012_val_00000001": (500, 375)})
GOOD = {"x0": 1.5, "y0": 2, "x1": 10, "y1": 12.25}
ROW = (1.5, 2.0, 10.0, 12.25)


def read(folder: Path, document: object, sizes: Sizes | None = SIZES) -> tuple[list[Row], list[tuple[int, str]]]:
    """The rows of a file, and the entries and reasons of what was refused."""
    file = folder / "faces.json"
    file.write_text(json.dumps(document))  # noqa: TID251 - a file as others publish it
    report = Report()
    rows = faces.read(file, sizes, report)
    return rows, [(refusal.line, refusal.why) for refusal in report.refusals]


def entry(url: str, *boxes: object) -> dict[str, object]:
    return {"url": url, "bboxes": list(boxes)}


def test_faces_are_read_with_the_numbers_that_the_file_has(tmp_path: Path) -> None:
    rows, refused = read(tmp_path, [entry("n01/a.JPEG", GOOD)])
    assert (rows, refused) == ([("n01/a.JPEG", (ROW,))], [])


@pytest.mark.parametrize(
    ("url", "image"),
    [
        ("train/n01/a.JPEG", "n01/a.JPEG"),
        ("val/ILSVRC2012_val_00000001.JPEG", "ILSVRC2012_val_00000001.JPEG"),
        ("a.JPEG", "a.JPEG"),
    ],
)
def test_the_folder_of_the_split_is_no_part_of_the_name(tmp_path: Path, url: str, image: str) -> None:
    assert read(tmp_path, [entry(url)]) == ([(image, ())], [])


def test_a_box_that_sticks_out_of_its_image_is_taken_and_a_repeated_one_once(tmp_path: Path) -> None:
    over = {"x0": -3, "y0": -2, "x1": 70, "y1": 5}
    [(_, boxes)], refused = read(tmp_path, [entry("n01/a.JPEG", over, GOOD, GOOD)])
    assert (len(boxes), refused) == (2, [])


@pytest.mark.parametrize(
    ("box", "why"),
    [
        ({"x0": 1, "y0": 1, "x1": 1, "y1": 5}, "has no area"),
        ({"x0": 1, "y0": 5, "x1": 4, "y1": 5}, "has no area"),
        ({"x0": 64, "y0": 1, "x1": 70, "y1": 5}, "lies outside its image of 64 x 48"),
        ({"x0": 1, "y0": -9, "x1": 7, "y1": 0}, "lies outside its image of 64 x 48"),
        ({"x0": float("nan"), "y0": 1, "x1": 7, "y1": 5}, "has an edge that is not finite"),
        ({"x0": 1, "y0": 1, "x1": float("inf"), "y1": 5}, "has an edge that is not finite"),
        ({"x0": 1, "y0": 1, "x1": 7}, "lacks one of x0, y0, x1, y1 as a number"),
        ({"x0": "1", "y0": 1, "x1": 7, "y1": 5}, "lacks one of x0, y0, x1, y1 as a number"),
        ({"x0": True, "y0": 1, "x1": 7, "y1": 5}, "lacks one of x0, y0, x1, y1 as a number"),
        ([1, 2, 3, 4], "is no mapping"),
    ],
)
def test_a_bad_box_is_told_by_its_entry_and_the_others_are_kept(tmp_path: Path, box: object, why: str) -> None:
    rows, refused = read(tmp_path, [entry("val/ILSVRC2012_val_00000001.JPEG"), entry("n01/a.JPEG", GOOD, box)])
    assert rows == [("ILSVRC2012_val_00000001.JPEG", ()), ("n01/a.JPEG", (ROW,))]
    assert refused == [(2, f"box 2 of 'n01/a.JPEG' {why}")]


@pytest.mark.parametrize(
    ("bad", "why"),
    [
        ({"bboxes": []}, "it has no text `url`"),
        ({"url": 1, "bboxes": []}, "it has no text `url`"),
        ("n01/a.JPEG", "it has no text `url`"),
        ({"url": "n01/a.JPEG"}, "it has no list `bboxes`"),
        (entry("n09/z.JPEG", GOOD), "no image 'n09/z.JPEG' is in the newest import"),
        (entry("train/a.JPEG"), "'a.JPEG' stands in the file twice"),
    ],
)
def test_a_bad_entry_is_told_and_the_others_are_kept(tmp_path: Path, bad: object, why: str) -> None:
    rows, refused = read(tmp_path, [entry("a.JPEG"), bad, entry("n01/a.JPEG")])
    assert [row[0] for row in rows] == ["a.JPEG", "n01/a.JPEG"]
    assert refused == [(2, why)]


def test_before_anything_was_imported_boxes_are_held_against_nothing_but_themselves(tmp_path: Path) -> None:
    far = {"x0": 9000, "y0": 1, "x1": 9001, "y1": 5}
    rows, refused = read(tmp_path, [entry("n09/z.JPEG", far, {"x0": -2, "y0": 1, "x1": -1, "y1": 5})], None)
    assert len(rows[0][1]) == 1
    assert refused == [(1, "box 2 of 'n09/z.JPEG' lies outside its image")]


def test_rows_fit_the_columns_of_the_layer(tmp_path: Path) -> None:
    rows, _ = read(tmp_path, [entry("n01/a.JPEG", GOOD), entry("val/ILSVRC2012_val_00000001.JPEG")])
    written = content.write(Kind.FACES, rows, tmp_path / "layer")
    assert written.rows == 2
    boxes = [list(ROW)]
    assert list(content.rows_of(tmp_path / "layer")) == [("ILSVRC2012_val_00000001.JPEG", []), ("n01/a.JPEG", boxes)]


def test_what_is_no_list_of_images_is_refused_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(NotFoundError):
        faces.read(tmp_path / "gone.json", None, Report())
    with pytest.raises(InvalidInputError, match="holds no list"):
        read(tmp_path, {"url": "x"})
    (tmp_path / "text").write_text("[")
    with pytest.raises(InvalidInputError, match="is not JSON"):
        faces.read(tmp_path / "text", None, Report())
    monkeypatch.setattr(faces, "MAX_FILE_BYTES", 0)
    with pytest.raises(InvalidInputError, match="larger than 0 bytes"):
        faces.read(tmp_path / "text", None, Report())
