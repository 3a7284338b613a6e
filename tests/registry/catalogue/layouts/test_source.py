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
