from pathlib import Path

import pytest

from registry.catalogue import manifests, reading
from registry.catalogue.layout_names import LayoutName
from registry.catalogue.layouts.source import Source
from registry.errors import AccountNotClosedError, InvalidInputError
from tests.factories import sources, trees


def test_reading_twice_gives_the_same_bytes(tmp_path: Path) -> None:
    file = sources.train_archive(tmp_path / "train.tar")
    for name, workers in (("one", 1), ("two", 3)):
        reading.read(Source(file, workers=workers), LayoutName.AUTO, tmp_path / name)
    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()
    assert manifests.extras_of(tmp_path / "one") == ["part", "position"]


def test_the_layout_is_named_with_what_spoke_for_it(tmp_path: Path) -> None:
    source = Source(sources.train_archive(tmp_path / "train.tar"))
    assert reading.read(source, LayoutName.AUTO, tmp_path / "m").layout.name is LayoutName.TRAIN_ARCHIVE
    assert source.report.conclusions == ["The layout is ilsvrc-train-archive: it is an archive of class archives."]


def test_a_source_of_which_nothing_could_be_taken_says_why(tmp_path: Path) -> None:
    trees.plain(tmp_path / "x")
    (tmp_path / "list").write_text("n09999999\n")
    with pytest.raises(InvalidInputError, match=r"holds nothing that could be taken: its class is none of the list"):
        reading.read(Source(tmp_path / "x", classes_file=tmp_path / "list"), LayoutName.AUTO, tmp_path / "m")


def test_rows_that_vanish_are_an_open_account(tmp_path: Path) -> None:
    trees.plain(tmp_path / "x")
    source = Source(tmp_path / "x")
    source.report.came_in = 1
    with pytest.raises(AccountNotClosedError, match="7 rows came in, and 6 were taken or refused"):
        reading.read(source, LayoutName.AUTO, tmp_path / "m")
