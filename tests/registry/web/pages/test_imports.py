from pathlib import Path
from uuid import UUID

import pytest

from registry.home import Home
from registry.models.imports import Import
from registry.services import imports
from registry.services.imports import VariantWords
from tests.factories import browsing, homes, shown, sources

pytestmark = pytest.mark.xdist_group("shown")


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """A home of one's own."""
    return shown.copied(shown.shared(), tmp_path / "home").open()


def imported(home: Home, tmp_path: Path) -> Import:
    """An archive of which one member leads away and another is cut off."""
    images = sources.class_images()[sources.WNIDS[0]]
    data = sources.tar(images | {"../up.JPEG": b""})
    (tmp_path / "archives").mkdir()
    (tmp_path / "archives" / f"{sources.WNIDS[0]}.tar").write_bytes(data)
    (tmp_path / "archives" / f"{sources.WNIDS[1]}.tar").write_bytes(data[:1300])
    return homes.import_folder(home, tmp_path / "archives", shown.VARIANT)


def test_the_report_says_what_came_in_was_refused_and_concluded(home: Home, tmp_path: Path) -> None:
    done = imported(home, tmp_path)
    visitor = browsing.Visitor(browsing.app_of(home), "mara")
    url = f"/datasets/{shown.VARIANT}/imports/{done.id}"
    assert f'href="{url}"' in visitor.get(f"/datasets/{shown.VARIANT}").text
    page = visitor.get(url).text
    assert "class-archives" in page
    assert "The layout is class-archives: it holds 2 class archives." in page
    assert "its name is no plain relative path" in page
    assert "Faults of the source" in page
    assert f"<code>{sources.WNIDS[1]}.tar</code>" in page
    assert "Every row that came in was taken or refused" in page
    assert "<caption>All of it</caption>" in page
    assert "<caption>What is wrong beside rows: all of it</caption>" in page
    assert 'aria-current="page">Datasets</a>' in page


def test_of_more_than_are_named_the_page_says_how_many_there_are_and_a_list_of_links_has_no_size(
    home: Home, tmp_path: Path
) -> None:
    lines = [b"n02084071_%d\t%s\n" % (number, b"http://x.org/" if number % 3 else b"") for number in range(1500)]
    (tmp_path / "urls.txt").write_bytes(b"".join(lines))
    done = homes.import_folder(home, tmp_path / "urls.txt", shown.VARIANT)
    page = browsing.Visitor(browsing.app_of(home), "mara").get(f"/datasets/{shown.VARIANT}/imports/{done.id}").text
    assert "<caption>The first 200 of 500</caption>" in page
    assert "0 bytes" not in page


def test_an_import_that_is_read_still_says_so(home: Home, tmp_path: Path) -> None:
    sources.class_archives(tmp_path / "x")
    with homes.act(home, "mara") as act:
        begun = imports.start(act, shown.VARIANT, tmp_path / "x", VariantWords())
    page = browsing.Visitor(browsing.app_of(home), "mara").get(f"/datasets/{shown.VARIANT}/imports/{begun.id}").text
    assert '<span class="tag running">running</span>' in page
    assert "Came in" not in page


def test_strangers_and_other_variants_have_no_such_import(home: Home, tmp_path: Path) -> None:
    done = imported(home, tmp_path)
    app = browsing.app_of(home)
    assert browsing.Visitor(app).get(f"/datasets/{shown.VARIANT}/imports/{done.id}").status_code == 404
    missing = UUID(int=0)
    assert browsing.Visitor(app, "mara").get(f"/datasets/{shown.VARIANT}/imports/{missing}").status_code == 404
