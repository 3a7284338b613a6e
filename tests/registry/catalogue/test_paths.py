from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.catalogue import paths
from registry.errors import InvalidInputError
from registry.proof.paths import escape

NAMES = st.binary(min_size=1).filter(lambda name: name not in (b".", b"..") and not set(name) & set(b"/\0"))


@given(st.binary())
def test_unescaping_gives_back_the_name(name: bytes) -> None:
    assert paths.unescape(escape(name)) == name


@given(st.lists(NAMES, min_size=1, max_size=4))
def test_every_file_name_is_found_below_its_root(names: list[bytes]) -> None:
    path = "/".join(map(escape, names))
    assert bytes(paths.locate(Path("/nowhere"), path)) == b"/nowhere/" + b"/".join(names)


@pytest.mark.parametrize(
    "path",
    [
        "",
        "/etc/passwd",
        "../x",
        "a/../x",
        "a//b",
        "a/./b",
        "a/",
        "a\nb",
        "a\\b",
        "\\x41",
        "a\\x2f..",
        "\ud800",
        "a\\x00",
    ],
)
def test_a_path_that_no_file_name_has_is_refused(path: str) -> None:
    with pytest.raises(InvalidInputError):
        paths.locate(Path("/nowhere"), path)


def test_a_link_out_of_the_root_is_refused(tmp_path: Path) -> None:
    (tmp_path / "root").mkdir()
    (tmp_path / "root/out").symlink_to(tmp_path)
    with pytest.raises(InvalidInputError):
        paths.locate(tmp_path / "root", "out/x")


def test_a_link_inside_the_root_is_no_reason_to_refuse(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "b").symlink_to("a")
    assert paths.locate(tmp_path, "b/x") == tmp_path / "b/x"


def test_a_root_reached_through_a_link_is_the_root(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "root").symlink_to("real")
    assert paths.locate(tmp_path / "root", "x") == tmp_path / "root/x"
