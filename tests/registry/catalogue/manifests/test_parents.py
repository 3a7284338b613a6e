from pathlib import Path

import pytest

from registry.catalogue import manifests
from registry.catalogue.entries import Defect, ReleaseEntry, SourceEntry
from registry.catalogue.manifests import Parent, packing, parents
from registry.errors import AccountNotClosedError, DamagedError, InvalidInputError
from tests.factories import trees

PATHS = [f"n{number // 3:03d}/{number}.JPEG" for number in range(100, 120)]
MAKERS = (trees.kept, trees.blurred, trees.excluded)


def release(*paths: str) -> list[ReleaseEntry]:
    """A verdict about each."""
    return [MAKERS[number % 3](path) for number, path in enumerate(paths)]


def proven(folder: Path, entries: list[SourceEntry]) -> Parent:
    """A source's manifest with its root."""
    return Parent(folder / "source", manifests.write_source(entries, folder / "source").parent_root)


@pytest.fixture(autouse=True)
def _short_groups(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(packing, "ROW_GROUP_ROWS", 7)
    monkeypatch.setattr(parents, "READ_ROWS", 5)


def test_a_release_of_its_parent_has_the_totals_that_it_has_by_itself(tmp_path: Path) -> None:
    entries = release(*PATHS)
    parent = proven(tmp_path, [entry.source for entry in entries])
    beside = manifests.write_release(entries, tmp_path / "one", parent=parent)
    assert beside == manifests.write_release(entries, tmp_path / "other")
    assert (tmp_path / "one").read_bytes() == (tmp_path / "other").read_bytes()


def test_a_release_of_the_same_source_can_stand_for_the_parent(tmp_path: Path) -> None:
    before = manifests.write_release(release(*PATHS), tmp_path / "before")
    parent = Parent(tmp_path / "before", before.parent_root)
    revised = [trees.excluded(path) for path in PATHS]
    assert manifests.write_release(revised, tmp_path / "after", parent=parent).parent_root == before.parent_root


def test_nothing_is_a_release_of_nothing(tmp_path: Path) -> None:
    parent = proven(tmp_path, [])
    assert manifests.write_release([], tmp_path / "release", parent=parent).rows == 0


@pytest.mark.parametrize(
    ("judged", "named"),
    [
        (PATHS[1:], PATHS[0]),
        (PATHS[:9] + PATHS[10:], PATHS[9]),
        (PATHS[:-1], PATHS[-1]),
        (PATHS[:14], PATHS[14]),
        ([], PATHS[0]),
        (["a", *PATHS], "a"),
        ([*PATHS, "z"], "z"),
        ([*PATHS, *(f"z{number}" for number in range(10, 20))], "z10"),
    ],
)
def test_an_image_that_is_missing_or_invented_is_named_and_nothing_is_left(
    tmp_path: Path, judged: list[str], named: str
) -> None:
    parent = proven(tmp_path, list(map(trees.entry, PATHS)))
    with pytest.raises(AccountNotClosedError, match=f"not those of the parent from {named} on"):
        manifests.write_release(release(*judged), tmp_path / "release", parent=parent)
    assert [path.name for path in tmp_path.iterdir()] == ["source"]


def test_an_image_with_another_defect_is_not_the_parents(tmp_path: Path) -> None:
    entries = list(map(trees.entry, PATHS))
    entries[12] = trees.entry(PATHS[12], Defect.EMPTY)
    parent = proven(tmp_path, entries)
    with pytest.raises(AccountNotClosedError, match=PATHS[12]):
        manifests.write_release(release(*PATHS), tmp_path / "release", parent=parent)


def test_a_damaged_parent_is_no_parent(tmp_path: Path) -> None:
    (tmp_path / "source").write_bytes(b"PAR1 no more")
    with pytest.raises(DamagedError, match="damaged or gone"):
        manifests.write_release(release(*PATHS), tmp_path / "release", parent=Parent(tmp_path / "source", "sha256:0"))


def test_what_is_refused_while_a_group_is_packed_leaves_nothing(tmp_path: Path) -> None:
    entries = [*release(*PATHS[:7]), trees.kept(PATHS[3])]
    with pytest.raises(InvalidInputError, match="out of order or repeated"):
        manifests.write_release(entries, tmp_path / "release")
    assert list(tmp_path.iterdir()) == []
