from hashlib import sha512
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
    assert (fault.file, fault.why) == (
        "bag-info.txt",
        "it says that there are 7 files, and manifest-sha256.txt names 6",
    )
    info.unlink()
    assert sources.read(tmp_path / "bag").report.faults == []


def test_a_bag_with_weaker_checksums_only_is_refused(tmp_path: Path) -> None:
    trees.plain(tmp_path / "bag")
    bagit.make_bag(str(tmp_path / "bag"), checksums=["md5"])
    with pytest.raises(InvalidInputError, match=r"neither manifest-sha256\.txt nor manifest-sha512\.txt"):
        sources.read(tmp_path / "bag")


@pytest.mark.parametrize("kinds", [["sha512"], ["md5", "sha512"], ["sha256", "sha512"]])
def test_a_bag_is_compared_with_its_sha512_where_it_has_no_sha256(tmp_path: Path, kinds: list[str]) -> None:
    paths = trees.plain(tmp_path / "bag")
    # Larger than what is kept of a file while it is hashed.
    (tmp_path / "bag" / paths[1]).write_bytes(sources.picture(9) + bytes(3 << 20))
    bagit.make_bag(str(tmp_path / "bag"), checksums=kinds)
    (tmp_path / "bag/data" / paths[0]).write_bytes(sources.picture(8))
    found = sources.read(tmp_path / "bag")
    assert sorted(found.labels) == sorted(f"data/{path}" for path in paths[1:])
    ((file, _, why),) = found.refused
    assert (file, why) == (f"manifest-{'sha256' if 'sha256' in kinds else 'sha512'}.txt", "is not what the list says")
    assert found.report.faults == []


def test_names_with_line_ends_are_those_that_a_bag_writes_with_percent_signs_and_no_others(tmp_path: Path) -> None:
    folder = tmp_path / "bag/n02084071"
    folder.mkdir(parents=True)
    for number, name in enumerate(("a.jpg", "two\nlines.jpg", "a%20b.jpg", "100%fed.jpg", "b\\s.jpg")):
        (folder / name).write_bytes(sources.picture(number))
    bagit.make_bag(str(tmp_path / "bag"), checksums=["sha256"])
    found = sources.read(tmp_path / "bag")
    assert found.refused == []
    assert len(found.entries) == 5


def test_a_bag_whose_manifest_was_changed_says_so(tmp_path: Path) -> None:
    paths = trees.plain(tmp_path / "bag")
    bagit.make_bag(str(tmp_path / "bag"), checksums=["sha512"])
    changed = sources.picture(8)
    (tmp_path / "bag/data" / paths[0]).write_bytes(changed)
    manifest = tmp_path / "bag/manifest-sha512.txt"
    lines = manifest.read_text().splitlines()
    said = [f"{sha512(changed).hexdigest()}  {line[130:]}" if line.endswith(paths[0]) else line for line in lines]
    manifest.write_text("\n".join([*said, ""]))
    found = sources.read(tmp_path / "bag")
    assert found.refused == []
    ((file, _, why),) = found.report.faults
    assert file == "tagmanifest-sha512.txt"
    assert why.startswith("manifest-sha512.txt is not the one that it names")


def test_a_bag_of_which_a_part_is_still_to_be_fetched_says_so(tmp_path: Path) -> None:
    paths = trees.plain(tmp_path / "bag")
    bagit.make_bag(str(tmp_path / "bag"), checksums=["sha256"])
    lines = [f"http://example.org/{number} - data/{path}\r\n" for number, path in enumerate(paths)]
    (tmp_path / "bag/fetch.txt").write_text("".join([*lines, "nonsense\n", "http://x.org 1 data/\0\n"]))
    (tmp_path / "bag/data" / paths[0]).unlink()
    found = sources.read(tmp_path / "bag")
    assert [why for *_, why in found.refused] == ["there is no such file"]
    ((file, _, why),) = found.report.faults
    assert (file, why[:35]) == ("fetch.txt", "it names 2 files that are not here;")
