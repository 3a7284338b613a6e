import dataclasses
import io
import resource
from collections import Counter
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

import duckdb
import psutil
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from registry.catalogue import manifests
from registry.catalogue.entries import Defect, ReleaseEntry, SourceEntry
from registry.catalogue.manifests import columns, packing
from registry.errors import DamagedError, InvalidInputError, UnavailableError
from registry.proof import manifest
from tests.factories import trees

PATHS = [f"n{i // 3:03d}/{i}.JPEG" for i in range(100, 120)]
MAKERS = (trees.kept, trees.blurred, trees.excluded)


def release() -> list[ReleaseEntry]:
    return [MAKERS[i % 3](path) for i, path in enumerate(PATHS)]


def test_a_source_is_written_and_read_back(tmp_path: Path) -> None:
    entries = [trees.entry(path) for path in PATHS] + [SourceEntry("z/link", label="z", defect=Defect.SYMLINK)]
    totals = manifests.write_source(entries, tmp_path / "source")
    assert list(manifests.iter_source(tmp_path / "source")) == entries
    assert (totals.rows, totals.size_bytes) == (21, sum(map(len, PATHS)))
    assert (totals.formats, totals.defects) == ({"jpeg": 20}, {"symlink": 1})
    assert totals.labels["z"] == 1
    assert sum(totals.labels.values()) == 21


def test_a_release_is_written_and_read_back(tmp_path: Path) -> None:
    totals = manifests.write_release(release(), tmp_path / "release")
    assert list(manifests.iter_release(tmp_path / "release")) == release()
    assert totals.verdicts == {"keep": 7, "blur": 7, "exclude": 6}


def test_the_root_is_that_of_the_canonical_lines(tmp_path: Path) -> None:
    totals = manifests.write_release(release(), tmp_path / "release")
    lines = io.BytesIO()
    assert manifest.write((entry.to_row() for entry in release()), lines) == totals
    assert manifest.measure(io.BytesIO(lines.getvalue())) == totals


def test_the_root_of_a_source_is_the_parent_root_of_every_release_of_it(tmp_path: Path) -> None:
    source = manifests.write_source([entry.source for entry in release()], tmp_path / "source")
    assert manifests.write_release(release(), tmp_path / "release").parent_root == source.parent_root
    assert list(manifests.iter_source(tmp_path / "release")) == list(manifests.iter_source(tmp_path / "source"))


def test_equal_rows_give_equal_bytes(tmp_path: Path) -> None:
    for name in "ab":
        manifests.write_release(iter(release()), tmp_path / name)
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()


def test_row_groups_do_not_depend_on_how_the_rows_arrived(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(packing, "ROW_GROUP_ROWS", 7)
    many = [trees.entry(path) for path in PATHS]
    manifests.write_source(many, tmp_path / "list")
    manifests.write_source(iter(many), tmp_path / "stream")
    assert sha256((tmp_path / "list").read_bytes()).digest() == sha256((tmp_path / "stream").read_bytes()).digest()
    assert list(manifests.iter_source(tmp_path / "list")) == many


def test_a_digest_can_be_found_without_reading_every_row_group(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(packing, "ROW_GROUP_ROWS", 7)
    manifests.write_release(release(), tmp_path / "release")
    question = "SELECT path_in_schema, bloom_filter_length FROM parquet_metadata(?) WHERE bloom_filter_length > 0"
    found = duckdb.execute(question, [str(tmp_path / "release")]).fetchall()
    assert Counter(name for name, _ in found) == {"sha256": 3, "changed_sha256": 3}


@settings(max_examples=30)
@given(st.lists(st.text(st.characters(codec="utf-8", exclude_characters="/\\\x7f", min_codepoint=32), min_size=1)))
def test_order_is_that_of_code_points(tmp_path_factory: pytest.TempPathFactory, names: list[str]) -> None:
    file = tmp_path_factory.mktemp("order") / "source"
    paths = sorted({f"a/_{name}" for name in names})
    assert manifests.write_source(map(trees.entry, paths), file).rows == len(paths)
    assert paths == sorted(paths, key=str.encode)
    if len(paths) > 1:
        with pytest.raises(InvalidInputError, match="out of order"):
            manifests.write_source(map(trees.entry, reversed(paths)), file)


@pytest.mark.parametrize("paths", [("a", "a"), ("b", "a")])
def test_rows_out_of_order_or_repeated_are_refused_and_leave_nothing(tmp_path: Path, paths: tuple[str, ...]) -> None:
    with pytest.raises(InvalidInputError, match="out of order or repeated"):
        manifests.write_release(map(trees.kept, paths), tmp_path / "release")
    assert list(tmp_path.iterdir()) == []


def test_a_row_that_contradicts_itself_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidInputError):
        manifests.write_release([trees.excluded("a", "z", "a")], tmp_path / "release")


@pytest.mark.parametrize("before", [0, 7, 9])
def test_a_row_that_no_manifest_may_hold_is_refused_and_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, before: int
) -> None:
    monkeypatch.setattr(packing, "ROW_GROUP_ROWS", 7)
    entries = [*map(trees.kept, PATHS[:before]), trees.kept("z/../a")]
    with pytest.raises(InvalidInputError, match="plain relative path"):
        manifests.write_release(entries, tmp_path / "release")
    with pytest.raises(InvalidInputError, match="plain relative path"):
        manifests.write_source([entry.source for entry in entries], tmp_path / "source")
    assert list(tmp_path.iterdir()) == []


def test_a_writer_that_is_interrupted_leaves_the_old_file(tmp_path: Path) -> None:
    file = tmp_path / "source"
    manifests.write_source([trees.entry("a")], file)
    before = file.read_bytes()

    def interrupted() -> Iterator[SourceEntry]:
        yield trees.entry("a")
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        manifests.write_source(interrupted(), file)
    assert file.read_bytes() == before
    assert [path.name for path in tmp_path.iterdir()] == ["source"]


def test_a_full_disk_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / ".source.draft").symlink_to("/dev/full")
    with pytest.raises(UnavailableError, match=r"^The disk is full: the manifest cannot be written\.$"):
        manifests.write_source([trees.entry("a")], tmp_path / "source")
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_not_there_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(UnavailableError, match="No such file"):
        manifests.write_source([trees.entry("a")], tmp_path / "missing/source")


def test_what_is_no_manifest_of_a_release_is_refused(tmp_path: Path) -> None:
    manifests.write_source([trees.entry("a")], tmp_path / "source")
    with pytest.raises(InvalidInputError, match="of the kind that is needed"):
        list(manifests.iter_release(tmp_path / "source"))


@pytest.mark.parametrize("name", ["text", "missing"])
def test_a_manifest_that_is_gone_or_none_any_more_is_told_as_damage(tmp_path: Path, name: str) -> None:
    (tmp_path / "text").write_text("no manifest")
    with pytest.raises(DamagedError, match="backup"):
        list(manifests.iter_release(tmp_path / name))


def test_a_manifest_that_was_cut_off_is_told_as_damage(tmp_path: Path) -> None:
    file = tmp_path / "source"
    manifests.write_source([trees.entry("a")], file)
    file.write_bytes(file.read_bytes()[:-10])
    with pytest.raises(DamagedError, match="backup"):
        list(manifests.iter_source(file))


@pytest.mark.slow
def test_memory_does_not_grow_with_the_number_of_rows(tmp_path: Path) -> None:
    """Ten times the rows may not cost a hundred megabytes more; RSS is what the machine really gave."""
    process = psutil.Process()
    peaks = []
    for rows in (40_000, 400_000):
        manifests.write_source((trees.entry(f"a/{i:07d}") for i in range(rows)), tmp_path / "source")
        assert sum(1 for _ in manifests.iter_source(tmp_path / "source")) == rows
        peaks.append(max(process.memory_info().rss, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024))
    assert peaks[1] - peaks[0] < 100_000_000


def test_the_lines_of_a_manifest_are_those_of_its_entries(tmp_path: Path) -> None:
    manifests.write_release(release(), tmp_path / "release")
    lines = io.BytesIO()
    manifest.write((entry.to_row() for entry in release()), lines)
    assert b"".join(manifests.iter_lines(tmp_path / "release")) == lines.getvalue()


def test_where_an_image_lies_is_written_where_somebody_names_it(tmp_path: Path) -> None:
    places = [dataclasses.replace(trees.entry(path), part="x.tar", position=at) for at, path in enumerate(PATHS)]
    manifests.write_source(places, tmp_path / "with", columns.PLACE)
    manifests.write_source(places, tmp_path / "without")
    assert manifests.extras_of(tmp_path / "with") == ["part", "position"]
    assert manifests.extras_of(tmp_path / "without") == []
    assert [entry.position for entry in manifests.iter_source(tmp_path / "with")] == list(range(len(PATHS)))
    assert {entry.part for entry in manifests.iter_source(tmp_path / "without")} == {None}
    (found,) = manifests.find_source(tmp_path / "with", path=PATHS[3])
    assert (found.part, found.position) == ("x.tar", 3)
