import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.proof import tree
from registry.proof.tree import Kind

NAMES = st.text(st.sampled_from("ab-./0 é"), min_size=1, max_size=12).filter(
    lambda path: all(part not in ("", ".", "..") for part in path.split("/"))
)


@given(st.sets(NAMES, max_size=12))
def test_files_come_in_the_order_of_their_whole_paths(
    tmp_path_factory: pytest.TempPathFactory, names: set[str]
) -> None:
    root = tmp_path_factory.mktemp("tree")
    made = set()
    for name in sorted(names):
        path = root / name
        if not path.exists() and not any(parent.is_file() for parent in path.parents):
            path.parent.mkdir(parents=True, exist_ok=True)
            path.touch()
            made.add(name)
    assert [found.path for found in tree.walk(root)] == sorted(made)
    assert all(Path(found.name) == root / found.path for found in tree.walk(root))


def test_links_pipes_and_odd_names_are_named_and_never_followed(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "file").touch()
    (tmp_path / "link").symlink_to(tmp_path / "folder")
    os.mkfifo(tmp_path / "pipe")
    (Path(os.fsdecode(os.fsencode(tmp_path) + b"/new\nline\xff"))).touch()
    assert [(found.path, found.kind) for found in tree.walk(tmp_path)] == [
        ("folder/file", Kind.FILE),
        ("link", Kind.LINK),
        ("new\\x0aline\\xff", Kind.FILE),
        ("pipe", Kind.OTHER),
    ]


def test_one_folder_can_be_left_out_but_only_at_the_top(tmp_path: Path) -> None:
    for folder in ("data", "keys/data"):
        (tmp_path / folder).mkdir(parents=True)
        (tmp_path / folder / "file").touch()
    (tmp_path / "zzz").touch()
    assert [found.path for found in tree.walk(tmp_path, skip="data")] == ["keys/data/file", "zzz"]


def test_a_folder_that_is_not_there_has_nothing(tmp_path: Path) -> None:
    assert list(tree.walk(tmp_path / "none")) == []


def test_a_root_that_is_no_folder_is_one_odd_entry(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    assert [found.kind for found in tree.walk(tmp_path / "file")] == [Kind.OTHER]


def test_a_tree_that_is_too_deep_is_not_entered_further(tmp_path: Path) -> None:
    deep = tmp_path.joinpath(*["d"] * (tree.MAX_DEPTH + 2))
    deep.mkdir(parents=True)
    (deep / "file").touch()
    assert [(found.path, found.kind) for found in tree.walk(tmp_path)] == [
        ("/".join(["d"] * (tree.MAX_DEPTH + 1)), Kind.OTHER)
    ]


def test_one_entry_is_what_it_is_and_never_what_a_link_points_to(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    (tmp_path / "link").symlink_to("file")
    kinds = [found.kind if (found := tree.entry(tmp_path, name)) else None for name in ("file", "link", ".", "none")]
    assert kinds == [Kind.FILE, Kind.LINK, Kind.OTHER, None]
