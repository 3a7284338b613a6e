import pytest

from registry.catalogue.seeds import document
from registry.errors import InvalidInputError
from tests.factories import seeds


def test_a_seed_says_what_its_words_say() -> None:
    whole, cats = document.parse(seeds.small()).variants
    assert (whole.name, whole.counts[0].count, whole.unknown) == ("whole", 3, ("who they are",))
    assert (cats.relations[0].kind, cats.relations[0].to) == (document.RelationKind.SUBSET_OF, "whole")
    assert document.cited(whole) == {"paper"}
    assert document.cited(cats) == set()


@pytest.mark.parametrize(
    ("old", "new", "wrong"),
    [
        ("accession-seed/1", "accession-seed/2", "line 1: "),
        ("dataset: pets", "dataset: Pets!", "line 2: "),
        ("sentence: Be kind.", "sentences: Be kind.", "line 11: .*`sentences` is not known"),
        ("source: paper}\n    counts", "source: book}\n    counts", "line 11: `book` is none of the sources"),
        ("count: 3, source: paper", "count: 3, source: book", "line 13: `book`"),
        ("count: 3,", "count: many,", "line 13: "),
        ("md5: a", "md5: xa", "line 15: "),
        ("pet_[0-9]+", "pet_[0-9", "line 17: This is no pattern"),
        ("to: whole", "to: dogs", "line 25: `dogs` is none of the variants"),
        ("to: whole", "to: cats", "line 25: A variant has no relation to itself"),
        ("name: cats", "name: whole", "line 20: `whole` stands here for a second time"),
        ("kind: subset-of", "kind: cousin-of", "line 25: .*`cousin-of` is not a possible `kind`"),
        ("licence: CC-BY-4.0", "licence: 'mine!'", "line 10: "),
        ("https://example.org/paper", "file:///etc/passwd", "line 5: "),
        ("title: Pets", "title: &a Pets", "Anchors"),
    ],
)
def test_what_is_wrong_is_named_with_its_line(old: str, new: str, wrong: str) -> None:
    with pytest.raises(InvalidInputError, match=wrong):
        document.parse(seeds.changed(old, new))


def test_a_relation_is_told_once_and_leads_in_no_circle() -> None:
    relation = "      - {kind: subset-of, to: whole, evidence: A cat is a pet., source: paper}\n"
    with pytest.raises(InvalidInputError, match="told twice"):
        document.parse(seeds.changed(relation, 2 * relation))
    back = "    relations:\n      - {kind: subset-of, to: cats, evidence: Really., source: paper}\n"
    with pytest.raises(InvalidInputError, match="leads back to itself"):
        document.parse(seeds.changed("    unknown:\n", back + "    unknown:\n"))


def test_a_seed_has_variants() -> None:
    head = seeds.small().decode().partition("variants:")[0]
    with pytest.raises(InvalidInputError, match="without a variant"):
        document.parse(f"{head}variants: []\n".encode())


def test_a_seed_says_what_weights_saw() -> None:
    whole, cats = document.parse(seeds.with_weights()).weights
    assert (whole.trained_on[0].to, cats.made_from[0].weights, cats.sha256) == ("whole", "pet-net", None)


@pytest.mark.parametrize(
    ("old", "new", "wrong"),
    [
        ("to: whole", "to: dogs", "`dogs` is none of the variants"),
        ("weights: pet-net", "weights: cat-net", "`cat-net` is none of the weights above"),
        ("name: cat-net", "name: pet-net", "`pet-net` stands here for a second time"),
        ("source: paper}\n  - name", "source: book}\n  - name", "`book` is none of the sources"),
        ("    trained_on:\n      - {to: whole, evidence: The paper says so., source: paper}\n", "", "Say what these"),
        ("licence: MIT", "licence: MIT\n    sha256: short", "sha256"),
    ],
)
def test_weights_that_cannot_be_so_are_named_with_their_line(old: str, new: str, wrong: str) -> None:
    with pytest.raises(InvalidInputError, match=f"line [0-9]+: .*{wrong}"):
        document.parse(seeds.with_weights(old, new))


def test_what_weights_were_made_from_names_its_source() -> None:
    head, _, tail = seeds.with_weights().rpartition(b"source: paper")
    with pytest.raises(InvalidInputError, match="`book` is none of the sources"):
        document.parse(head + b"source: book" + tail)
