import os
from pathlib import Path

import pytest

from registry.catalogue.layouts import folders, source
from registry.catalogue.layouts.source import Source
from tests.factories import trees


def test_somebody_is_told_how_far_it_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(source, "TOLD_EVERY", 4)
    trees.plain(tmp_path)
    told: list[int] = []
    tables = list(Source(tmp_path, told=told.append).read(folders.walk(tmp_path)))
    assert sum(map(len, tables)) == 6
    assert told == [4, 6]


def test_a_source_without_a_list_has_no_classes(tmp_path: Path) -> None:
    assert Source(tmp_path).classes() is None
    (tmp_path / "list").write_text("n00000001\n")
    found = Source(tmp_path, classes_file=tmp_path / "list").classes()
    assert found is not None
    assert found.wnids == ("n00000001",)


@pytest.mark.parametrize(
    ("part", "why"),
    [
        ("../away.tar", "its name is no plain relative path"),
        ("/etc/hostname", "its name is no plain relative path"),
        ("out/away.tar", "its name is no plain relative path, or a link on the way leads out"),
        ("link.tar", "it is a link, and links are not followed"),
        ("gone.tar", "there is no such file"),
        ("folder.tar", "there is no such file"),
    ],
)
def test_a_part_that_is_a_link_or_lies_elsewhere_is_not_read_and_named(tmp_path: Path, part: str, why: str) -> None:
    (tmp_path / "away.tar").touch()
    (tmp_path / "source/folder.tar").mkdir(parents=True)
    (tmp_path / "source/link.tar").symlink_to("../away.tar")
    (tmp_path / "source/out").symlink_to("..")
    reading = Source(tmp_path / "source")
    assert reading.place_of(part) is None
    ((file, where, said),) = reading.report.faults
    assert (file, where) == (part, "")
    assert said.startswith(why)


def test_a_part_lies_in_its_folder_or_is_the_source_itself(tmp_path: Path) -> None:
    name = os.fsdecode(b"caf\xe9.tar")
    (tmp_path / name).touch()
    for root in (tmp_path, tmp_path / name):
        reading = Source(root)
        assert reading.place_of("caf\\xe9.tar") == tmp_path / name
        assert reading.report.faults == []
