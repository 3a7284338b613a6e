from collections.abc import Iterator
from pathlib import Path

import pytest

from registry.catalogue import links as catalogue
from registry.home import Home
from tests.factories import browsing, homes, links, shown, webs
from tests.factories.webs import StrangeWeb

pytestmark = pytest.mark.xdist_group("shown")

URL = f"/datasets/{shown.VARIANT}/links"


@pytest.fixture
def web() -> Iterator[StrangeWeb]:
    with webs.strange_web() as running:
        yield running


@pytest.fixture
def home(tmp_path: Path, web: StrangeWeb) -> Iterator[Home]:
    """A home whose images came from the server."""
    with (
        shown.copied(shown.shared(), tmp_path / "home").open() as copied,
        links.opened_to(copied, web) as opened,
    ):
        urls = {homes.WAVES: links.local(web, "/cat.jpg"), homes.GPS: links.local(web, "/gone.jpg")}
        links.say_sources(opened, urls)
        yield opened


def test_rot_is_shown_to_everybody_and_no_link_to_anybody(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(catalogue, "REPEATED_MIN", 1)
    links.check(home)
    app = browsing.app_of(home)
    assert f'href="{URL}"' in browsing.Visitor(app).get(f"/datasets/{shown.VARIANT}").text
    public = browsing.Visitor(app)
    for visitor in (public, browsing.Visitor(app, "mara")):
        page = visitor.get(URL).text
        assert "Nothing: gone" in page
        assert "50.0 %" in page
        assert "n02000001</th>" in page
        assert "/gone.jpg" not in page
        for insiders in ("127.0.0.1</th>", "The same bytes at many links", "by mara"):
            assert (insiders in page) == (visitor is not public)


def test_before_the_first_check_the_page_says_how(home: Home) -> None:
    app = browsing.app_of(home)
    assert f'href="{URL}"' not in browsing.Visitor(app).get(f"/datasets/{shown.VARIANT}").text
    assert "accession links check" in browsing.Visitor(app, "mara").get(URL).text
    assert "Nobody has looked yet." in browsing.Visitor(app).get(URL).text


def test_links_of_what_is_not_there_are_not_found(home: Home) -> None:
    assert browsing.Visitor(browsing.app_of(home)).get("/datasets/sample/none/links").status_code == 404
