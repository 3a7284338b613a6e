from itertools import product
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from registry.catalogue import manifests
from registry.catalogue.entries import SourceEntry
from registry.catalogue.layers import content
from registry.catalogue.layers.kinds import Kind
from registry.catalogue.rights import bulk, collecting, rules
from registry.catalogue.rights.collecting import Origin
from registry.catalogue.rights.rules import Rules

TERMS = "LicenseRef-imagenet-terms"
FLICKR, COMMONS = "http://farm1.static.flickr.com/1.jpg", "https://upload.wikimedia.org/a.jpg"
GROUPED = Rules(b"""format: accession-rights-rules/1
version: "1"
words: []
urls:
  - {pattern: 'licenses/by/(2\\.0|4\\.0)', licence: 'CC-BY-\\1', per_cent: 95}
  - {pattern: 'flickr', licence: LicenseRef-flickr-various, per_cent: 30}
""")
HOSTS = st.sampled_from(
    ["static.flickr.com", "UPLOAD.wikimedia.org", "a_b.org", "x.org.", "[::1]", "ü.de", "", "u:p@x"]
)
URLS = st.builds(
    lambda scheme, host, rest: f"{scheme}://{host}{rest}",
    st.sampled_from(["http", "HTTPS", "ftp", "gopher", ""]),
    HOSTS,
    st.sampled_from([":80/x", ":/", "/licenses/by/4.0/", "?a=\\", '/"q"', "#x\t", "/\x7fü", ":port", "\n"])
    | st.text(max_size=8),
)


def one_by_one(urls: list[str], asked: Rules, terms: str) -> list[content.Row]:
    """The rows as they are for images that come with bytes."""
    return [
        row
        for number, url in enumerate(urls)
        for row in collecting.rows_of(f"n1/{number:04}", (), Origin(url), asked, terms)
    ]


def manifest_of(urls: list[str], folder: Path) -> Path:
    """The manifest of a list of URLs."""
    entries = [SourceEntry(f"n1/{number:04}", url=url) for number, url in enumerate(urls)]
    manifests.write_source(entries, folder / "manifest.parquet", ["url"])
    return folder / "manifest.parquet"


@given(urls=st.lists(URLS, min_size=1, max_size=6))
@example(urls=[FLICKR, COMMONS])
def test_rows_by_the_column_are_those_one_by_one_and_have_their_digest(
    tmp_path_factory: pytest.TempPathFactory, urls: list[str]
) -> None:
    folder = tmp_path_factory.mktemp("bulk")
    manifest = manifest_of(urls, folder)
    for asked, terms in product((rules.shipped(), GROUPED), (TERMS, "NOASSERTION", "LicenseRef-wikimedia-various")):
        wanted = one_by_one(urls, asked, terms)
        tables = list(bulk.tables(manifest, asked, terms))
        assert [tuple(row.values()) for table in tables for row in table.to_pylist()] == wanted, terms
        written = content.write_tables(Kind.RIGHTS, tables, folder / "bulk.parquet")
        assert written == content.write(Kind.RIGHTS, wanted, folder / "rows.parquet")
        assert list(content.rows_of(folder / "bulk.parquet")) == wanted


def test_images_without_a_url_have_no_rows(tmp_path: Path) -> None:
    entries = [SourceEntry("n1/1", url=FLICKR), SourceEntry("n1/2")]
    manifests.write_source(entries, tmp_path / "manifest.parquet", ["url"])
    (table,) = bulk.tables(tmp_path / "manifest.parquet", rules.shipped(), TERMS)
    assert set(table["image"].to_pylist()) == {"n1/1"}
    assert table["kind"].to_pylist() == ["host", "licence", "source"]
