import pytest

from registry.errors import NotFoundError
from registry.home import Home
from registry.queries import lineage
from registry.services import seeds as services
from tests.factories import homes, rows, seeds


@pytest.fixture
def home(bare_home: Home) -> Home:
    """A home with the small seed, planted twice with another number."""
    for data in (seeds.small(), seeds.changed("count: 3,", "count: 4,")):
        with homes.act(bare_home, "mara") as act:
            services.plant(act, bare_home.blobs, data)
    return bare_home


def test_what_was_said_last_is_told_with_its_sources(home: Home) -> None:
    with home.reading() as session:
        found = lineage.description(session, "pets/whole")
        every = lineage.descriptions(session)
    assert found is not None
    assert (found.said.counts[0].count, found.sources["paper"].url) == (4, "https://example.org/paper")
    assert [it.variant for it in every] == ["pets/cats", "pets/whole"]


def test_a_variant_that_no_seed_speaks_of_is_not_described(home: Home) -> None:
    with homes.act(home, "operator") as act:
        rows.variant(act.session, "quiet", dataset_id=rows.dataset(act.session, "other").id)
    with home.reading() as session:
        assert lineage.description(session, "other/quiet") is None
        for ask in (lineage.description, lineage.relations, lineage.direct):
            with pytest.raises(NotFoundError):
                ask(session, "pets/none")


def test_relations_are_told_from_both_sides_and_over_several_steps(home: Home) -> None:
    more = seeds.changed("pets\ntitle", "pets\ntitle").decode() + (
        "  - name: kittens\n    title: Kittens\n    summary: Small.\n    licence: NOASSERTION\n    relations:\n"
        "      - {kind: derived-from, to: cats, evidence: They were born., source: paper}\n"
        "  - name: stones\n    title: Stones\n    summary: No pets.\n    licence: NOASSERTION\n"
    )
    with homes.act(home, "mara") as act:
        services.plant(act, home.blobs, more.encode())
    with home.reading() as session:
        whole = lineage.relations(session, "pets/whole")
        direct = lineage.direct(session, "pets/whole")
        assert lineage.relations(session, "pets/stones") == ()
    assert [(it.variant, it.kind, it.other) for it in whole] == [
        ("pets/cats", "subset-of", "pets/whole"),
        ("pets/kittens", "derived-from", "pets/cats"),
    ]
    assert [it.variant for it in direct] == ["pets/cats"]
    assert direct[0].evidence == "A cat is a pet."
