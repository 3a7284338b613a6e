from pathlib import Path

import pytest

from registry.catalogue.taxonomy import rows
from registry.catalogue.taxonomy.rows import Refusal, Report
from registry.errors import InvalidInputError, NotFoundError


def written(folder: Path, data: bytes) -> Path:
    (folder / "list.txt").write_bytes(data)
    return folder / "list.txt"


def test_lines_come_with_their_numbers_and_every_line_is_counted(tmp_path: Path) -> None:
    report = Report()
    file = written(tmp_path, "one\r\n\n  \ntwo\u2028".encode())
    assert list(rows.lines(file, report)) == [(1, "one"), (4, "two\u2028")]
    assert report.rows == {"list.txt": 4}


def test_a_line_that_is_no_text_is_refused_and_the_rest_is_kept(tmp_path: Path) -> None:
    report = Report()
    assert list(rows.lines(written(tmp_path, b"a\n\xff\nb"), report)) == [(1, "a"), (3, "b")]
    assert report.refusals == [Refusal("list.txt", 2, "it is not UTF-8")]


def test_a_line_without_end_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidInputError, match="longer than"):
        list(rows.lines(written(tmp_path, b"x" * (rows.MAX_LINE_BYTES + 1)), Report()))


def test_a_file_that_is_not_there_or_no_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(NotFoundError):
        list(rows.lines(tmp_path / "missing", Report()))
    with pytest.raises(InvalidInputError, match="cannot be read"):
        list(rows.lines(tmp_path, Report()))


def test_synsets_are_read_from_the_start_of_each_line(tmp_path: Path) -> None:
    report = Report()
    file = written(tmp_path, b"n00000002 tench, Tinca tinca\nn00000001\ndog\nn00000002\n")
    assert rows.wnids(file, report) == ("n00000002", "n00000001")
    assert report.refusals == [
        Refusal("list.txt", 3, "it does not start with a WordNet id"),
        Refusal("list.txt", 4, "it repeats line 1"),
    ]


def test_a_file_of_something_else_is_refused_as_a_whole(tmp_path: Path) -> None:
    with pytest.raises(InvalidInputError, match="not of the expected form"):
        rows.wnids(written(tmp_path, b"word\n" * (rows.MAX_REFUSALS + 5)), Report())
    with pytest.raises(InvalidInputError, match="names no synset"):
        rows.wnids(written(tmp_path, b""), Report())
