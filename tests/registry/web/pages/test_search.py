from pathlib import Path

import pytest

from registry.catalogue.taxonomy.graph import Synset, Taxonomy
from tests.factories import browsing, homes, shown, wordnet
from tests.factories.wordnet import ANIMAL, ENTITY, KINDS, SYNSETS

pytestmark = pytest.mark.xdist_group("shown")

URL = f"/datasets/{shown.VARIANT}"


def test_images_are_found_by_what_is_filled_in() -> None:
    rita = browsing.visitor("rita")
    page = rita.get(f"{URL}/search?path=n02000001").text
    assert homes.ASTRONAUT in page
    assert homes.TWINS[0] not in page
    assert "No such image." in rita.get(f"{URL}/search?path=n02000001&defect=empty").text
    assert homes.EMPTY in rita.get(f"{URL}/search?defect=empty").text
    assert homes.EMPTY not in rita.get(f"{URL}/search?least=1&wnid=n02000002").text


def test_nothing_is_searched_before_something_is_asked() -> None:
    assert "<h2>Found</h2>" not in browsing.visitor("rita").get(f"{URL}/search").text


@pytest.mark.parametrize("asked", ["sha256=zz", "pdq=zz", "least=many", "most=-1", "pdq=" + "0" * 64])
def test_what_cannot_be_asked_is_refused_with_a_sentence(asked: str) -> None:
    assert browsing.visitor("rita").get(f"{URL}/search?{asked}").status_code == 422


def test_a_word_needs_a_taxonomy() -> None:
    assert browsing.visitor("rita").get(f"{URL}/search?word=dog").status_code == 404


def test_what_lies_below_a_class_is_found_in_the_taxonomy_that_is_chosen(tmp_path: Path) -> None:
    with shown.copied(shown.shared(), tmp_path / "home").open() as home:
        synsets = SYNSETS | {"n02000001": Synset("astronaut")}
        for name, root in (("first", ENTITY), ("second", ANIMAL)):
            wordnet.imported(home, Taxonomy(synsets, (*KINDS, (root, "n02000001")), ()), name)
        rita = browsing.Visitor(browsing.app_of(home), "rita")
        page = rita.get(f"{URL}/search").text
        assert '<option value="first">first</option><option value="second">second</option>' in page
        asked = f"{URL}/search?wnid={ANIMAL}&below=yes"
        assert rita.get(asked).status_code == 422
        assert "No such image." in rita.get(f"{asked}&in=first").text
        found = rita.get(f"{asked}&in=second").text
        assert homes.ASTRONAUT in found
        assert '<option value="second" selected>' in found
        assert "<h2>Found</h2>" not in rita.get(f"{URL}/search?below=yes&in=second").text


def test_the_numbers_of_the_newest_import_are_shown() -> None:
    page = browsing.visitor("rita").get(f"{URL}/statistics").text
    assert '<th scope="row">Copies of others, byte by byte</th><td class="figure">1</td>' in page
    assert f"<code>{homes.TWINS[0]}</code><br><code>{homes.TWINS[1]}</code>" in page
    assert "no hashes" in page


def test_a_list_of_links_has_no_sizes_to_show(tmp_path: Path) -> None:
    (tmp_path / "urls.txt").write_text("n02000001_1\thttp://example.org/a.jpg\n")
    with shown.copied(shown.shared(), tmp_path / "home").open() as home:
        homes.import_folder(home, tmp_path / "urls.txt", "sample/urls")
        page = browsing.Visitor(browsing.app_of(home), "rita").get("/datasets/sample/urls/statistics").text
    assert "The image of the newest import" in page
    assert "How sizes are spread" not in page


def test_the_way_there_is_on_the_page_of_the_variant() -> None:
    assert f'href="{URL}/search"' in browsing.visitor("rita").get(URL).text
    assert f'href="{URL}/search"' not in browsing.visitor("ada").get(URL).text
