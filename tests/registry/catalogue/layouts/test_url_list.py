from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.catalogue.layout_names import LayoutName
from registry.catalogue.layouts import url_list
from registry.catalogue.layouts.source import Source
from registry.errors import InvalidInputError
from tests.factories import sources

LINES = (
    b"n02084071_10\thttp://example.org/a.jpg\n"
    b"n02084071_2\thttp://example.org/caf\xe9\\x.jpg\r\n"
    b"\n"
    b"n02084071\thttp://example.org/b.jpg\n"
    b"n02084071_3\t \n"
    b"n02084071_4\n"
    b"n01440764_1\thttp://example.org/tab\there.jpg\n"
    b"n02084071_10\thttp://example.org/again.jpg\n"
    b"n02084071_5\thttp://example.org/\xc3\xa9.jpg"
)


def written(folder: Path, data: bytes = LINES) -> Path:
    (folder / "fall11_urls.txt").write_bytes(data)
    return folder / "fall11_urls.txt"


def test_lines_become_rows_in_order_of_their_paths_without_pixels(tmp_path: Path) -> None:
    found = sources.read(written(tmp_path))
    assert found.layout is LayoutName.URL_LIST
    assert [(entry.path, entry.label, entry.url) for entry in found.entries] == [
        ("n01440764/n01440764_1", "n01440764", "http://example.org/tab\there.jpg"),
        ("n02084071/n02084071_10", "n02084071", "http://example.org/a.jpg"),
        ("n02084071/n02084071_2", "n02084071", "http://example.org/caf%E9\\x.jpg"),
        ("n02084071/n02084071_5", "n02084071", "http://example.org/é.jpg"),
    ]
    assert {(entry.sha256, entry.size_bytes, entry.format, entry.defect) for entry in found.entries} == {(None,) * 4}
    assert "1 URLs have bytes that are no UTF-8" in found.said


def test_every_refused_line_is_named_and_the_sum_is_closed(tmp_path: Path) -> None:
    found = sources.read(written(tmp_path))
    image = "it does not begin with an image's id, such as n02084071_1234, and a TAB"
    assert sorted(found.refused) == [
        ("fall11_urls.txt", "line 4", image),
        ("fall11_urls.txt", "line 5", "it has no URL"),
        ("fall11_urls.txt", "line 6", "it has no URL"),
        ("fall11_urls.txt", "line 8, n02084071/n02084071_10", "its path came before"),
    ]
    assert (found.report.came_in, len(found.entries)) == (8, 4)


def test_classes_of_no_list_are_refused(tmp_path: Path) -> None:
    (tmp_path / "list.txt").write_text("n01440764\n")
    found = sources.read(written(tmp_path), classes=tmp_path / "list.txt")
    assert [entry.label for entry in found.entries] == ["n01440764"]
    assert found.report.refused["its class is none of the list"] == 6


@given(st.lists(st.binary(max_size=12).map(lambda line: line.replace(b"\n", b"")), max_size=20), st.integers(1, 40))
def test_fields_are_those_of_split_in_any_blocks(lines: list[bytes], size: int) -> None:
    block = b"".join(line + b"\n" for line in lines)
    names, urls = url_list._fields(block)
    expected = [line.removesuffix(b"\r").partition(b"\t") for line in lines]
    assert names.to_pylist() == [name for name, *_ in expected]
    assert urls.to_pylist() == [url for *_, url in expected]
    assert size


def test_lines_that_cross_blocks_are_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = [row for table in url_list.UrlList().tables(Source(written(tmp_path))) for row in table.to_pylist()]
    monkeypatch.setattr(url_list, "BLOCK_BYTES", 64)
    pieces = [row for table in url_list.UrlList().tables(Source(written(tmp_path))) for row in table.to_pylist()]
    assert pieces == whole
    assert [row["arrival"] for row in whole] == [1, 2, 7, 8, 9]


def test_a_line_without_an_end_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(url_list, "BLOCK_BYTES", 64)
    with pytest.raises(InvalidInputError, match="a line longer than 64 bytes"):
        list(url_list.UrlList().tables(Source(written(tmp_path, b"n02084071_1\t" + b"x" * 300))))


def test_a_url_that_is_too_long_is_refused(tmp_path: Path) -> None:
    long = b"n02084071_1\thttp://" + b"x" * url_list.URL_BYTES
    found = sources.read(written(tmp_path, LINES + b"\n" + long + b"\n"))
    assert "its URL is longer than 8,192 bytes" in found.report.refused


def test_a_text_of_something_else_is_no_list(tmp_path: Path) -> None:
    with pytest.raises(InvalidInputError, match="no layout that is known"):
        sources.read(written(tmp_path, b"hello\nworld\n"))


def test_what_is_no_web_address_is_kept_and_counted_by_its_scheme(tmp_path: Path) -> None:
    urls = (
        b"http://x.org/",
        b"javascript:alert(1)",
        b"FTP://x.org/a.jpg",
        b"data:image/png;base64,iVBO",
        b"HTTPS://x.org/",
        b"x.org/a.jpg",
        b"File:///etc/passwd\xff",
        b" https://x.org/",
        b"ftp://x.org/b.jpg",
        b"gopher://x.org/",
    )
    lines = b"".join(b"n02084071_%d\t%s\n" % (number, url) for number, url in enumerate(urls, start=1))
    found = sources.read(written(tmp_path, lines))
    assert (len(found.entries), found.refused) == (10, [])
    assert {entry.url for entry in found.entries} >= {"javascript:alert(1)", "FTP://x.org/a.jpg"}
    kinds = "1 data, 1 file, 2 ftp, 1 javascript, 2 of another scheme or none"
    assert f"7 URLs are no web addresses ({kinds}), the first in line 2. They are kept as" in found.said


def test_a_list_of_web_addresses_says_nothing_of_others(tmp_path: Path) -> None:
    lines = b"n02084071_1\tHttp://x.org/\nn02084071_2\thttps://x.org/\n"
    assert "no web addresses" not in sources.read(written(tmp_path, lines)).said


def test_a_block_after_the_first_counts_on_and_keeps_the_first_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(url_list, "BLOCK_BYTES", 64)
    lines = b"".join(b"n02084071_%d\tftp://x.org/%d\n" % (number, number) for number in range(1, 9))
    said = sources.read(written(tmp_path, b"n02084071_0\thttp://x.org/\n" + lines)).said
    assert "8 URLs are no web addresses (8 ftp), the first in line 2." in said
