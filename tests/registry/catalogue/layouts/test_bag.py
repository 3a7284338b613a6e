from pathlib import Path

import bagit
import pytest

from registry.catalogue.layout_names import LayoutName
from registry.errors import InvalidInputError
from tests.factories import sources, trees


def test_a_bag_that_somebody_else_made_is_compared_while_it_is_imported(tmp_path: Path) -> None:
    paths = trees.plain(tmp_path / "bag")
    (tmp_path / "bag/n02084071/odd%name.JPEG").write_bytes(sources.picture(7))
    bagit.make_bag(str(tmp_path / "bag"), checksums=["sha256"])
    (tmp_path / "bag/data" / paths[0]).write_bytes(sources.picture(8))
    found = sources.read(tmp_path / "bag")
    assert found.layout is LayoutName.BAG
    assert sorted(found.labels) == sorted(f"data/{path}" for path in [*paths[1:], "n02084071/odd%name.JPEG"])
    assert found.labels[f"data/{paths[1]}"] == paths[1].partition("/")[0]
    assert [why for *_, why in found.refused] == ["is not what the list says"]
    assert found.report.faults == []


def test_a_bag_whose_count_is_wrong_says_so(tmp_path: Path) -> None:
    trees.plain(tmp_path / "bag")
    bagit.make_bag(str(tmp_path / "bag"), checksums=["sha256"])
    info = tmp_path / "bag/bag-info.txt"
    info.write_text(info.read_text().replace(".6\n", ".7\n"))
    (fault,) = sources.read(tmp_path / "bag").report.faults
    assert (fault.file, fault.why) == ("bag-info.txt", "it says that there are 7 files, and the manifest names 6")
    info.unlink()
    assert sources.read(tmp_path / "bag").report.faults == []


def test_a_bag_with_weaker_checksums_only_is_refused(tmp_path: Path) -> None:
    trees.plain(tmp_path / "bag")
    bagit.make_bag(str(tmp_path / "bag"), checksums=["md5"])
    with pytest.raises(InvalidInputError, match=r"no manifest-sha256\.txt"):
        sources.read(tmp_path / "bag")
