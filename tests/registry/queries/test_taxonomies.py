import pytest

from registry.catalogue.layers.kinds import Kind
from registry.catalogue.taxonomy.graph import PERSON, Depths, Taxonomy
from registry.errors import InvalidInputError, NotFoundError
from registry.home import Home
from registry.queries import layers as lists
from registry.queries import taxonomies
from tests.factories import layers, wordnet
from tests.factories.homes import VARIANT
from tests.factories.wordnet import ALONE, COOK, DOG, KINDS, SAILOR, SYNSETS, TOY, WORDNET

OTHER = Taxonomy(SYNSETS, KINDS)


def test_versions_are_listed_by_name_the_newest_first(bare_home: Home) -> None:
    for name, taxonomy in (("b", WORDNET), ("a", WORDNET), ("a", OTHER)):
        wordnet.imported(bare_home, taxonomy, name)
    with bare_home.reading() as session:
        found = taxonomies.list_taxonomies(session)
    assert [line.label for line in found] == ["a@2", "a@1", "b@1"]
    assert {line.imported_by for line in found} == {"mara"}


def test_a_taxonomy_is_found_by_name_by_version_or_as_the_only_one(bare_home: Home) -> None:
    with bare_home.reading() as session, pytest.raises(NotFoundError, match="No taxonomy"):
        taxonomies.find(session, None)
    wordnet.imported(bare_home)
    wordnet.imported(bare_home, OTHER)
    with bare_home.reading() as session:
        assert [taxonomies.find(session, it).version for it in (None, "wordnet", "wordnet@1")] == [2, 2, 1]
        assert taxonomies.load(bare_home.blobs, taxonomies.find(session, "wordnet@2")).instances == ()
        for label in ("wordnet@3", "other"):
            with pytest.raises(NotFoundError):
                taxonomies.find(session, label)
        for label in ("wordnet@x", "../x", ""):
            with pytest.raises(InvalidInputError):
                taxonomies.find(session, label)
    wordnet.imported(bare_home, OTHER, "another")
    with bare_home.reading() as session, pytest.raises(InvalidInputError, match="another, wordnet"):
        taxonomies.find(session, None)


def test_a_synset_has_a_place() -> None:
    found = taxonomies.place(WORDNET, PERSON)
    assert (found.below_by_hyponyms, found.below_with_instances) == (2, 3)
    assert (found.children, found.depths) == ((SAILOR, COOK), Depths(1, 1))
    with pytest.raises(NotFoundError):
        taxonomies.place(WORDNET, "n99999999")


def test_lists_lie_below_a_synset_and_in_one_another(furnished_home: Home) -> None:
    wordnet.imported(furnished_home)
    layers.add(furnished_home, Kind.SYNSETS, "all", [(PERSON,), (COOK,), (SAILOR,), (DOG,), (ALONE,), ("n99999999",)])
    layers.add(furnished_home, Kind.SYNSETS, "some", [(COOK,), (DOG,)])
    layers.add(furnished_home, Kind.SYNSETS, "toys", [(TOY,)])
    with furnished_home.reading() as session:
        blobs = furnished_home.blobs
        every, some = taxonomies.within(session, blobs, WORDNET, PERSON)
        whole = lists.read_layer(session, VARIANT, "synsets/all")
        shared = taxonomies.shared(session, blobs, whole)
        [(line, loose)] = taxonomies.without_edge(session, blobs, whole)
    assert (every.layer.name, every.has, every.below, every.several_parents) == ("all", True, 2, 1)
    assert every.parent_outside == some.parent_outside == (COOK,)
    assert (some.has, some.below) == (False, 1)
    assert [(it.name, count) for it, count in shared] == [("some", 2), ("toys", 0)]
    assert (line.label, loose) == ("wordnet@1", (ALONE, "n99999999"))
