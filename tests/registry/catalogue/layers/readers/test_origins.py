from pathlib import Path

import pytest

from registry.catalogue.layers.readers import origins
from registry.catalogue.taxonomy.rows import Report
from registry.errors import InvalidInputError


def test_lines_of_image_url_and_date_become_rows(tmp_path: Path) -> None:
    (tmp_path / "urls").write_text("b.jpg\thttp://example.org/b\t2011-10-31\na.jpg\thttps://example.org/a\n")
    assert origins.read(tmp_path / "urls", Report()) == [
        ("a.jpg", "https://example.org/a", None),
        ("b.jpg", "http://example.org/b", "2011-10-31"),
    ]


def test_what_is_something_else_is_reported_and_the_rest_is_kept(tmp_path: Path) -> None:
    good = "a.jpg\thttp://example.org/a\n"
    bad = ["a.jpg", "\thttp://x.org", "a.jpg\tjavascript:x", "a.jpg\thttp://[", "a.jpg\thttp://x.org\t31.10.2011"]
    (tmp_path / "urls").write_bytes((good + "\n".join(bad) + "\n" + good).encode() + b"a.jpg\thttp://\xff\n")
    report = Report()
    assert len(origins.read(tmp_path / "urls", report)) == 1
    assert [refusal.line for refusal in report.refusals] == [2, 3, 4, 5, 6, 7, 8]


def test_a_file_without_a_single_origin_is_refused(tmp_path: Path) -> None:
    (tmp_path / "urls").write_text("nothing\n")
    with pytest.raises(InvalidInputError, match="tells of no image"):
        origins.read(tmp_path / "urls", Report())


@pytest.mark.parametrize(
    ("url", "wanted"),
    [
        ("http://Farm1.Static.Flickr.com/1.jpg", "farm1.static.flickr.com"),
        ("https://x.org:8080/", "x.org"),
        ("ftp://x.org/a", "x.org"),
        ("file:///etc/passwd", None),
        ("x.org/a", None),
        ("http://[::1", None),
    ],
)
def test_the_host_of_a_url(url: str, wanted: str | None) -> None:
    assert origins.host(url) == wanted
