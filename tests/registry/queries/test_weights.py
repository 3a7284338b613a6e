import pytest

from registry.catalogue.seeds.document import RelationKind
from registry.errors import NotFoundError
from registry.home import Home
from registry.queries import names
from registry.queries import weights as queries
from tests.factories import weights
from tests.factories.homes import VARIANT


def ways(home: Home, variant: str) -> list[tuple[str, str, list[str]]]:
    """The weights that may have seen the variant, what they were trained on, and by which way."""
    with home.reading() as session:
        found = queries.ways(session, names.variant(session, variant).id)
    return [(way.line.weights, way.line.on, [step.words for step in way.by]) for way in found]


def test_weights_are_listed_by_name(furnished_home: Home) -> None:
    weights.on(furnished_home, "b", VARIANT)
    weights.made_from(furnished_home, "a", "b")
    with furnished_home.reading() as session:
        found = queries.list_weights(session)
    assert [(it.name, [line.how for line in it.trainings]) for it in found] == [
        ("a", ["made from"]),
        ("b", ["trained on"]),
    ]


def test_weights_that_are_not_there_are_not_found(furnished_home: Home) -> None:
    with furnished_home.reading() as session:
        for name in ("none", "a\nb"):
            with pytest.raises(NotFoundError):
                queries.read_weights(session, name)


def test_lineage_leads_up_and_down_and_never_to_another_part(furnished_home: Home) -> None:
    whole, train, val, blurred = (
        weights.empty_variant(furnished_home, slug) for slug in ("whole", "train", "val", "blurred")
    )
    for part in (train, val):
        weights.relate(furnished_home, part, RelationKind.SUBSET_OF, whole)
    weights.relate(furnished_home, blurred, RelationKind.DERIVED_FROM, train)
    weights.relate(furnished_home, val, RelationKind.REPLACES, train)
    for variant in (whole, train, val, blurred):
        weights.on(furnished_home, f"on-{variant.split('/')[1]}", variant)
    assert ways(furnished_home, train) == [
        ("on-train", train, []),
        ("on-blurred", blurred, [f"{blurred} derived-from {train}"]),
        ("on-whole", whole, [f"{train} subset-of {whole}"]),
    ]
    assert [name for name, _, _ in ways(furnished_home, val)] == ["on-val", "on-whole"]
    assert ways(furnished_home, whole)[-1][2] == [f"{train} subset-of {whole}", f"{blurred} derived-from {train}"]


def test_what_was_made_from_weights_saw_what_they_saw(furnished_home: Home) -> None:
    weights.on(furnished_home, "base", VARIANT)
    weights.made_from(furnished_home, "tuned", "base")
    weights.made_from(furnished_home, "again", "tuned")
    weights.made_from(furnished_home, "again", "base")
    assert ways(furnished_home, VARIANT) == [
        ("base", VARIANT, []),
        ("again", "base", ["again made from base"]),
        ("tuned", "base", ["tuned made from base"]),
    ]
