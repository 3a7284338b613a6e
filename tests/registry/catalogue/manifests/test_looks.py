from dataclasses import replace
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from registry.catalogue import manifests
from registry.catalogue.entries import Box, FaceOrigin, FaceZone, Look, Looker, ReleaseEntry
from registry.catalogue.manifests import columns, looks
from tests.factories import trees

LOOKER = Looker("centerface", "sha256:" + "2" * 64)
LOOK = Look("sha256:" + "1" * 64, "cuda:0", LOOKER, Looker("dlib-hog", "sha256:" + "3" * 64), 12)
BOXES = (
    Box(1, 2, 30, 40, 0.875),
    Box(5, 6, 7, 8, 1.0, FaceZone.BLUR, FaceOrigin.KNOWN),
    Box(5, 6, 7, 8, 0.03, FaceZone.REVIEW, FaceOrigin.SECOND_LOOK),
    Box(5, 6, 7, 8, 0.5, FaceZone.LEAVE),
)
PROVED = replace(trees.blurred("a/proved"), boxes=BOXES, look=LOOK)


def there_and_back(entry: ReleaseEntry) -> ReleaseEntry:
    (row,) = zip(*(column.to_pylist() for column in columns.release_table([entry]).columns), strict=True)
    return columns.release_entry(row)


@pytest.mark.parametrize(
    "look",
    [None, LOOK, LOOK._replace(second=None, change_outside=None), LOOK._replace(detector=None)],
)
def test_how_an_image_was_looked_at_comes_back(look: Look | None) -> None:
    entry = replace(PROVED, look=look)
    assert there_and_back(entry) == entry


def test_boxes_that_wait_for_a_person_are_counted_where_the_image_is_handed_out() -> None:
    excluded = replace(trees.excluded("b"), boxes=BOXES, look=LOOK)
    table = columns.release_table([PROVED, trees.kept("b"), excluded])
    assert table["reviews"].to_pylist() == [1, 0, 0]


def of_before(entries: list[ReleaseEntry], file: Path) -> Path:
    """A manifest as it was written before there was proof of blur."""
    table = columns.release_table(entries).drop_columns([field.name for field in looks.FIELDS])
    old = pa.struct([field for field in looks.BOX if field.name not in ("zone", "origin")])
    boxes = [[{name: box[name] for name in old.names} for box in row] for row in table["boxes"].to_pylist()]
    place = table.schema.get_field_index("boxes")
    pq.write_table(table.set_column(place, "boxes", pa.array(boxes, pa.list_(old))), file)
    return file


def test_manifests_of_before_are_read_as_they_were(tmp_path: Path) -> None:
    entries = [trees.blurred("a"), trees.kept("b")]
    file = of_before(entries, tmp_path / "old")
    assert list(manifests.iter_release(file)) == entries
    assert manifests.page(file, None, 9) == entries
    assert manifests.find(file, path="a") == entries[:1]
    manifests.write_release(entries, tmp_path / "new")
    assert list(manifests.diff(file, tmp_path / "new")) == []


def test_manifests_whose_looks_name_a_preview_are_read_as_they_were(tmp_path: Path) -> None:
    table = columns.release_table([PROVED, trees.kept("b")])
    said = [None if look is None else look | {"preview_sha256": "4" * 64} for look in table["look"].to_pylist()]
    kind = pa.struct([*table.schema.field("look").type, pa.field("preview_sha256", pa.string())])
    place = table.schema.get_field_index("look")
    pq.write_table(table.set_column(place, "look", pa.array(said, kind)), tmp_path / "old")
    assert list(manifests.iter_release(tmp_path / "old")) == [PROVED, trees.kept("b")]
    assert manifests.find(tmp_path / "old", path=PROVED.source.path) == [PROVED]
    assert manifests.count_doubtful(tmp_path / "old") == 1
