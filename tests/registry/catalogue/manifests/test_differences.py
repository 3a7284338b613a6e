import dataclasses
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from registry.catalogue import manifests
from registry.catalogue.entries import ReleaseEntry
from registry.catalogue.manifests.differences import ChangeKind
from registry.errors import InvalidInputError
from tests.factories import trees


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
RELEASES = st.dictionaries(st.sampled_from("abcdef"), MAKERS, max_size=6)


@settings(max_examples=25)
@given(RELEASES, RELEASES)
def test_the_differences_are_exactly_the_paths_that_differ(
    tmp_path_factory: pytest.TempPathFactory, old: dict[str, object], new: dict[str, object]
) -> None:
    folder = tmp_path_factory.mktemp("diff")
    sides = [[make(path) for path, make in sorted(side.items())] for side in (old, new)]  # type: ignore[operator]  # makers
    files = [written(folder, name, side) for name, side in zip(("old", "new"), sides, strict=True)]
    changed = [change.path for change in manifests.diff(*files)]
    assert changed == [path for path in sorted({*old, *new}) if old.get(path) is not new.get(path)]


def test_more_changes_than_are_fetched_at_once_all_come(tmp_path: Path) -> None:
    old = written(tmp_path, "old", [trees.kept(f"a/{i:05d}") for i in range(3000)])
    new = written(tmp_path, "new", [trees.excluded(f"a/{i:05d}") for i in range(3000)])
    assert len(list(manifests.diff(old, new))) == 3000


def test_a_source_cannot_be_compared_as_a_release(tmp_path: Path) -> None:
    manifests.write_source([trees.entry("a")], tmp_path / "source")
    release = written(tmp_path, "release", [trees.kept("a")])
    with pytest.raises(InvalidInputError):
        list(manifests.diff(tmp_path / "source", release))
