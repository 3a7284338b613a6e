import dataclasses
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from registry.catalogue import manifests
from registry.catalogue.entries import Defect, SourceEntry
from registry.catalogue.manifests.overlap import Overlap, Relation
from registry.errors import DamagedError
from tests.factories import trees


def with_bytes(path: str, of: str) -> SourceEntry:
    return dataclasses.replace(trees.entry(path), sha256=trees.sha256(of))


def overlap(folder: Path, here: list[SourceEntry], there: list[SourceEntry]) -> Overlap:
    for name, entries in (("here", here), ("there", there)):
        manifests.write_source(sorted(entries, key=lambda entry: entry.path), folder / name)
    return manifests.overlap(folder / "here", folder / "there")


def test_every_row_has_one_fate(tmp_path: Path) -> None:
    here = [trees.entry("a/same"), with_bytes("a/moved", "b/old"), with_bytes("b/changed", "new"), trees.entry("c/new")]
    there = [trees.entry("a/same"), trees.entry("b/old"), trees.entry("b/changed"), trees.entry("d/gone")]
    found = overlap(tmp_path, here, there)
    assert (found.here, found.same, found.moved, found.changed, found.only_here) == (4, 1, 1, 1, 1)
    assert (found.there, found.only_there) == (4, 2)
    assert (found.labels_shared, found.labels_only_here, found.labels_only_there) == (2, 1, 1)
    assert found.relation is Relation.OVERLAPPING
    assert found.confidence == 0.5


@pytest.mark.parametrize(
    ("here", "there", "relation"),
    [
        ("ab", "ab", Relation.IDENTICAL),
        ("a", "ab", Relation.PART),
        ("ab", "a", Relation.WHOLE),
        ("ab", "bc", Relation.OVERLAPPING),
        ("a", "b", Relation.UNRELATED),
        ("", "b", Relation.UNRELATED),
        ("", "", Relation.UNRELATED),
    ],
)
def test_what_one_source_is_to_another_follows_from_their_bytes(
    tmp_path: Path, here: str, there: str, relation: Relation
) -> None:
    assert overlap(tmp_path, list(map(trees.entry, here)), list(map(trees.entry, there))).relation is relation


def test_the_same_files_at_other_paths_are_told_from_identical_ones(tmp_path: Path) -> None:
    found = overlap(tmp_path, [with_bytes("x", "a")], [trees.entry("a")])
    assert (found.relation, found.confidence) == (Relation.SAME_FILES_ELSEWHERE, 1.0)


def test_a_file_that_lies_there_twice_is_one_file(tmp_path: Path) -> None:
    found = overlap(tmp_path, [with_bytes("x", "a")], [with_bytes("y", "a"), with_bytes("z", "a")])
    assert (found.moved, found.only_there, found.relation) == (1, 0, Relation.SAME_FILES_ELSEWHERE)


def test_files_without_bytes_are_the_same_at_the_same_path_only(tmp_path: Path) -> None:
    link = SourceEntry("link", defect=Defect.SYMLINK)
    assert overlap(tmp_path, [link], [link]).relation is Relation.IDENTICAL
    other = SourceEntry("other", defect=Defect.SYMLINK)
    found = overlap(tmp_path, [link], [other])
    assert (found.only_here, found.only_there, found.relation) == (1, 1, Relation.UNRELATED)


ROWS = st.dictionaries(st.sampled_from("abcd"), st.sampled_from("xyz"), max_size=4)


@settings(max_examples=30)
@given(ROWS, ROWS)
def test_fates_add_up_whatever_the_rows_are(
    tmp_path_factory: pytest.TempPathFactory, here: dict[str, str], there: dict[str, str]
) -> None:
    sides = [[with_bytes(path, of) for path, of in rows.items()] for rows in (here, there)]
    found = overlap(tmp_path_factory.mktemp("overlap"), *sides)
    assert found.same + found.moved + found.changed + found.only_here == found.here == len(here)
    assert found.known == sum(of in there.values() for of in here.values())
    assert found.only_there == sum(of not in here.values() for of in there.values())
    assert 0 <= found.confidence <= 1


def test_a_release_is_compared_by_its_sources(tmp_path: Path) -> None:
    manifests.write_release([trees.excluded("a")], tmp_path / "release")
    manifests.write_source([trees.entry("a")], tmp_path / "source")
    assert manifests.overlap(tmp_path / "source", tmp_path / "release").relation is Relation.IDENTICAL


def test_a_damaged_manifest_is_told_as_damage(tmp_path: Path) -> None:
    (tmp_path / "text").write_text("no manifest")
    with pytest.raises(DamagedError):
        manifests.overlap(tmp_path / "text", tmp_path / "text")
