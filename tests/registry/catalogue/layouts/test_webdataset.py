from pathlib import Path

from registry.catalogue.layout_names import LayoutName
from tests.factories import sources


def shards(folder: Path) -> Path:
    folder.mkdir()
    first = {
        "a/0001.jpg": sources.picture(1),
        "a/0001.cls": b"207\n",
        "a/0001.json": b"{}",
        "a/0001.seg.PNG": sources.picture(2),
        "a/0002.cls": b"1",
    }
    second = {
        "0003.cls": b"3",
        "0004.jpg": sources.picture(4),
        "0004.jpeg": sources.picture(5),
        "0004.cls": b"n02084071",
    }
    (folder / "train-000000.tar").write_bytes(sources.tar(first))
    (folder / "train-000001.tar").write_bytes(sources.tar(second))
    return folder


def test_pictures_are_rows_and_what_lies_beside_them_says_their_class(tmp_path: Path) -> None:
    found = sources.read(shards(tmp_path / "shards"))
    assert found.layout is LayoutName.WEBDATASET
    assert found.labels == {
        "train-000000/a/0001.jpg": "207",
        "train-000000/a/0001.seg.PNG": "207",
        "train-000001/0004.jpeg": "n02084071",
        "train-000001/0004.jpg": "n02084071",
    }


def test_a_sample_without_a_picture_or_with_a_class_of_no_text_is_named(tmp_path: Path) -> None:
    found = sources.read(shards(tmp_path / "shards"))
    said = [fault.why for fault in found.report.faults]
    assert "the sample train-000001/0003 has no picture" in said
    assert "the sample train-000000/a/0002 has no picture" in said


def test_a_class_that_cannot_be_read_leaves_the_picture_without_one(tmp_path: Path) -> None:
    (tmp_path / "x.tar").write_bytes(sources.tar({"1.jpg": sources.picture(1), "1.cls": b"\xff"}))
    found = sources.read(tmp_path / "x.tar")
    assert found.labels == {"x/1.jpg": None}
    assert [fault.why for fault in found.report.faults] == ["x/1.cls says no class"]


def test_members_that_are_called_by_a_field_and_a_kind_are_samples_too(tmp_path: Path) -> None:
    named = {"1.image.jpg": sources.picture(1), "1.label.cls": b"7", "2.jpg": sources.picture(2), "2.a.cls": b"1"}
    more = {"2.b.cls": b"2", "3.jpg": sources.picture(3), "3.a.cls": b"1", "3.cls": b"2"}
    (tmp_path / "x").mkdir()
    (tmp_path / "x/s-000000.tar").write_bytes(sources.tar(named | more))
    found = sources.read(tmp_path / "x")
    assert found.layout is LayoutName.WEBDATASET
    assert found.labels == {"s-000000/1.image.jpg": "7", "s-000000/2.jpg": None, "s-000000/3.jpg": "2"}
    assert [fault.why for fault in found.report.faults] == ["the sample s-000000/2 has several classes"]
