import pytest

from registry.catalogue.taxonomy import store
from registry.catalogue.taxonomy.graph import Synset, Taxonomy
from registry.errors import InvalidInputError
from tests.factories.wordnet import DOG, KINDS, SYNSETS, WORDNET

OTHER = Taxonomy(SYNSETS, KINDS)


def test_a_taxonomy_comes_back_as_it_was() -> None:
    found = store.decode(store.encode(WORDNET))
    assert (found.synsets, set(found.kinds), set(found.instances)) == (
        WORDNET.synsets,
        set(WORDNET.kinds),
        set(WORDNET.instances),
    )


def test_equal_taxonomies_have_equal_bytes_in_whatever_order_they_were_read() -> None:
    turned = Taxonomy(
        dict(reversed(list(WORDNET.synsets.items()))), WORDNET.kinds[::-1], tuple(reversed(WORDNET.instances))
    )
    assert store.encode(turned) == store.encode(WORDNET)
    assert store.encode(OTHER) != store.encode(WORDNET)


def test_words_cannot_break_the_lines() -> None:
    odd = Taxonomy({DOG: Synset("a\tb\nc", " \r d ")}, ())
    assert store.decode(store.encode(odd)).synsets[DOG] == Synset("a b c", "d")


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"something else\n",
        b"accession-taxonomy/1",
        b"accession-taxonomy/1\nsynset\tn00000001\n",
        b"accession-taxonomy/1\nkind\tn00000001\n",
        b"accession-taxonomy/1\ncolour\tn00000001\tred\n",
    ],
)
def test_what_accession_did_not_write_is_refused(data: bytes) -> None:
    with pytest.raises(InvalidInputError):
        store.decode(data)
