import os
import subprocess
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from registry.catalogue.found import Kind
from registry.catalogue.layouts import folders
from registry.catalogue.places import FilePlace
from registry.errors import InvalidInputError, NotFoundError, UnavailableError
from tests.factories import trees

PART = st.sampled_from(["a", "b", "a.b", "a b", "a-b", "ä", "\\", "\n", "\U0001f600", "\uffff", "~"])


def paths_of(root: Path) -> list[str]:
    return [found.path for found in folders.walk(root)]


def test_the_class_is_the_first_folder(tmp_path: Path) -> None:
    (tmp_path / "n01/deep/er").mkdir(parents=True)
    for path in ("flat.JPEG", "n01/one.JPEG", "n01/deep/er/two.JPEG"):
        (tmp_path / path).touch()
    labels = {found.path: found.label for found in folders.walk(tmp_path)}
    assert labels == {"flat.JPEG": None, "n01/one.JPEG": "n01", "n01/deep/er/two.JPEG": "n01"}


@settings(max_examples=50)
@given(st.sets(st.lists(PART, min_size=1, max_size=3).map("/".join), max_size=12))
def test_paths_come_in_order_of_code_points(tmp_path_factory: pytest.TempPathFactory, wanted: set[str]) -> None:
    root = tmp_path_factory.mktemp("tree")
    for path in wanted:
        file = root / path
        if not any(parent.is_file() for parent in (file, *file.parents)) and not file.exists():
            file.parent.mkdir(parents=True, exist_ok=True)
            file.touch()
    paths = paths_of(root)
    assert paths == sorted(paths)
    assert len(paths) == sum(path.is_file() for path in root.rglob("*"))


def test_a_file_beside_a_folder_of_the_same_start_sorts_as_its_path(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    for path in ("a/x", "a.x", "a-x", "a0"):
        (tmp_path / path).touch()
    assert paths_of(tmp_path) == ["a-x", "a.x", "a/x", "a0"]


def test_everything_in_a_broken_folder_is_found_once(tmp_path: Path) -> None:
    expected = trees.broken(tmp_path)
    found = {thing.path: thing.kind for thing in folders.walk(tmp_path)}
    assert list(found) == list(expected)
    assert {path for path, kind in found.items() if kind is Kind.SYMLINK} == {"odd/link.JPEG", "odd/out.JPEG"}
    assert {path for path, kind in found.items() if kind is Kind.SPECIAL_FILE} == {"odd/pipe.JPEG"}


def test_a_link_to_a_folder_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "root").mkdir()
    (tmp_path / "root/loop").symlink_to(tmp_path)
    found = list(folders.walk(tmp_path / "root"))
    assert [(thing.path, thing.label, thing.kind) for thing in found] == [("loop", None, Kind.SYMLINK)]


def test_an_empty_folder_is_found(tmp_path: Path) -> None:
    (tmp_path / "n01/inner").mkdir(parents=True)
    (tmp_path / "n02").mkdir()
    found = [(thing.path, thing.label, thing.kind) for thing in folders.walk(tmp_path)]
    assert found == [("n01/inner", "n01", Kind.EMPTY_FOLDER), ("n02", None, Kind.EMPTY_FOLDER)]


def test_a_name_that_is_not_text_is_found_and_can_be_opened(tmp_path: Path) -> None:
    place = os.fsencode(tmp_path) + b"/\xff\n"
    Path(os.fsdecode(place)).write_bytes(b"x")
    (found,) = folders.walk(tmp_path)
    assert (found.path, found.place) == ("\\xff\\x0a", FilePlace(place))


def test_a_folder_that_goes_away_while_it_is_walked_is_unreadable(tmp_path: Path) -> None:
    for name in "ab":
        (tmp_path / name).mkdir()
        (tmp_path / name / "x").touch()
    walk = folders.walk(tmp_path)
    assert next(walk).path == "a/x"
    (tmp_path / "b/x").unlink()
    (tmp_path / "b").rmdir()
    assert [(thing.path, thing.kind) for thing in walk] == [("b", Kind.UNREADABLE_FOLDER)]


def test_a_tree_deeper_than_python_recurses_is_walked(tmp_path: Path) -> None:
    depth = 1100
    here = os.open(tmp_path, os.O_RDONLY)
    for _ in range(depth):
        os.mkdir("d", dir_fd=here)
        below = os.open("d", os.O_RDONLY, dir_fd=here)
        os.close(here)
        here = below
    os.close(os.open("x", os.O_CREAT, dir_fd=here))
    os.close(here)
    try:
        assert paths_of(tmp_path) == ["d/" * depth + "x"]
    finally:
        # Python's own rmtree, which pytest would use, recurses.
        subprocess.run(["rm", "-rf", tmp_path / "d"], check=True)


def test_a_root_that_is_not_there_or_no_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(NotFoundError):
        paths_of(tmp_path / "missing")
    (tmp_path / "file").touch()
    with pytest.raises(InvalidInputError):
        paths_of(tmp_path / "file")


def test_a_root_that_cannot_be_listed_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(UnavailableError, match="File name too long"):
        paths_of(tmp_path / ("x" * 300))


def test_one_folder_of_a_source_is_walked_by_itself_under_its_own_paths(tmp_path: Path) -> None:
    trees.plain(tmp_path / "data")
    (tmp_path / "notes.txt").touch()
    found = list(folders.walk(tmp_path, lambda path: path.split("/")[1], "data"))
    assert {thing.path.split("/")[0] for thing in found} == {"data"}
    assert {thing.label for thing in found} == set(trees.CLASSES)
    assert folders.first_folder("x.JPEG") is None


@pytest.mark.parametrize("below", ["data", "data/inner"])
def test_a_folder_of_a_source_that_is_a_link_out_of_it_is_not_walked(tmp_path: Path, below: str) -> None:
    trees.plain(tmp_path / "away/inner")
    (tmp_path / "source").mkdir()
    (tmp_path / "source/data").symlink_to("../away")
    with pytest.raises(InvalidInputError, match="a link that leads out of"):
        list(folders.walk(tmp_path / "source", below=below))
    (tmp_path / "source/data").unlink()
    (tmp_path / "source/data").symlink_to("data")
    with pytest.raises(UnavailableError):
        list(folders.walk(tmp_path / "source", below=below))


def test_a_link_inside_a_source_may_lead_to_its_folder(tmp_path: Path) -> None:
    made = trees.plain(tmp_path / "real")
    (tmp_path / "data").symlink_to("real")
    (tmp_path / "link").symlink_to(tmp_path)
    assert len(list(folders.walk(tmp_path / "link", below="data"))) == len(made)
