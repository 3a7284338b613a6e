from policies.taxonomy import Taxonomy
from registry.catalogue.manifests import LabelCount
from registry.home import Home
from registry.queries import classes, names, taxonomies
from registry.queries.classes import Branch, Holding
from registry.services import imports
from registry.services.imports import VariantWords
from tests.factories import homes, wordnet
from tests.factories.homes import VARIANT
from tests.factories.wordnet import ANIMAL, COOK, DOG, ENTITY, LAP_DOG, REX, TOY

GRAPH = Taxonomy(wordnet.WORDNET.by_kind.kinds, wordnet.WORDNET.with_instances.kinds)
COUNTED: dict[str | None, int] = {None: 5, LAP_DOG: 7, DOG: 2, REX: 1, "n88888888": 4}


def test_an_image_counts_once_however_many_ways_lead_to_its_class() -> None:
    assert classes.branch(GRAPH, COUNTED, ENTITY) == Branch(ENTITY, 0, 2, 9)
    assert classes.branch(GRAPH, COUNTED, DOG) == Branch(DOG, 2, 2, 9)
    assert classes.branch(GRAPH, COUNTED, COOK) == Branch(COOK, 0, 0, 0)


def test_instances_count_where_they_are_asked_for() -> None:
    assert classes.branch(GRAPH, COUNTED, DOG, instances=True) == Branch(DOG, 2, 3, 10)


def test_branches_come_by_their_images_without_empty_ones() -> None:
    assert classes.branches(GRAPH, COUNTED, ENTITY) == [Branch(ANIMAL, 0, 2, 9), Branch(TOY, 0, 1, 7)]


def test_counts_are_those_of_the_manifest_also_for_an_import_that_kept_none(furnished_home: Home) -> None:
    with furnished_home.reading() as session:
        newest = names.newest_import(session, names.variant(session, VARIANT).id)
        assert newest is not None
        kept = classes.counts(furnished_home.blobs, newest)
        labels = (newest.counts or {})["labels"]
        assert kept == [LabelCount(label, labels[label]) for label in sorted(labels)]
        newest.row_count = (newest.row_count or 0) + 2
        assert classes.counts(furnished_home.blobs, newest) == [LabelCount(None, 2), *kept]
        newest.counts = {}
        assert classes.counts(furnished_home.blobs, newest) == kept


def test_every_variant_tells_what_it_has_below_a_synset(furnished_home: Home) -> None:
    wordnet.imported(furnished_home)
    with homes.act(furnished_home, "mara") as begun:
        imports.start(begun, "imagenet/waiting", homes.source_of(begun.session), VariantWords(licence="CC0-1.0"))
    with furnished_home.reading() as session:
        line = taxonomies.find(session, None)
        graph = classes.graph(furnished_home.blobs, line)
        newest = names.newest_import(session, names.variant(session, VARIANT).id)
        assert newest is not None
        newest.counts = {"labels": {LAP_DOG: 7, DOG: 2}}
        found = classes.holdings(session, furnished_home.blobs, graph, ANIMAL)
        assert found == [Holding(VARIANT, Branch(ANIMAL, 0, 2, 9))]
        assert classes.holdings(session, furnished_home.blobs, graph, COOK) == []
