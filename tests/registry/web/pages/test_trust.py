from pathlib import Path

import pytest

from tests.factories import browsing, shown

pytestmark = pytest.mark.xdist_group("shown")


def test_the_root_is_handed_out_byte_for_byte(tmp_path: Path) -> None:
    with shown.copied(shown.shared(), tmp_path / "home").open() as home:
        data = browsing.Visitor(browsing.app_of(home)).get("/trust/1.root.json").data
        assert data == (home.settings.trust_folder / "1.root.json").read_bytes()


@pytest.mark.parametrize("name", ["2.root.json", "01.root.json", "root.json", "accession.toml", "1.root.json.bak"])
def test_nothing_else_is(name: str) -> None:
    assert browsing.visitor().get(f"/trust/{name}").status_code == 404


def test_versions_are_listed_from_the_oldest_on(tmp_path: Path) -> None:
    with shown.copied(shown.shared(), tmp_path / "home").open() as home:
        for number in (10, 2):
            (home.settings.trust_folder / f"{number}.root.json").write_text("{}")
        (home.settings.trust_folder / "notes.txt").write_text("not a root")
        page = browsing.Visitor(browsing.app_of(home)).get(f"/releases/{shown.FIRST}/verify").text
    listed = [page.index(f"/trust/{number}.root.json") for number in (1, 2, 10)]
    assert listed == sorted(listed)
    assert "notes.txt" not in page
    assert "accession verify COPY --trust 1.root.json" in page
