import pytest

from registry.catalogue.layers.kinds import Kind
from registry.errors import ForbiddenError, InvalidInputError, NotFoundError
from registry.home import Home
from registry.models.layers import Layer
from registry.services import layers as services
from tests.factories import homes, layers
from tests.factories.homes import NOW, VARIANT
from tests.factories.layers import CAT, DOG

ROWS = [("a.jpg", (CAT,)), ("b.jpg", ())]


def test_a_layer_is_kept_with_its_numbers_and_an_event(furnished_home: Home) -> None:
    made = layers.add(furnished_home, Kind.LABELS, "real", ROWS)
    assert (made.version, made.row_count, made.totals["without a label"], made.imported_at) == (1, 2, 1, NOW)
    event = homes.events(furnished_home)[-1]
    assert (event.event, event.subject_id) == ("layer.imported", f"{VARIANT}/labels/real@1")
    assert event.facts == {"digest": made.digest, "rows": 2}


def test_the_same_rows_are_the_same_version_and_others_are_the_next(furnished_home: Home) -> None:
    first = layers.add(furnished_home, Kind.LABELS, "real", ROWS)
    assert layers.add(furnished_home, Kind.LABELS, "real", ROWS).id == first.id
    second = layers.add(furnished_home, Kind.LABELS, "real", [("a.jpg", (DOG,))])
    assert (second.version, second.digest == first.digest) == (2, False)
    assert layers.add(furnished_home, Kind.LABELS, "other", ROWS).version == 1
    assert homes.count(furnished_home, Layer) == 3
    assert [event.event for event in homes.events(furnished_home)].count("layer.imported") == 3


def test_what_was_before_comes_back_as_a_new_version(furnished_home: Home) -> None:
    for rows in (ROWS, [("a.jpg", (DOG,))], ROWS):
        newest = layers.add(furnished_home, Kind.LABELS, "real", rows)
    assert newest.version == 3


def test_only_who_may_import_adds_a_layer(furnished_home: Home) -> None:
    made = layers.draft(furnished_home, Kind.LABELS, "real", ROWS)
    with homes.act(furnished_home, "rita") as act, pytest.raises(ForbiddenError):
        services.add(act, VARIANT, made)


def test_a_layer_is_over_a_variant_that_exists(furnished_home: Home) -> None:
    made = layers.draft(furnished_home, Kind.LABELS, "real", ROWS)
    with homes.act(furnished_home, "mara") as act, pytest.raises(NotFoundError):
        services.add(act, "sample/nothing", made)


@pytest.mark.parametrize(
    ("name", "source"), [("Real", "x"), ("", "x"), ("real", ""), ("real", "a\nb"), ("real", "x" * 501)]
)
def test_a_name_and_a_source_are_needed(furnished_home: Home, name: str, source: str) -> None:
    with homes.act(furnished_home, "mara") as act, pytest.raises(InvalidInputError):
        services.expect(act, VARIANT, name, source)
