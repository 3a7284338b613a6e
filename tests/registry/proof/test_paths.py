import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.errors import InvalidInputError
from registry.proof import paths


@given(st.binary(max_size=40), st.binary(max_size=40))
def test_two_names_never_share_one_path(first: bytes, second: bytes) -> None:
    assert (paths.escape(first) == paths.escape(second)) == (first == second)


@given(st.binary(min_size=1, max_size=40).filter(lambda name: b"/" not in name and name not in (b".", b"..")))
def test_every_file_name_has_a_path_that_passes(name: bytes) -> None:
    path = paths.escape(name)
    paths.check(path)
    assert paths.is_portable(path) == (path.encode() == name)


@pytest.mark.parametrize(
    ("name", "path"),
    [
        (b"plain.jpg", "plain.jpg"),
        ("größe 好.jpg".encode(), "größe 好.jpg"),
        (b"a\nb\\c\x7f", "a\\x0ab\\x5cc\\x7f"),
        (b"caf\xe9", "caf\\xe9"),
    ],
)
def test_only_what_a_line_cannot_carry_is_escaped(name: bytes, path: str) -> None:
    assert paths.escape(name) == path


@pytest.mark.parametrize(
    "path",
    ["a", "a/b.jpg", "a/.hidden", "...", "a/..b", "a\\x0ab", "soft\xadhyphen", "a" * 5000, "\x85"],
)
def test_an_odd_but_plain_path_passes(path: str) -> None:
    paths.check(path)


@pytest.mark.parametrize(
    "path",
    [
        "",
        "/etc/passwd",
        "..",
        ".",
        "a/../b",
        "a/./b",
        "./a",
        "a//b",
        "a/",
        "a\nb",
        "a\tb",
        "a\x00b",
        "a\\b",
        "a\\xZZ",
        "a\\x0A",
        "\ud800",
        "a" * (paths.MAX_PATH_BYTES + 1),
    ],
)
def test_a_path_that_is_not_in_manifest_form_is_refused(path: str) -> None:
    with pytest.raises(InvalidInputError):
        paths.check(path)
