from dataclasses import replace
from pathlib import Path

from registry.catalogue import manifests
from registry.catalogue.entries import Defect, SourceEntry, Thumbnail
from registry.catalogue.manifests import statistics
from registry.catalogue.manifests.statistics import Spread
from tests.factories import trees


def test_a_source_is_measured(tmp_path: Path) -> None:
    first = trees.entry("n1/a.JPEG")
    entries = [
        replace(first, thumbnails=(Thumbnail.EXIF,), has_metadata=True, orientation=6, pdq="0" * 64),
        replace(first, path="n1/b.JPEG", orientation=1, pdq="0" * 64),
        replace(trees.entry("n2/c.JPEG"), width=640, pdq="0" * 64),
        SourceEntry("n2/d.JPEG", defect=Defect.SYMLINK, label="n2"),
        SourceEntry("n2/e.JPEG", label="n2"),
    ]
    manifests.write_source(entries, tmp_path / "manifest", ("pdq",))
    found = statistics.measure(tmp_path / "manifest")
    assert (found.rows, found.formats, found.modes) == (5, {"jpeg": 3, "none": 2}, {"RGB": 3, "none": 2})
    assert found.defects == {"none": 4, "symlink": 1}
    assert (found.with_thumbnail, found.with_metadata, found.rotated) == (1, 1, 1)
    assert (found.copies, found.lookalikes, found.classes) == (1, 1, (2, 2, 3))
    assert found.widths == Spread(64, 64, 64, 640, 640)


def test_where_nothing_is_known_nothing_is_spread(tmp_path: Path) -> None:
    manifests.write_source([SourceEntry("a.JPEG")], tmp_path / "manifest")
    found = statistics.measure(tmp_path / "manifest")
    assert (found.widths, found.heights, found.sizes, found.lookalikes) == (None, None, None, None)
    assert found.classes == (0, 0, 0)
