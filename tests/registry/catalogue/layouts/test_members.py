import shutil
import tarfile
from pathlib import Path

import pytest

from registry.catalogue import places
from registry.catalogue.entries import Defect
from registry.catalogue.layouts import members
from registry.catalogue.layouts.source import Source
from registry.errors import UnavailableError
from tests.factories import sources

WNID = sources.WNIDS[0]


def archive_with(tmp_path: Path, *odd: tarfile.TarInfo) -> Path:
    folder = tmp_path / "archives"
    folder.mkdir()
    images = sources.class_images(wnids=[WNID])[WNID]
    (folder / f"{WNID}.tar").write_bytes(sources.tar(images, odd))
    return folder


def test_every_image_can_be_read_again_where_it_lies(tmp_path: Path) -> None:
    file = sources.train_archive(tmp_path / "ILSVRC2012_img_train.tar")
    for entry in sources.read(file).entries:
        wnid, name = entry.path.split("/")
        assert places.place_of(file, entry).read() == sources.class_images()[wnid][name]


def test_links_and_devices_are_rows_with_a_defect(tmp_path: Path) -> None:
    link = sources.member("link.JPEG", tarfile.SYMTYPE, "/etc/passwd")
    hard = sources.member("hard.JPEG", tarfile.LNKTYPE, f"{WNID}_0.JPEG")
    device = sources.member("device.JPEG", tarfile.CHRTYPE)
    found = sources.read(archive_with(tmp_path, link, hard, device))
    defects = {entry.path.partition("/")[2]: entry.defect for entry in found.entries if entry.defect}
    assert defects == {"link.JPEG": Defect.SYMLINK, "hard.JPEG": Defect.SYMLINK, "device.JPEG": Defect.SPECIAL_FILE}
    assert found.report.came_in == 5


@pytest.mark.parametrize("name", ["/etc/passwd", "../up.JPEG", "a/../../b.JPEG"])
def test_a_member_whose_name_leads_away_is_refused_with_its_place(tmp_path: Path, name: str) -> None:
    found = sources.read(archive_with(tmp_path, sources.member(name, tarfile.REGTYPE)))
    assert len(found.entries) == 2
    ((file, where, why),) = found.refused
    assert (file, where[:5]) == (f"{WNID}.tar", "byte ")
    assert why == "its name is no plain relative path"


def test_two_members_of_one_name_are_one_image_and_one_refusal(tmp_path: Path) -> None:
    folder = archive_with(tmp_path)
    with tarfile.open(folder / f"{WNID}.tar", "a") as archive:
        archive.addfile(tarfile.TarInfo(f"{WNID}_0.JPEG"))
    found = sources.read(folder)
    assert [entry.size_bytes for entry in found.entries if entry.path.endswith("_0.JPEG")] != [0]
    assert [why for *_, why in found.refused] == ["its path came before"]
    assert found.report.came_in == len(found.entries) + 1


def test_an_archive_that_is_cut_off_gives_what_it_has_and_the_others_are_whole(tmp_path: Path) -> None:
    folder = sources.class_archives(tmp_path / "archives")
    whole = (folder / f"{WNID}.tar").read_bytes()
    for length in (1000, 1536, 1700):
        (folder / f"{WNID}.tar").write_bytes(whole[:length])
        found = sources.read(folder)
        assert {entry.label for entry in found.entries} >= {*sources.WNIDS[1:]}
        (fault,) = found.report.faults
        assert (fault.file, fault.where[:5]) == (f"{WNID}.tar", "byte ")
        assert "cut off" in fault.why


def test_an_archive_that_is_not_there_is_a_fault_and_one_that_goes_meanwhile_is_one_sentence(tmp_path: Path) -> None:
    source = Source(tmp_path)
    assert list(members.listed(source, "missing.tar")) == []
    assert [(fault.file, fault.why) for fault in source.report.faults] == [("missing.tar", "there is no such file")]
    (tmp_path / "gone.tar").touch()
    listing = members.listed(source, "gone.tar")
    (tmp_path / "gone.tar").unlink()
    with pytest.raises(UnavailableError, match=r"gone\.tar cannot be read"):
        list(listing)


def test_a_source_that_moved_with_its_archives_is_still_read(tmp_path: Path) -> None:
    folder = sources.class_archives(tmp_path / "here")
    entries = sources.read(folder).entries
    moved = shutil.move(folder, tmp_path / "there")
    assert all(len(places.place_of(Path(moved), entry).read()) == entry.size_bytes for entry in entries)
