from collections.abc import Iterator
from pathlib import Path

import pytest

from registry.home import Home
from tests.factories import browsing, policies, shown, weights
from tests.factories.browsing import Visitor

pytestmark = pytest.mark.xdist_group("shown")


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Home]:
    """A home with weights that were trained on a release, and others that were made from them."""
    with shown.copied(shown.shared(), tmp_path / "home").open() as opened:
        weights.on(opened, "resnet", shown.FIRST)
        weights.made_from(opened, "tuned", "resnet")
        yield opened


def test_without_weights_the_page_says_so_and_how_there_come_some() -> None:
    assert "No weights are on record." in browsing.visitor().get("/weights").text
    assert "accession weights add" not in browsing.visitor().get("/weights").text
    assert "accession weights add" in browsing.visitor("mara").get("/weights").text


def test_anybody_sees_what_weights_saw_and_how_that_is_known(home: Home) -> None:
    visitor = Visitor(browsing.app_of(home))
    listed, one, tuned = (visitor.get(url).text for url in ("/weights", "/weights/resnet", "/weights/tuned"))
    assert f"trained on {shown.FIRST}" in listed
    assert 'href="/weights/tuned"' in listed
    assert "The paper says so." in one
    assert f'href="/datasets/{shown.VARIANT}"' in one
    assert 'href="/weights/resnet"' in tuned
    assert visitor.get("/weights/none").status_code == 404


def test_the_page_of_a_variant_says_which_weights_saw_it(home: Home) -> None:
    page = Visitor(browsing.app_of(home)).get(f"/datasets/{shown.VARIANT}").text
    assert page.index('href="/weights/resnet"') < page.index('href="/weights/tuned"')
    assert "made from resnet" in page


def test_a_case_says_which_weights_saw_its_image(home: Home) -> None:
    receipt = shown.ask(home, shown.FACE)
    page = Visitor(browsing.app_of(home), "rita").get(f"/cases/{receipt.number}").text
    assert "Weights that saw them" in page
    assert "1 of 5" in page
    quiet = shown.ask(home, shown.PERSON)
    assert "Weights that saw them" not in Visitor(browsing.app_of(home), "rita").get(f"/cases/{quiet.number}").text


def test_the_editor_says_which_weights_saw_what_would_go(home: Home) -> None:
    visitor = Visitor(browsing.app_of(home), "mara")
    gone = policies.rule(id="gone", when={"label": {"in": ["n02000001"]}}, then="exclude", reason="class-gone")
    document = policies.text(policies.document(rules=[gone, policies.rule()])).decode()
    page = visitor.post("/policies/editor", document=document, variant=shown.VARIANT).text
    assert "Weights that saw what would go" in page
