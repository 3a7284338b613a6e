from hashlib import sha512
from pathlib import Path

import pytest

from registry.catalogue.layouts import folders, lists
from registry.catalogue.layouts.source import Source
from registry.errors import InvalidInputError, NotFoundError
from tests.factories import sources

ONE, TWO = sources.picture(1), sources.picture(2)


def written(folder: Path, *lines: bytes) -> Path:
    (folder / "SHA256SUMS").write_bytes(b"".join(line + b"\n" for line in lines))
    return folder / "SHA256SUMS"


def line(data: bytes, name: bytes) -> bytes:
    return sources.checksum(data).encode() + b"  " + name


def test_the_forms_that_sha256sum_writes_are_read(tmp_path: Path) -> None:
    source = Source(tmp_path)
    said = lists.read(
        source,
        written(
            tmp_path,
            line(ONE, b"./a.JPEG"),
            sources.checksum(TWO).upper().encode() + b" *b.JPEG\r",
            b"\\" + line(ONE, b"two\\nlines\\\\x"),
            b"",
        ),
    )
    assert list(said) == ["a.JPEG", "b.JPEG", "two\\x0alines\\x5cx"]
    assert said["b.JPEG"] == (sources.checksum(TWO), ("SHA256SUMS", "line 2"))
    assert source.report.faults == []


def test_the_form_that_bsd_writes_is_read_too_and_a_mark_of_utf_8_is_no_part_of_it(tmp_path: Path) -> None:
    source = Source(tmp_path)
    one, two = sources.checksum(ONE).encode(), sha512(TWO).hexdigest().encode()
    file = written(
        tmp_path, b"\xef\xbb\xbfSHA256 (a (1).JPEG) = " + one, b"\\SHA512 (two\\nlines) = " + two, two + b"  c.JPEG"
    )
    said = lists.read(source, file)
    assert {path: digest for path, (digest, _) in said.items()} == {
        "a (1).JPEG": one.decode(),
        "two\\x0alines": two.decode(),
        "c.JPEG": two.decode(),
    }
    assert source.report.faults == []


def test_a_line_without_an_end_that_sha256sum_understands_names_no_file(tmp_path: Path) -> None:
    source = Source(tmp_path)
    with pytest.raises(InvalidInputError, match=r"names no file in .* with its SHA-256 or SHA-512"):
        lists.read(source, written(tmp_path, line(ONE, b"a.JPEG\0") + line(ONE, b"b.JPEG\0")))
    assert [refusal.why for refusal in source.report.examples] == ["its name is no plain relative path"]


def test_lines_that_say_nothing_are_named_and_names_that_lead_away_are_refused(tmp_path: Path) -> None:
    source = Source(tmp_path)
    file = written(
        tmp_path, line(ONE, b"a.JPEG"), b"hello", line(TWO, b"a.JPEG"), line(ONE, b"/etc/passwd"), line(ONE, b"../up")
    )
    assert list(lists.read(source, file)) == ["a.JPEG"]
    assert [(fault.where, fault.why) for fault in source.report.faults] == [
        ("line 2", "it is not a SHA-256 or SHA-512 and a name"),
        ("line 3", "it repeats line 1"),
    ]
    assert [refusal.where for refusal in source.report.examples] == ["line 4, /etc/passwd", "line 5, ../up"]


def test_a_list_of_nothing_or_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(NotFoundError):
        lists.read(Source(tmp_path), tmp_path / "missing")
    with pytest.raises(InvalidInputError, match=r"names no file in .* with its SHA-256"):
        lists.read(Source(tmp_path), written(tmp_path, b"hello"))


def test_what_is_here_and_not_named_or_named_and_not_here_is_refused(tmp_path: Path) -> None:
    (tmp_path / "images").mkdir()
    for name in "ab":
        (tmp_path / "images" / name).write_bytes(ONE)
    source = Source(tmp_path)
    said = {"images/a": ("0" * 64, ("list", "line 1")), "images/c": ("0" * 64, ("list", "line 2"))}
    found = list(lists.found_in(source, said, folders.first_folder))
    assert [(thing.path, thing.expected, thing.said_in) for thing in found] == [
        ("images/a", "0" * 64, ("list", "line 1, images/a"))
    ]
    assert [tuple(refusal) for refusal in source.report.examples] == [
        ("images/b", "", "no list names it"),
        ("list", "line 2, images/c", "there is no such file"),
    ]
    assert source.report.came_in == 2
