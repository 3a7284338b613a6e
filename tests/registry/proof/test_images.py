import os
import unicodedata
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.proof import images, tree
from registry.proof.images import Comparison
from registry.proof.report import Kind
from registry.proof.sampling import One, Sample
from tests.factories import proofs


def laid_out(folder: Path, files: dict[str, bytes]) -> Path:
    for path, data in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(data)
    return folder


def compared(folder: Path) -> Comparison:
    comparison = Comparison()
    comparison.run(proofs.rows(), folder)
    return comparison


def found(comparison: Comparison) -> set[tuple[Kind, str]]:
    return {(finding.kind, finding.path) for finding in comparison.findings.named}


def test_a_right_copy_has_no_findings(tmp_path: Path) -> None:
    comparison = compared(laid_out(tmp_path, proofs.IMAGES))
    assert not comparison.findings.total
    assert (comparison.images, comparison.size_bytes) == (4, sum(map(len, proofs.IMAGES.values())))


def test_altered_added_removed_and_renamed_images_are_named(tmp_path: Path) -> None:
    folder = laid_out(tmp_path, proofs.IMAGES)
    (folder / "n01/cat.JPEG").write_bytes(b"b cat")
    (folder / "n01/zzz.JPEG").write_bytes(b"new")
    (folder / "n01/copy.JPEG").unlink()
    (folder / "n03/face.JPEG").rename(folder / "n03/visage.JPEG")
    comparison = compared(folder)
    assert found(comparison) == {
        (Kind.ALTERED, "n01/cat.JPEG"),
        (Kind.EXTRA, "n01/zzz.JPEG"),
        (Kind.MISSING, "n01/copy.JPEG"),
        (Kind.RENAMED, "n03/visage.JPEG"),
    }
    sentences = {finding.kind: finding.sentence for finding in comparison.findings.named}
    assert sentences[Kind.RENAMED] == "was renamed from n03/face.JPEG"
    assert comparison.images == 1


def test_a_difference_is_told_by_the_size_or_else_by_the_digest(tmp_path: Path) -> None:
    files = {**proofs.IMAGES, "n01/cat.JPEG": b"b cat", "n03/face.JPEG": b"another face, and larger"}
    sentences = {each.path: each.sentence for each in compared(laid_out(tmp_path, files)).findings.named}
    assert sentences["n01/cat.JPEG"] == f"was altered: its SHA-256 is {proofs.sha(b'b cat')}"
    assert sentences["n03/face.JPEG"] == "was altered: 24 bytes instead of 14"


def test_a_file_system_that_does_not_tell_case_apart_is_named_as_the_reason(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    laid_out(tmp_path, proofs.IMAGES)
    listed = [found for found in tree.walk(tmp_path) if found.path != "n01/cat.JPEG"]
    monkeypatch.setattr(tree, "walk", lambda _: iter(listed))  # it answers to a name that its folder does not list
    (finding,) = compared(tmp_path).findings.named
    assert (finding.kind, finding.path) == (Kind.MISSING, "n01/cat.JPEG")
    assert "does not tell case or Unicode forms apart" in finding.sentence


def test_a_name_in_another_unicode_form_is_a_renamed_image(tmp_path: Path) -> None:
    files = dict(proofs.IMAGES)
    (path,) = [path for path in files if "ümlaut" in path]
    files[unicodedata.normalize("NFD", path)] = files.pop(path)
    (finding,) = compared(laid_out(tmp_path, files)).findings.named
    assert finding.kind is Kind.RENAMED
    assert finding.sentence == f"was renamed from {path}"


def test_a_stranger_as_large_as_a_disk_is_named_and_not_read(tmp_path: Path) -> None:
    folder = laid_out(tmp_path, proofs.IMAGES)
    with (folder / "n01" / "zeros.JPEG").open("wb") as file:
        file.truncate(10**12)
    assert found(compared(folder)) == {(Kind.EXTRA, "n01/zeros.JPEG")}


def test_two_images_that_changed_places_are_both_altered(tmp_path: Path) -> None:
    files = dict(proofs.IMAGES)
    files["n01/cat.JPEG"], files["n03/face.JPEG"] = files["n03/face.JPEG"], files["n01/cat.JPEG"]
    assert found(compared(laid_out(tmp_path, files))) == {
        (Kind.ALTERED, "n01/cat.JPEG"),
        (Kind.ALTERED, "n03/face.JPEG"),
    }


def test_one_of_two_equal_images_renamed_explains_one_only(tmp_path: Path) -> None:
    files = dict(proofs.IMAGES)
    files["n01/moved.JPEG"] = files.pop("n01/cat.JPEG")
    files["n09/second.JPEG"] = files.pop("n01/copy.JPEG")
    files["n09/third.JPEG"] = b"a cat"
    kinds = [finding.kind for finding in compared(laid_out(tmp_path, files)).findings.named]
    assert sorted(kinds) == [Kind.EXTRA, Kind.RENAMED, Kind.RENAMED]


def test_an_excluded_image_that_is_still_here_is_called_that(tmp_path: Path) -> None:
    comparison = compared(laid_out(tmp_path, {**proofs.IMAGES, "n04/person.JPEG": b"a person"}))
    assert found(comparison) == {(Kind.EXCLUDED, "n04/person.JPEG")}
    assert comparison.findings.named[0].sentence == "is here though it was excluded: person"


def test_links_and_pipes_are_named_and_not_read(tmp_path: Path) -> None:
    folder = laid_out(tmp_path / "images", proofs.IMAGES)
    (folder / "n01/cat.JPEG").rename(tmp_path / "cat.JPEG")
    (folder / "n01/cat.JPEG").symlink_to(tmp_path / "cat.JPEG")
    os.mkfifo(folder / "n01/pipe")
    assert found(compared(folder)) == {(Kind.LINK, "n01/cat.JPEG"), (Kind.UNREADABLE, "n01/pipe")}


def test_an_image_that_vanishes_or_turns_into_a_folder_is_unreadable(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = laid_out(tmp_path, proofs.IMAGES)
    walk = tree.walk

    def walk_then_remove(root: Path) -> Iterator[tree.Found]:
        everything = list(walk(root))
        (folder / "n01/cat.JPEG").unlink()
        yield from everything

    monkeypatch.setattr(tree, "walk", walk_then_remove)
    assert found(compared(folder)) == {(Kind.UNREADABLE, "n01/cat.JPEG")}


def test_a_folder_that_is_not_there_misses_everything(tmp_path: Path) -> None:
    assert compared(tmp_path / "none").findings.counts == {Kind.MISSING: 4}


def test_beyond_the_limit_things_are_counted_and_no_longer_explained(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(images, "MAX_FINDINGS", 1)
    comparison = compared(laid_out(tmp_path, {"x": b"1", "y": b"2", "z": b"3"}))
    assert comparison.findings.counts == {Kind.MISSING: 4, Kind.EXTRA: 3}


def test_one_image_is_looked_at_alone_and_its_row_is_kept(tmp_path: Path) -> None:
    folder = laid_out(tmp_path, {"n01/cat.JPEG": b"a cat", "n99/extra.JPEG": b"x"})
    comparison = Comparison(One("n01/cat.JPEG"))
    comparison.run(proofs.rows(), folder)
    assert comparison.seen == proofs.rows()[0]
    assert (comparison.images, comparison.findings.total) == (1, 0)


@pytest.mark.parametrize(
    ("path", "kinds"),
    [
        ("n01/copy.JPEG", {Kind.MISSING: 1}),
        ("n03/face.JPEG", {Kind.ALTERED: 1}),
        ("n04/person.JPEG", {Kind.EXCLUDED: 1}),
        ("n05/bad\\x0aname", {}),
        ("nowhere", {}),
    ],
)
def test_one_image_that_is_not_as_released_is_named(tmp_path: Path, path: str, kinds: dict[Kind, int]) -> None:
    folder = laid_out(tmp_path, {"n03/face.JPEG": b"a face", "n04/person.JPEG": b"a person"})
    comparison = Comparison(One(path))
    comparison.run(proofs.rows(), folder)
    assert comparison.findings.counts == kinds
    assert (comparison.seen is None) == (path == "nowhere")


def test_a_sample_hashes_only_what_was_drawn_but_compares_every_name(tmp_path: Path) -> None:
    folder = laid_out(tmp_path, proofs.IMAGES)
    (folder / "n01/cat.JPEG").write_bytes(b"b cat")
    (folder / "n03/face.JPEG").unlink()
    (folder / "n03/extra.JPEG").touch()
    for numbers, altered in (({0, 1}, 1), ({1, 2}, 0)):
        comparison = Comparison(Sample(frozenset(numbers), 4, 0.99, b""))
        comparison.run(proofs.rows(), folder)
        assert comparison.images == 2 - altered
        assert comparison.findings.counts.get(Kind.ALTERED, 0) == altered
        assert comparison.findings.counts[Kind.MISSING] == 1
        assert comparison.findings.counts[Kind.EXTRA] == 1


@given(st.dictionaries(st.sampled_from("abcdefgh"), st.sampled_from([b"", b"1", b"2"])), st.data())
def test_every_difference_is_found_and_nothing_else(
    tmp_path_factory: pytest.TempPathFactory, files: dict[str, bytes], data: st.DataObject
) -> None:
    there = data.draw(st.dictionaries(st.sampled_from("abcdefgh"), st.sampled_from([b"", b"1", b"2"])))
    folder = laid_out(tmp_path_factory.mktemp("images"), there)
    comparison = Comparison()
    comparison.run([proofs.kept(path, content) for path, content in sorted(files.items())], folder)
    counts = comparison.findings.counts
    altered = {path for path in files.keys() & there.keys() if files[path] != there[path]}
    renamed = counts.get(Kind.RENAMED, 0)
    assert counts.get(Kind.ALTERED, 0) == len(altered)
    assert counts.get(Kind.MISSING, 0) + renamed == len(files.keys() - there.keys())
    assert counts.get(Kind.EXTRA, 0) + renamed == len(there.keys() - files.keys())
    assert comparison.images == len(files.keys() & there.keys()) - len(altered)
