import hashlib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.catalogue.layers import content
from registry.catalogue.layers.kinds import Kind
from registry.errors import InvalidInputError

ROWS: list[tuple[Any, ...]] = [("a.jpg", ()), ("b.jpg", ("n1",)), ("c.jpg", ("n1", "n2"))]


def test_the_digest_is_over_lines_that_anybody_can_write(tmp_path: Path) -> None:
    written = content.write(Kind.LABELS, ROWS, tmp_path / "x")
    lines = b'["a.jpg",[]]\n["b.jpg",["n1"]]\n["c.jpg",["n1","n2"]]\n'
    assert (written.digest, written.rows) == (f"sha256:{hashlib.sha256(lines).hexdigest()}", 3)


def test_rows_come_back_as_they_were(tmp_path: Path) -> None:
    content.write(Kind.LABELS, ROWS, tmp_path / "x")
    assert list(content.rows_of(tmp_path / "x")) == [(image, list(labels)) for image, labels in ROWS]


def test_equal_rows_make_equal_files(tmp_path: Path) -> None:
    for name in "ab":
        content.write(Kind.LABELS, ROWS, tmp_path / name)
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()


def test_a_page_goes_on_behind_a_row_and_can_be_about_one_image(tmp_path: Path) -> None:
    content.write(Kind.LABELS, ROWS, tmp_path / "x")
    assert [row[0] for row in content.page(tmp_path / "x", 1, 1)] == ["b.jpg"]
    assert [row[0] for row in content.page(tmp_path / "x", 0, 9, image="c.jpg")] == ["c.jpg"]
    assert content.page(tmp_path / "x", 0, 9, image="c' OR 1=1") == []
    for limit in (0, content.MAX_PAGE_ROWS + 1):
        with pytest.raises(InvalidInputError, match="A page has"):
            content.page(tmp_path / "x", 0, limit)


@pytest.mark.parametrize("rows", [[ROWS[1], ROWS[0]], [ROWS[0], ROWS[0]]])
def test_rows_out_of_order_or_repeated_are_refused(tmp_path: Path, rows: list[content.Row]) -> None:
    with pytest.raises(InvalidInputError, match="out of order, or stands twice"):
        content.write(Kind.LABELS, rows, tmp_path / "x")


@pytest.mark.parametrize("rows", [[("a.jpg",)], [("a.jpg", 7)], [("a.jpg", (1,))]])
def test_rows_that_do_not_fit_their_kind_are_refused(tmp_path: Path, rows: list[content.Row]) -> None:
    with pytest.raises(InvalidInputError, match="does not fit"):
        content.write(Kind.LABELS, rows, tmp_path / "x")


def test_a_layer_has_rows(tmp_path: Path) -> None:
    with pytest.raises(InvalidInputError, match="without a single row"):
        content.write(Kind.LABELS, [], tmp_path / "x")


def test_more_rows_than_a_group_are_written_in_order(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(content, "GROUP_ROWS", 2)
    assert content.write(Kind.LABELS, ROWS, tmp_path / "x").rows == 3
    assert len(list(content.rows_of(tmp_path / "x"))) == 3


@given(st.lists(st.tuples(st.text("ab", max_size=2), st.none() | st.text("xy", max_size=2))))
def test_ordered_rows_ascend_each_once_and_null_comes_first(rows: list[tuple[str, str | None]]) -> None:
    found = content.ordered(rows)
    assert set(found) == set(rows)
    keys = [(image, "" if note is None else f"-{note}") for image, note in found]
    assert keys == sorted(set(keys))
