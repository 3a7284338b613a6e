from pathlib import Path

import pytest

from registry import clock, ids
from registry.access import OPERATOR
from registry.models.datasets import Dataset, Variant
from registry.services import seeds as planting
from tests.factories import browsing, homes, seeds, shown

pytestmark = pytest.mark.xdist_group("shown")


def test_the_first_page_lists_what_is_published() -> None:
    page = browsing.visitor().get("/").text
    assert 'href="/datasets/sample"' in page
    assert f'href="/releases/{shown.FIRST}"' in page
    assert shown.SECOND not in page


def test_a_dataset_shows_its_variants_with_licence_and_size() -> None:
    page = browsing.visitor().get("/datasets/sample").text
    assert f'href="/datasets/{shown.VARIANT}"' in page
    assert "CC0-1.0" in page


def test_a_variant_shows_its_releases_to_the_public_when_they_are_published() -> None:
    page = browsing.visitor().get(f"/datasets/{shown.VARIANT}").text
    assert "2026.1</a>" in page
    assert "2026.2</a>" not in page
    assert "Imports" not in page


def test_people_of_the_registry_see_what_is_not_published_and_where_bytes_came_from() -> None:
    page = browsing.visitor("mara").get(f"/datasets/{shown.VARIANT}").text
    assert "2026.2</a>" in page
    assert "image-folder" in page


def test_kept_blurred_and_excluded_of_a_release_stand_beside_their_sum() -> None:
    page = browsing.visitor().get(f"/datasets/{shown.VARIANT}").text
    row = page.partition("2026.1</a>")[2].partition("</tr>")[0]
    figures = [int(cell.partition("<")[0]) for cell in row.split('class="figure">')[1:]]
    assert figures == [4, 1, 2, 7]


def test_what_is_not_published_does_not_exist_for_the_public(tmp_path: Path) -> None:
    with shown.copied(shown.shared(), tmp_path / "home").open() as home:
        with home.act(OPERATOR) as act:
            hidden = Dataset(id=ids.new_id(), slug="hidden", title="<Hidden>", created_at=clock.utc_now())
            act.session.add(hidden)
            act.session.flush()
            act.session.add(
                Variant(
                    id=ids.new_id(),
                    dataset_id=hidden.id,
                    slug="v1",
                    title="V1",
                    licence="NOASSERTION",
                    created_at=clock.utc_now(),
                )
            )
        app = browsing.app_of(home)
        public, insider = browsing.Visitor(app), browsing.Visitor(app, "mara")
        assert "hidden" not in public.get("/").text
        assert public.get("/datasets/hidden").status_code == 404
        assert public.get("/datasets/hidden/v1").status_code == 404
        assert "&lt;Hidden&gt;" in insider.get("/").text
        assert "nobody has said" in insider.get("/datasets/hidden/v1").text
        assert "No release yet." in insider.get("/datasets/hidden/v1").text


def test_a_registry_without_anything_says_so() -> None:
    page = browsing.visitor("mara").get("/?after=zzz").text
    assert "Nothing is published here yet." in page
    assert "accession datasets import" in page


def test_an_archive_is_shown_with_its_digests_and_every_source_of_them(tmp_path: Path) -> None:
    said = seeds.small().replace(b"size: 3 GB, md5", b"size_bytes: 3000, also: [other], md5")
    said = said.replace(b"sources:\n", b'sources:\n  other: {title: "Who counted", url: https://example.org/other}\n')
    with shown.copied(shown.shared(), tmp_path / "home").open() as home:
        with homes.act(home, "mara") as act:
            planting.plant(act, home.blobs, said)
        page = browsing.Visitor(browsing.app_of(home), "mara").get("/datasets/pets/whole").text
    assert "md5:abababababababababababababababab" in page
    assert "https://example.org/other" in page
    assert "3.0 kB" in page
    assert "3\u202f000 bytes" in page
