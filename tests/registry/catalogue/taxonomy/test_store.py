from pathlib import Path

import pytest

from registry.catalogue.taxonomy import store
from registry.catalogue.taxonomy.graph import Synset, Taxonomy
from registry.errors import InvalidInputError, NotFoundError, UnavailableError, WrongStateError
from tests.factories.wordnet import DOG, KINDS, SYNSETS, WORDNET

OTHER = Taxonomy(SYNSETS, KINDS)


def test_a_taxonomy_comes_back_as_it_was(tmp_path: Path) -> None:
    store.keep(tmp_path, "wordnet-3.0", WORDNET)
    found = store.load(tmp_path, "wordnet-3.0")
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


def test_several_live_side_by_side(tmp_path: Path) -> None:
    first = store.keep(tmp_path, "a", WORDNET)
    second = store.keep(tmp_path, "b", OTHER)
    assert store.kept(tmp_path) == [first, second]
    assert first.digest != second.digest
    with pytest.raises(InvalidInputError, match="a, b"):
        store.load(tmp_path, None)
    assert store.load(tmp_path, "b").instances == ()


def test_the_only_one_needs_no_name(tmp_path: Path) -> None:
    with pytest.raises(NotFoundError, match="No taxonomy"):
        store.load(tmp_path, None)
    store.keep(tmp_path, "a", OTHER)
    assert store.load(tmp_path, None).instances == ()


def test_a_name_is_given_once(tmp_path: Path) -> None:
    before = store.keep(tmp_path, "a", WORDNET)
    assert store.keep(tmp_path, "a", WORDNET) == before
    with pytest.raises(WrongStateError, match="Another taxonomy"):
        store.keep(tmp_path, "a", OTHER)
    assert store.kept(tmp_path) == [before]


@pytest.mark.parametrize("name", ["", "../x", "A", ".hidden", "a/b", "x" * 65])
def test_a_name_has_one_form(tmp_path: Path, name: str) -> None:
    with pytest.raises(InvalidInputError):
        store.keep(tmp_path, name, WORDNET)
    with pytest.raises(InvalidInputError):
        store.load(tmp_path, name)


def test_a_name_that_nobody_gave_is_not_found(tmp_path: Path) -> None:
    with pytest.raises(NotFoundError, match="known are: none"):
        store.load(tmp_path, "a")
    store.keep(tmp_path, "b", WORDNET)
    with pytest.raises(NotFoundError, match="known are: b"):
        store.load(tmp_path, "a")


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


def test_a_folder_that_cannot_be_made_is_one_sentence_and_nothing_is_left(tmp_path: Path) -> None:
    (tmp_path / store.FOLDER).touch()
    with pytest.raises(UnavailableError, match="folder of taxonomies"):
        store.keep(tmp_path, "a", WORDNET)
