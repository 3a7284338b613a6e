from dataclasses import replace
from pathlib import Path

import pytest

from registry.catalogue import manifests
from registry.catalogue.entries import Box, Defect, FaceZone, ReleaseEntry
from registry.catalogue.manifests import packing
from registry.catalogue.manifests.lookups import MAX_PAGE_ROWS, LabelCount
from registry.errors import DamagedError, InvalidInputError
from registry.proof.manifest import Verdict
from tests.factories import trees

ENTRIES = [
    trees.kept("flat"),
    trees.kept("n01/a"),
    trees.blurred("n01/b"),
    trees.excluded("n01/c", "person-synset", "takedown"),
    trees.excluded("n02/a", "takedown"),
    trees.kept("n02/b"),
]


@pytest.fixture
def release(tmp_path: Path) -> Path:
    manifests.write_release(ENTRIES, tmp_path / "release")
    return tmp_path / "release"


def paths(entries: list[ReleaseEntry]) -> list[str]:
    return [entry.source.path for entry in entries]


def test_pages_follow_one_another_without_gap_or_repetition(release: Path) -> None:
    seen: list[ReleaseEntry] = []
    while found := manifests.page(release, seen[-1].source.path if seen else None, 4):
        seen += found
    assert seen == ENTRIES


def test_a_page_behind_a_path_that_is_not_there_starts_with_the_next(release: Path) -> None:
    assert paths(manifests.page(release, "n01/bb", 2)) == ["n01/c", "n02/a"]


def test_a_page_can_be_narrowed(release: Path) -> None:
    assert paths(manifests.page(release, None, 9, verdict=Verdict.EXCLUDE)) == ["n01/c", "n02/a"]
    assert paths(manifests.page(release, None, 9, reason="takedown", label="n02")) == ["n02/a"]
    assert paths(manifests.page(release, "n01/a", 9, label="n01")) == ["n01/b", "n01/c"]
    assert manifests.page(release, None, 9, reason="' OR 1=1 --") == []


@pytest.mark.parametrize("limit", [0, -1, MAX_PAGE_ROWS + 1])
def test_a_page_has_a_sensible_size(release: Path, limit: int) -> None:
    with pytest.raises(InvalidInputError, match="page"):
        manifests.page(release, None, limit)


def test_a_source_has_pages_too(tmp_path: Path) -> None:
    entries = [trees.entry("a/1"), trees.entry("a/2", Defect.TRUNCATED), trees.entry("b/1")]
    manifests.write_source(entries, tmp_path / "source")
    assert manifests.source_page(tmp_path / "source", None, 2) == entries[:2]
    assert manifests.source_page(tmp_path / "source", "a/1", 5, label="a") == entries[1:2]
    assert manifests.source_page(tmp_path / "source", None, 5, defect=Defect.TRUNCATED) == entries[1:2]
    assert manifests.source_page(tmp_path / "source", None, 5, defect=Defect.EMPTY) == []
    with pytest.raises(InvalidInputError):
        manifests.page(tmp_path / "source", None, 5)


def test_an_image_is_found_by_path_by_its_bytes_and_by_those_that_were_handed_out(release: Path) -> None:
    assert paths(manifests.find(release, path="n01/b")) == ["n01/b"]
    assert paths(manifests.find(release, sha256=trees.sha256("n01/b"))) == ["n01/b"]
    assert paths(manifests.find(release, sha256=trees.sha256("n01/b blurred"))) == ["n01/b"]
    assert paths(manifests.find(release, sha256=trees.sha256("flat"))) == ["flat"]
    assert manifests.find(release, sha256="0" * 64) == []
    assert manifests.find(release, sha256=trees.sha256("flat"), path="n01/b") == []


def test_images_are_found_by_their_paths_in_one_question_in_order(release: Path) -> None:
    assert paths(manifests.find_each(release, ["n02/a", "flat", "n01/zz", "n01/b"])) == ["flat", "n01/b", "n02/a"]
    assert manifests.find_each(release, ["n01/b"]) == manifests.find(release, path="n01/b")
    for wrong in ([], ["x"] * (MAX_PAGE_ROWS + 1)):
        with pytest.raises(InvalidInputError, match="1 to 1000 rows"):
            manifests.find_each(release, wrong)


def test_twins_are_found_together(tmp_path: Path) -> None:
    first = trees.entry("a/1")
    twin = trees.entry("b/1").__class__("b/1", first.size_bytes, first.sha256, label="b")
    manifests.write_source([first, twin], tmp_path / "source")
    assert manifests.find_source(tmp_path / "source", sha256=first.sha256) == [first, twin]
    assert manifests.find_source(tmp_path / "source", path="b/1") == [twin]


def test_all_that_have_a_digest_are_found_in_order_wherever_they_lie(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(packing, "ROW_GROUP_ROWS", 2)
    entries = [trees.kept("a"), trees.kept("b"), trees.blurred("c"), trees.kept("d"), trees.kept("e")]
    output = entries[2].output_sha256
    assert output is not None
    for at in (1, 4):
        source = replace(entries[at].source, sha256=output)
        entries[at] = replace(entries[at], source=source, output_sha256=output)
    manifests.write_release(entries, tmp_path / "release")
    assert manifests.find(tmp_path / "release", sha256=output) == [entries[1], entries[2], entries[4]]
    assert manifests.find(tmp_path / "release", sha256=output, path="c") == [entries[2]]


def test_a_source_is_not_asked_for_outputs(tmp_path: Path) -> None:
    manifests.write_source([trees.entry("a")], tmp_path / "source")
    with pytest.raises(InvalidInputError, match="source"):
        manifests.find(tmp_path / "source", sha256=trees.sha256("a"))


@pytest.mark.parametrize("sha256", ["", "0" * 63, "G" * 64, "sha256:" + "0" * 64])
def test_what_is_no_digest_is_refused(release: Path, sha256: str) -> None:
    with pytest.raises(InvalidInputError, match="64"):
        manifests.find(release, sha256=sha256)


def test_nothing_asked_for_is_refused(release: Path) -> None:
    with pytest.raises(InvalidInputError, match="which"):
        manifests.find(release)
    with pytest.raises(InvalidInputError, match="which"):
        manifests.find_source(release)


def test_a_manifest_without_rows_has_no_classes(tmp_path: Path) -> None:
    manifests.write_release([], tmp_path / "empty")
    assert manifests.labels(tmp_path / "empty") == []
    assert manifests.page(tmp_path / "empty", None, 5) == []


def test_classes_come_in_order_with_their_numbers(release: Path) -> None:
    assert manifests.labels(release) == [LabelCount("flat", 1), LabelCount("n01", 3), LabelCount("n02", 2)]


def test_what_was_doubtful_is_found_and_counted(tmp_path: Path) -> None:
    box = Box(1, 2, 3, 4, 0.1, FaceZone.REVIEW)
    entries = [trees.kept("a"), replace(trees.kept("b"), boxes=(box,)), replace(trees.excluded("c"), boxes=(box,))]
    manifests.write_release(entries, tmp_path / "release")
    assert manifests.count_doubtful(tmp_path / "release") == 1
    assert manifests.page(tmp_path / "release", None, 9, is_doubtful=True) == entries[1:2]


def test_images_are_counted_by_their_digests(release: Path) -> None:
    wanted = [trees.sha256("flat"), trees.sha256("n01/c"), trees.sha256("nowhere")]
    assert manifests.count_among(release, wanted) == 2
    assert manifests.count_among(release, []) == 0


def test_entries_are_read_by_their_rows_in_the_order_asked_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(packing, "ROW_GROUP_ROWS", 2)
    entries = [trees.entry(f"n1/{number}.JPEG") for number in range(5)]
    manifests.write_source(entries, tmp_path / "manifest")
    assert manifests.at_rows(tmp_path / "manifest", [4, 0, 3]) == [entries[4], entries[0], entries[3]]
    assert manifests.at_rows(tmp_path / "manifest", []) == []
    with pytest.raises(InvalidInputError, match="fewer rows"):
        manifests.at_rows(tmp_path / "manifest", [5])
    with pytest.raises(DamagedError):
        manifests.at_rows(tmp_path / "gone", [0])
