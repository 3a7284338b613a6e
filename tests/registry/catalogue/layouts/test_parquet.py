import json
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from registry.catalogue import places
from registry.catalogue.layout_names import LayoutName
from registry.errors import InvalidInputError
from tests.factories import sources

A, B, C = sources.WNIDS
IMAGES = [(sources.picture(number), f"{number}.JPEG" if number % 2 else None) for number in range(5)]


def test_embedded_pictures_are_rows_with_the_names_of_their_classes(tmp_path: Path) -> None:
    sources.parquet(tmp_path / "data/train-00000-of-00001.parquet", IMAGES, [0, 1, 2, 0, 7])
    found = sources.read(tmp_path)
    assert found.layout is LayoutName.PARQUET
    stem = "data/train-00000-of-00001"
    assert found.labels == {
        f"{stem}/00000000": A,
        f"{stem}/1.JPEG": B,
        f"{stem}/00000002": C,
        f"{stem}/3.JPEG": A,
        f"{stem}/00000004": "7",
    }


def test_every_picture_can_be_read_again_from_its_cell(tmp_path: Path) -> None:
    file = sources.parquet(tmp_path / "x.parquet", IMAGES)
    for entry in reversed(sources.read(file).entries):
        assert places.place_of(file, entry).read() == IMAGES[entry.position or 0][0]


def test_a_row_without_bytes_is_refused_with_its_number(tmp_path: Path) -> None:
    file = sources.parquet(
        tmp_path / "x.parquet", [*IMAGES, (None, "elsewhere.JPEG"), IMAGES[1]], [0, 1, 2, 0, 1, 2, 1]
    )
    found = sources.read(file)
    assert found.refused == [
        ("x.parquet", "row 5", "its picture is named, and not in the file"),
        ("x.parquet", "row 6, x/1.JPEG", "its path came before"),
    ]
    assert len(found.entries) == 5


def test_a_file_with_a_missing_column_is_named_and_the_others_are_read(tmp_path: Path) -> None:
    sources.parquet(tmp_path / "a.parquet", IMAGES[:2], [0, 1])
    sources.parquet(tmp_path / "b.parquet", IMAGES[2:4])
    pq.write_table(pa.table({"text": ["x"], "label": [1]}), tmp_path / "c.parquet")
    (tmp_path / "d.parquet").write_bytes(b"PAR1 no more")
    found = sources.read(tmp_path)
    assert len(found.entries) == 4
    assert [(fault.file, fault.why) for fault in found.report.faults] == [
        ("b.parquet", "it has no column label; its images have no class"),
        ("c.parquet", "it has no column of pictures with bytes and path, only text, label"),
        ("d.parquet", "it cannot be read: d.parquet is no Parquet file, or is damaged"),
    ]


def test_a_folder_in_which_no_file_has_pictures_says_why(tmp_path: Path) -> None:
    pq.write_table(pa.table({"text": ["x"]}), tmp_path / "c.parquet")
    with pytest.raises(
        InvalidInputError, match=r"c\.parquet: it has no column of pictures with bytes and path, only text"
    ):
        sources.read(tmp_path)


def test_labels_of_text_are_kept_and_empty_ones_are_none(tmp_path: Path) -> None:
    kind = pa.struct([("bytes", pa.binary()), ("path", pa.string())])
    pictures = pa.array([{"bytes": data, "path": None} for data, _ in IMAGES[:2]], kind)
    pq.write_table(pa.table({"image": pictures, "label": ["cat", ""]}), tmp_path / "x.parquet")
    assert list(sources.read(tmp_path / "x.parquet").labels.values()) == ["cat", None]


def relabelled(file: Path, column: str, said: str) -> Path:
    """A file of three pictures whose classes stand in another column, with these words about the columns."""
    sources.parquet(file, IMAGES[:3], [0, 1, 9])
    table = pq.read_table(file).rename_columns(["image", column])
    pq.write_table(table.replace_schema_metadata({"huggingface": said}), file)
    return file


def features(**names: list[str]) -> str:
    parts = ", ".join(f'"{column}": {{"names": {json.dumps(found)}}}' for column, found in names.items())  # noqa: TID251
    return f'{{"info": {{"features": {{"image": {{"_type": "Image"}}, {parts}}}}}}}'


def test_the_only_column_whose_numbers_have_names_is_that_of_the_classes(tmp_path: Path) -> None:
    found = sources.read(relabelled(tmp_path / "x.parquet", "fine", features(fine=["cat", "dog"], gone=["a"])))
    assert sorted(map(str, found.labels.values())) == ["9", "cat", "dog"]
    assert found.report.faults == []


@pytest.mark.parametrize(
    "said",
    [features(fine=["cat"], image=["odd"]), "[" * 100_000, "{}", '{"info": {"features": []}}', '{"info": 7}', "\0"],
)
def test_metadata_that_say_nothing_of_one_column_of_classes_leave_the_images_without(tmp_path: Path, said: str) -> None:
    found = sources.read(relabelled(tmp_path / "x.parquet", "fine", said))
    assert set(found.labels.values()) == {None}
    assert [fault.why for fault in found.report.faults] == ["it has no column label; its images have no class"]


def test_files_in_folders_of_configurations_and_splits_are_read_where_these_hold_nothing_else(tmp_path: Path) -> None:
    for split in ("train", "test"):
        sources.parquet(tmp_path / f"default/{split}/0000.parquet", IMAGES[:2], [0, 1])
    (tmp_path / ".git").mkdir()
    found = sources.read(tmp_path)
    assert found.layout is LayoutName.PARQUET
    assert sorted(found.labels) == [
        f"default/{split}/0000/{name}" for split in ("test", "train") for name in ("00000000", "1.JPEG")
    ]
    (tmp_path / "default/train/0000.jpg").write_bytes(sources.picture(1))
    assert sources.read(tmp_path).layout is LayoutName.IMAGE_FOLDER


def test_files_in_one_folder_of_a_configuration_are_read_and_a_picture_that_is_null_is_refused(tmp_path: Path) -> None:
    kind = pa.struct([("bytes", pa.binary()), ("path", pa.string())])
    pictures = pa.array([{"bytes": IMAGES[0][0], "path": None}, None], kind)
    (tmp_path / "default").mkdir()
    pq.write_table(pa.table({"image": pictures, "label": ["a", "b"]}), tmp_path / "default/x.parquet")
    found = sources.read(tmp_path)
    assert found.labels == {"default/x/00000000": "a"}
    assert found.refused == [("default/x.parquet", "row 1", "its picture is not in the file")]


def test_a_file_that_is_a_link_is_not_followed(tmp_path: Path) -> None:
    sources.parquet(tmp_path / "away.parquet", IMAGES[:1])
    sources.parquet(tmp_path / "x/a.parquet", IMAGES[1:2])
    (tmp_path / "x/b.parquet").symlink_to("../away.parquet")
    found = sources.read(tmp_path / "x")
    assert list(found.labels) == ["a/1.JPEG"]
    assert found.report.faults[-1].why.startswith("it is a link, and links are not followed")
