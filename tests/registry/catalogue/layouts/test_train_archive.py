from collections import Counter
from pathlib import Path

import pytest

from registry.catalogue.layout_names import LayoutName
from tests.factories import sources


def test_a_tar_of_class_tars_is_read_without_unpacking(tmp_path: Path) -> None:
    found = sources.read(sources.train_archive(tmp_path / "ILSVRC2012_img_train.tar"))
    assert found.layout is LayoutName.TRAIN_ARCHIVE
    assert found.labels == {f"{wnid}/{wnid}_{number}.JPEG": wnid for wnid in sources.WNIDS for number in range(2)}
    assert {entry.part for entry in found.entries} == {"ILSVRC2012_img_train.tar"}
    assert [path.name for path in tmp_path.iterdir()] == ["ILSVRC2012_img_train.tar"]


def test_the_rows_are_those_of_the_unpacked_folders(tmp_path: Path) -> None:
    for wnid, files in sources.class_images().items():
        (tmp_path / "folders" / wnid).mkdir(parents=True)
        for name, data in files.items():
            (tmp_path / "folders" / wnid / name).write_bytes(data)
    packed = sources.read(sources.train_archive(tmp_path / "train.tar"))
    assert packed.entries == sources.read(tmp_path / "folders").entries


def test_a_class_tar_inside_that_is_cut_off_loses_its_own_end_only(tmp_path: Path) -> None:
    inner = {f"{wnid}.tar": sources.tar(files) for wnid, files in sources.class_images().items()}
    inner[f"{sources.WNIDS[1]}.tar"] = inner[f"{sources.WNIDS[1]}.tar"][:1100]
    (tmp_path / "train.tar").write_bytes(sources.tar(inner))
    found = sources.read(tmp_path / "train.tar")
    counts = Counter(entry.label for entry in found.entries)
    assert (counts[sources.WNIDS[0]], counts[sources.WNIDS[2]]) == (2, 2)
    assert [fault.why.partition(":")[0] for fault in found.report.faults] == [sources.WNIDS[1]]


@pytest.mark.parametrize(("share", "kept"), [(0.01, 0), (0.2, 0), (0.7, 1), (0.99, 2)])
def test_an_archive_that_is_cut_off_in_its_last_class_has_what_lies_before_the_cut(
    tmp_path: Path, share: float, kept: int
) -> None:
    inner = {f"{wnid}.tar": sources.tar(files) for wnid, files in sources.class_images().items()}
    whole = sources.tar(inner)
    files = sources.class_images()[sources.WNIDS[-1]]
    last = inner[f"{sources.WNIDS[-1]}.tar"]
    images_bytes = sum(512 + -(-len(data) // 512) * 512 for data in files.values())
    (tmp_path / "train.tar").write_bytes(whole[: whole.index(last) + 1 + int(share * images_bytes)])
    found = sources.read(tmp_path / "train.tar")
    assert len(found.entries) == 4 + kept
    assert all(entry.defect is None for entry in found.entries)
    assert [fault.why.partition(":")[0] for fault in found.report.faults] == ["train", sources.WNIDS[-1]]
    assert all("cut off" in fault.why for fault in found.report.faults)
