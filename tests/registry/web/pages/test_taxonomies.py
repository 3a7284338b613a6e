from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from registry.catalogue.layers.kinds import Kind
from registry.catalogue.taxonomy.graph import PERSON
from registry.home import Home
from registry.queries import names
from tests.factories import browsing, homes, layers, shown, wordnet
from tests.factories.wordnet import COOK, DOG, ENTITY, SAILOR

pytestmark = pytest.mark.xdist_group("shown")


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Home]:
    """A home with a taxonomy and a list."""
    with shown.copied(shown.shared(), tmp_path / "home").open() as opened:
        wordnet.imported(opened)
        layers.add(opened, Kind.SYNSETS, "some", [(COOK,), (DOG,)])
        yield opened


@pytest.fixture
def app(home: Home) -> Flask:
    """The application over that home."""
    return browsing.app_of(home)


def test_taxonomies_are_listed(app: Flask) -> None:
    page = browsing.Visitor(app).get("/synsets").text
    assert "wordnet@1" in page
    assert "by mara" not in page
    assert "No taxonomy is imported yet" in browsing.visitor().get("/synsets").text


def test_a_synset_is_shown_with_its_counts_and_neighbours(app: Flask) -> None:
    page = browsing.Visitor(app, "mara").get(f"/synsets/{PERSON}").text
    assert '<th scope="row">Below it, by hyponyms</th><td class="figure">2</td>' in page
    assert '<th scope="row">Below it, with instances</th><td class="figure">3</td>' in page
    assert f'href="/synsets/{ENTITY}?in=wordnet@1"' in page
    assert f"{shown.VARIANT} some</a>" in page
    assert f"{shown.VARIANT} some" not in browsing.Visitor(app).get(f"/synsets/{PERSON}").text


def test_people_of_the_registry_see_how_many_images_a_variant_has_below_a_synset(home: Home, app: Flask) -> None:
    with home.sessions() as session:
        newest = names.newest_import(session, names.variant(session, shown.VARIANT).id)
        assert newest is not None
        newest.counts = {**(newest.counts or {}), "labels": {SAILOR: 3, PERSON: 2, DOG: 9}}
        session.commit()
    page = browsing.Visitor(app, "mara").get(f"/synsets/{PERSON}").text
    row = f"{shown.VARIANT}</a></th>" + "".join(f'<td class="figure">{it}</td>' for it in (2, 2, 5))
    assert row in page
    assert "Images at or below it" not in browsing.Visitor(app, "mara").get(f"/synsets/{COOK}").text
    assert "Images at or below it" not in browsing.Visitor(app).get(f"/synsets/{PERSON}").text


def test_words_of_kinds_of_person_are_hidden_from_everybody(app: Flask) -> None:
    for handle in (None, "mara", "rita"):
        for wnid in (SAILOR, PERSON):
            page = browsing.Visitor(app, handle).get(f"/synsets/{wnid}").text
            assert "sailor" not in page
            assert "words hidden" in page or "words of this synset are hidden" in page


def test_who_may_asks_for_the_words_and_it_is_on_record(home: Home, app: Flask) -> None:
    assert "Show the words" not in browsing.Visitor(app, "mara").get(f"/synsets/{SAILOR}").text
    rita = browsing.Visitor(app, "rita")
    assert "Show the words" in rita.get(f"/synsets/{SAILOR}").text
    assert "sailor" in rita.post(f"/synsets/{SAILOR}/words", **{"in": "wordnet@1"}).text
    event = homes.events(home)[-1]
    assert (event.event, event.subject_id, event.actor_name) == ("words.revealed", SAILOR, "rita")


def test_asking_for_the_words_of_nothing_is_no_event(home: Home, app: Flask) -> None:
    assert browsing.Visitor(app, "rita").post("/synsets/n99999999/words").status_code == 404
    assert homes.events(home)[-1].event != "words.revealed"


def test_a_list_tells_how_it_lies_beside_others(app: Flask) -> None:
    page = browsing.Visitor(app, "mara").get(f"/datasets/{shown.VARIANT}/layers/synsets/some").text
    assert "Without an edge in wordnet@1: 0." in page


def test_what_is_not_there_is_not_found(app: Flask) -> None:
    visitor = browsing.Visitor(app)
    assert visitor.get("/synsets/n99999999").status_code == 404
    assert visitor.get(f"/synsets/{DOG}?in=nothing").status_code == 404
