import dataclasses
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from registry.catalogue import manifests
from registry.catalogue.entries import Box, ReleaseEntry
from registry.catalogue.manifests import packing
from registry.catalogue.manifests.differences import ChangeKind
from registry.errors import InvalidInputError
from tests.factories import trees


@pytest.fixture(autouse=True)
def _short_groups(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(packing, "ROW_GROUP_ROWS", 3)


def written(folder: Path, name: str, entries: list[ReleaseEntry]) -> Path:
    manifests.write_release(entries, folder / name)
    return folder / name


def with_other_source(entry: ReleaseEntry) -> ReleaseEntry:
    source = dataclasses.replace(entry.source, sha256=trees.sha256("other"))
    return dataclasses.replace(entry, source=source, output_sha256=source.sha256)


CASES: dict[ChangeKind, tuple[ReleaseEntry | None, ReleaseEntry | None]] = {
    ChangeKind.ADDED: (None, trees.kept("a")),
    ChangeKind.REMOVED: (trees.kept("a"), None),
    ChangeKind.SOURCE_CHANGED: (trees.kept("a"), with_other_source(trees.kept("a"))),
    ChangeKind.VERDICT_CHANGED: (trees.kept("a"), trees.excluded("a")),
    ChangeKind.OUTPUT_CHANGED: (
        trees.blurred("a"),
        dataclasses.replace(trees.blurred("a"), output_sha256=trees.sha256("blurred otherwise")),
    ),
    ChangeKind.REASONS_CHANGED: (trees.excluded("a"), trees.excluded("a", "takedown")),
}


@pytest.mark.parametrize("kind", ChangeKind)
def test_every_kind_of_change_is_told(tmp_path: Path, kind: ChangeKind) -> None:
    same = trees.blurred("zz")
    before, after = CASES[kind]
    old = written(tmp_path, "old", [*([before] if before else []), same])
    new = written(tmp_path, "new", [*([after] if after else []), same])
    (change,) = manifests.diff(old, new)
    assert (change.path, change.kind, change.old, change.new) == ("a", kind, before, after)
    assert manifests.diff_counts(old, new) == {other.value: int(other is kind) for other in ChangeKind}


def test_a_release_does_not_differ_from_itself(tmp_path: Path) -> None:
    release = written(tmp_path, "same", [trees.kept("a"), trees.blurred("b"), trees.excluded("c")])
    assert list(manifests.diff(release, release)) == []


MAKERS = st.sampled_from([trees.kept, trees.blurred, trees.excluded])
RELEASES = st.dictionaries(st.sampled_from("abcdefghijk"), MAKERS, max_size=9)


@settings(max_examples=50)
@given(RELEASES, RELEASES)
def test_the_differences_are_exactly_the_paths_that_differ(
    tmp_path_factory: pytest.TempPathFactory, old: dict[str, object], new: dict[str, object]
) -> None:
    folder = tmp_path_factory.mktemp("diff")
    sides = [[make(path) for path, make in sorted(side.items())] for side in (old, new)]  # type: ignore[operator]  # makers
    files = [written(folder, name, side) for name, side in zip(("old", "new"), sides, strict=True)]
    changed = [change.path for change in manifests.diff(*files)]
    assert changed == [path for path in sorted({*old, *new}) if old.get(path) is not new.get(path)]


def test_the_differences_at_the_beginning_are_told_before_the_rest_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = written(tmp_path, "old", [trees.kept(f"a/{i:02d}") for i in range(30)])
    new = written(tmp_path, "new", [trees.excluded(f"a/{i:02d}") for i in range(30)])
    whole, read = pq.ParquetFile.read_row_group, set()

    def noted(file: pq.ParquetFile, group: int, **wanted: object) -> pa.Table:
        read.add(group)
        return whole(file, group, **wanted)

    monkeypatch.setattr(pq.ParquetFile, "read_row_group", noted)
    assert next(manifests.diff(old, new)).path == "a/00"
    assert read == {0}


def test_releases_of_before_can_be_compared_with_those_of_now(tmp_path: Path) -> None:
    box = Box(1, 2, 3, 4, 0.5)
    entries = [trees.kept("a"), dataclasses.replace(trees.blurred("b"), faces=1, boxes=(box,))]
    new = written(tmp_path, "new", [trees.kept("a"), trees.excluded("b")])
    table = pq.read_table(written(tmp_path, "old", entries)).drop_columns(["reviews", "look"])
    pq.write_table(table, tmp_path / "old")
    (change,) = manifests.diff(tmp_path / "old", new)
    assert change.old == entries[1]


def test_more_changes_than_are_fetched_at_once_all_come(tmp_path: Path) -> None:
    old = written(tmp_path, "old", [trees.kept(f"a/{i:05d}") for i in range(300)])
    new = written(tmp_path, "new", [trees.excluded(f"a/{i:05d}") for i in range(300)])
    assert len(list(manifests.diff(old, new))) == 300


def test_a_source_cannot_be_compared_as_a_release(tmp_path: Path) -> None:
    manifests.write_source([trees.entry("a")], tmp_path / "source")
    release = written(tmp_path, "release", [trees.kept("a")])
    with pytest.raises(InvalidInputError):
        list(manifests.diff(tmp_path / "source", release))
