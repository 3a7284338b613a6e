import pytest

from registry.catalogue.taxonomy.graph import PERSON, Taxonomy
from registry.catalogue.taxonomy.rows import Report
from registry.catalogue.taxonomy.sources import Reading
from registry.errors import ForbiddenError, InvalidInputError
from registry.home import Home
from registry.models.taxonomies import TaxonomyVersion
from registry.services import taxonomies
from tests.factories import homes, policies, wordnet
from tests.factories.wordnet import ANIMAL, DOG, KINDS, SAILOR, SYNSETS, TOY, WORDNET

OTHER = Taxonomy(SYNSETS, KINDS)


def test_a_taxonomy_is_kept_with_its_numbers_and_an_event(bare_home: Home) -> None:
    made = wordnet.imported(bare_home)
    assert (made.version, made.synset_count, made.kind_count, made.instance_count) == (1, 10, 9, 2)
    [event] = homes.events(bare_home)
    assert (event.event, event.subject_id) == ("taxonomy.imported", "wordnet@1")
    assert event.facts == {"sha256": made.sha256, "synsets": 10}


def test_the_same_is_the_same_version_and_other_lines_are_the_next(bare_home: Home) -> None:
    first = wordnet.imported(bare_home)
    assert wordnet.imported(bare_home).id == first.id
    assert wordnet.imported(bare_home, OTHER).version == 2
    assert wordnet.imported(bare_home, OTHER, "other").version == 1
    assert homes.count(bare_home, TaxonomyVersion) == 3


def test_only_who_may_import_adds_and_under_a_name(bare_home: Home) -> None:
    with pytest.raises(InvalidInputError):
        wordnet.imported(bare_home, name="../x")
    with homes.act(bare_home, "rita") as act, pytest.raises(ForbiddenError):
        taxonomies.add(act, bare_home.blobs, "x", Reading("wordnet", WORDNET, Report()))


def test_what_a_policy_excludes_by_name_is_marked(bare_home: Home) -> None:
    def excluding(version: str, **when: object) -> bytes:
        return policies.text(policies.document(version=version, rules=[policies.rule(when=when, then="exclude")]))

    homes.publish_policy(bare_home, excluding("1", synset={"in": [DOG]}))
    unmeant = {"not": {"synset": {"in": [DOG]}}}
    listed = [{"synset": {"in": [TOY]}}, {"label": {"in": [ANIMAL, "people"]}}, unmeant]
    homes.publish_policy(bare_home, excluding("2", any=listed))
    with bare_home.reading() as session:
        assert taxonomies.marked(session, bare_home.blobs) == {TOY, ANIMAL}


def test_what_a_policy_only_blurs_is_not_marked(bare_home: Home) -> None:
    blurring = policies.document(rules=[policies.rule(when={"synset": {"in": [DOG]}})])
    homes.publish_policy(bare_home, policies.text(blurring))
    with bare_home.reading() as session:
        assert taxonomies.marked(session, bare_home.blobs) == frozenset()


def test_words_of_persons_and_of_what_is_marked_are_hidden() -> None:
    assert taxonomies.is_hidden(WORDNET, frozenset(), SAILOR)
    assert taxonomies.is_hidden(WORDNET, frozenset({DOG}), DOG)
    assert not taxonomies.is_hidden(WORDNET, frozenset({DOG}), ANIMAL)
    assert not taxonomies.is_hidden(WORDNET, frozenset(), PERSON)


def test_who_asks_for_words_is_on_record_and_not_everybody_may(bare_home: Home) -> None:
    with homes.act(bare_home, "rita") as act:
        taxonomies.reveal(act, "wordnet@1", SAILOR)
    [event] = homes.events(bare_home)
    assert (event.event, event.subject_id, event.facts) == ("words.revealed", SAILOR, {"taxonomy": "wordnet@1"})
    with homes.act(bare_home, "mara") as act, pytest.raises(ForbiddenError):
        taxonomies.reveal(act, "wordnet@1", SAILOR)
