import pytest

from registry.catalogue.layers.kinds import Kind
from registry.errors import InvalidInputError, NotFoundError
from registry.home import Home
from registry.queries import layers as queries
from registry.queries import names
from tests.factories import homes, layers, rows
from tests.factories.homes import VARIANT
from tests.factories.layers import CAT, DOG

ROWS = [(path, (CAT,)) for path in homes.PATHS[:3]]


def test_layers_are_listed_by_kind_and_name_the_newest_version_first(furnished_home: Home) -> None:
    for kind, name, said in (
        (Kind.LABELS, "real", ROWS),
        (Kind.LABELS, "real", ROWS[:1]),
        (Kind.DEFECTS, "seen", [("a.jpg", "cmyk", None)]),
    ):
        layers.add(furnished_home, kind, name, said)
    with furnished_home.reading() as session:
        found = queries.list_layers(session, names.variant(session, VARIANT).id)
    assert [line.label for line in found] == ["defects/seen@1", "labels/real@2", "labels/real@1"]
    assert {(line.variant, line.imported_by) for line in found} == {(VARIANT, "mara")}


def test_the_newest_of_a_kind_are_told_over_all_variants(furnished_home: Home) -> None:
    with homes.act(furnished_home, "operator") as act:
        rows.variant(act.session, "other", dataset_id=rows.dataset(act.session, "another").id)
    layers.add(furnished_home, Kind.SYNSETS, "1k", [(CAT,)])
    layers.add(furnished_home, Kind.SYNSETS, "1k", [(CAT,), (DOG,)])
    layers.add(furnished_home, Kind.SYNSETS, "1k", [(DOG,)], "another/other")
    layers.add(furnished_home, Kind.LABELS, "1k", ROWS)
    with furnished_home.reading() as session:
        found = queries.newest(session, Kind.SYNSETS)
    assert [(line.variant, line.label) for line in found] == [
        ("another/other", "synsets/1k@1"),
        (VARIANT, "synsets/1k@2"),
    ]


def test_a_layer_is_read_by_name_or_by_version(furnished_home: Home) -> None:
    layers.add(furnished_home, Kind.LABELS, "real", ROWS)
    layers.add(furnished_home, Kind.LABELS, "real", ROWS[:1])
    with furnished_home.reading() as session:
        assert queries.read_layer(session, VARIANT, "labels/real").version == 2
        assert queries.read_layer(session, VARIANT, "labels/real@1").row_count == 3
        for label in ("labels/real@3", "labels/none", "boxes/real"):
            with pytest.raises(NotFoundError):
                queries.read_layer(session, VARIANT, label)


@pytest.mark.parametrize(
    "label", ["", "labels", "labels/", "colours/real", "labels/real@", "labels/real@x", "labels/R"]
)
def test_a_label_of_another_form_is_refused(label: str) -> None:
    with pytest.raises(InvalidInputError):
        queries.parsed(label)


def test_pages_of_rows_follow_one_another(furnished_home: Home) -> None:
    layers.add(furnished_home, Kind.LABELS, "real", ROWS)
    with furnished_home.reading() as session:
        line = queries.read_layer(session, VARIANT, "labels/real")
    first = queries.page(furnished_home.blobs, line, limit=2)
    second = queries.page(furnished_home.blobs, line, after=first.next, limit=2)
    assert [row[0] for row in (*first.items, *second.items)] == sorted(homes.PATHS[:3])
    assert (first.next, second.next) == ("2", None)
    [(image, labels)] = queries.page(furnished_home.blobs, line, image=homes.PATHS[1]).items
    assert (image, labels) == (homes.PATHS[1], [CAT])
    with pytest.raises(InvalidInputError, match="cursor"):
        queries.page(furnished_home.blobs, line, after="x")


def test_a_list_of_synsets_says_nothing_about_an_image(furnished_home: Home) -> None:
    layers.add(furnished_home, Kind.SYNSETS, "1k", [(CAT,)])
    with furnished_home.reading() as session:
        line = queries.read_layer(session, VARIANT, "synsets/1k")
        assert queries.measured(session, furnished_home.blobs, line) is None
    with pytest.raises(InvalidInputError, match="speaks of synsets"):
        queries.page(furnished_home.blobs, line, image="a.jpg")


def test_how_many_images_the_newest_import_holds(furnished_home: Home) -> None:
    layers.add(furnished_home, Kind.LABELS, "real", [*ROWS, ("nowhere/else.jpg", ())])
    with furnished_home.reading() as session:
        line = queries.read_layer(session, VARIANT, "labels/real")
        covered = queries.measured(session, furnished_home.blobs, line)
    assert covered is not None
    assert (covered.images, covered.images_here, covered.entries_spoken_of) == (4, 3, 3)


def test_without_an_import_that_cannot_be_said(bare_home: Home) -> None:
    with homes.act(bare_home, "operator") as act:
        rows.variant(act.session, "photos", dataset_id=rows.dataset(act.session, "sample").id)
    layers.add(bare_home, Kind.LABELS, "real", ROWS)
    with bare_home.reading() as session:
        line = queries.read_layer(session, VARIANT, "labels/real")
        assert queries.measured(session, bare_home.blobs, line) is None
