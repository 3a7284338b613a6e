import hashlib

import pytest
from sqlmodel import select

from registry.errors import ForbiddenError, InvalidInputError
from registry.home import Home
from registry.models.datasets import Variant
from registry.models.lineage import VariantDescription, VariantRelation
from registry.queries import weights
from registry.services import seeds as services
from registry.services.seeds import Planted
from tests.factories import homes, rows, seeds


def plant(home: Home, data: bytes) -> Planted:
    """What mara has planted."""
    with homes.act(home, "mara") as act:
        return services.plant(act, home.blobs, data)


def test_a_seed_registers_describes_and_relates(bare_home: Home) -> None:
    assert plant(bare_home, seeds.small()) == Planted(("pets/whole", "pets/cats"), ("pets/whole", "pets/cats"), 1, ())
    with bare_home.reading() as session:
        whole = session.exec(select(Variant).where(Variant.slug == "whole")).one()
        described = session.exec(select(VariantDescription).where(VariantDescription.variant_id == whole.id)).one()
    assert (whole.title, whole.licence) == ("All pets", "CC-BY-4.0")
    assert described.seed_sha256 == hashlib.sha256(seeds.small()).hexdigest()
    assert bare_home.blobs.read(described.seed_sha256) == seeds.small()
    events = [(event.event, event.subject_id) for event in homes.events(bare_home)]
    assert events == [
        ("variant.registered", "pets/whole"),
        ("variant.registered", "pets/cats"),
        ("seed.planted", "pets"),
    ]


def test_planting_again_changes_nothing(bare_home: Home) -> None:
    plant(bare_home, seeds.small())
    before = homes.events(bare_home)
    assert plant(bare_home, seeds.small() + b"# more\n") == Planted((), (), 0, ())
    assert homes.events(bare_home) == before


def test_what_a_newer_seed_says_stands_beside_what_the_older_said(bare_home: Home) -> None:
    plant(bare_home, seeds.small())
    assert plant(bare_home, seeds.changed("count: 3,", "count: 4,")) == Planted((), ("pets/whole",), 0, ())
    assert plant(bare_home, seeds.changed("A cat is a pet.", "They purr.")).related == 1
    assert homes.count(bare_home, VariantDescription) == 4
    assert homes.count(bare_home, VariantRelation) == 2


def test_a_variant_that_is_there_keeps_its_title_and_licence(bare_home: Home) -> None:
    with homes.act(bare_home, "operator") as act:
        rows.variant(act.session, "whole", dataset_id=rows.dataset(act.session, "pets").id)
    planted = plant(bare_home, seeds.small())
    assert (planted.registered, planted.differing) == (("pets/cats",), ("pets/whole",))
    with bare_home.reading() as session:
        assert session.exec(select(Variant).where(Variant.slug == "whole")).one().title == "whole"


def test_only_who_may_import_plants_and_only_seeds(bare_home: Home) -> None:
    with homes.act(bare_home, "rita") as act, pytest.raises(ForbiddenError):
        services.plant(act, bare_home.blobs, seeds.small())
    with pytest.raises(InvalidInputError):
        plant(bare_home, b"format: nothing\n")
    assert homes.count(bare_home, Variant) == 0


def test_weights_of_a_seed_are_on_record_with_what_they_saw(bare_home: Home) -> None:
    assert plant(bare_home, seeds.with_weights()).weights == ("pet-net", "cat-net")
    before = homes.events(bare_home)
    assert plant(bare_home, seeds.with_weights()).weights == ()
    assert homes.events(bare_home) == before
    with bare_home.reading() as session:
        found = weights.list_weights(session)
    assert [(it.name, it.trainings[0].on, it.trainings[0].source_url) for it in found] == [
        ("cat-net", "pet-net", "https://example.org/paper"),
        ("pet-net", "pets/whole", "https://example.org/paper"),
    ]
