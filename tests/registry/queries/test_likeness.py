from pathlib import Path

import pytest

from registry.catalogue import manifests
from registry.catalogue.layers.kinds import Kind
from registry.catalogue.manifests import Relation
from registry.errors import InvalidInputError, NotFoundError
from registry.home import Home
from registry.queries import likeness
from registry.queries.likeness import By, Likeness, Seen
from registry.services import seeds as services
from tests.factories import cases, homes, layers, seeds, trees
from tests.factories.homes import VARIANT
from tests.factories.layers import CAT, DOG, OWL


def identify(home: Home, what: Seen) -> list[Likeness]:
    with home.reading() as session:
        return list(likeness.identify(session, home.blobs, what))


def plant(home: Home, data: bytes) -> None:
    with homes.act(home, "mara") as act:
        services.plant(act, home.blobs, data)


def test_bytes_tell_what_was_imported_before(furnished_home: Home, tmp_path: Path) -> None:
    digest = cases.sha256_of(furnished_home, homes.WAVES)
    what = likeness.listed(f"{digest}  moved.jpg\n{'0' * 64} *new.jpg\n", tmp_path)
    [found] = identify(furnished_home, what)
    assert (found.variant, found.by, found.relation) == (VARIANT, By.IMAGES, Relation.OVERLAPPING)
    assert (found.shared, found.only_here, found.only_there) == (1, 1, len(homes.PATHS) - 1)
    assert found.overlap is not None
    assert found.overlap.moved == 1


def test_a_manifest_shows_its_classes_and_the_names_of_its_files(tmp_path: Path) -> None:
    manifests.write_source(map(trees.entry, ["n1/a.jpg", "n2/b.jpg"]), tmp_path / "x")
    assert likeness.seen(tmp_path / "x") == Seen(tmp_path / "x", frozenset({"n1", "n2"}), ("a.jpg", "b.jpg"))


@pytest.mark.parametrize(
    ("mine", "relation", "confidence"),
    [
        ((CAT, DOG), Relation.IDENTICAL, 1.0),
        ((CAT,), Relation.PART, 0.5),
        ((CAT, DOG, OWL), Relation.WHOLE, 2 / 3),
        ((CAT, OWL), Relation.OVERLAPPING, 1 / 3),
    ],
)
def test_classes_are_compared_with_label_spaces(
    furnished_home: Home, mine: tuple[str, ...], relation: Relation, confidence: float
) -> None:
    layers.add(furnished_home, Kind.SYNSETS, "two", [(CAT,), (DOG,)])
    [found] = identify(furnished_home, Seen(None, frozenset({*mine, "no synset"}), ()))
    assert (found.variant, found.by, found.relation) == (f"{VARIANT} (synsets/two@1)", By.CLASSES, relation)
    assert found.confidence == pytest.approx(confidence)
    assert (f"{OWL} only here" in found.examples) is (OWL in mine)


def test_a_label_space_is_known_by_its_digest_alone(bare_home: Home) -> None:
    plant(bare_home, seeds.small(likeness.digest_of([DOG, CAT])))
    [found] = identify(bare_home, Seen(None, frozenset({CAT, DOG}), ()))
    assert (found.variant, found.confidence, found.only_there) == ("pets/whole", 1.0, 0)
    assert identify(bare_home, Seen(None, frozenset({CAT}), ())) == []


def test_names_and_numbers_of_files_are_compared_with_what_is_published(bare_home: Home) -> None:
    plant(bare_home, seeds.small())
    [all_three] = identify(bare_home, Seen(None, frozenset(), ("pet_1.jpg", "pet_2.jpg", "pet_3.jpg")))
    assert (all_three.by, all_three.relation) == (By.NAMES, "named alike, and as many as its images")
    assert all_three.confidence == 1.0
    [one] = identify(bare_home, Seen(None, frozenset(), ("pet_1.jpg", "x.jpg")))
    assert (one.relation, one.shared, one.only_here, one.confidence) == ("named alike", 1, 1, 0.25)
    assert identify(bare_home, Seen(None, frozenset(), ("x.jpg",))) == []


def test_the_likeliest_comes_first(furnished_home: Home) -> None:
    layers.add(furnished_home, Kind.SYNSETS, "one", [(CAT,)])
    layers.add(furnished_home, Kind.SYNSETS, "two", [(CAT,), (DOG,)])
    found = identify(furnished_home, Seen(None, frozenset({CAT, DOG}), ()))
    assert [it.variant for it in found] == [f"{VARIANT} (synsets/two@1)", f"{VARIANT} (synsets/one@1)"]


def test_a_list_of_names_and_classes_needs_no_digests(tmp_path: Path) -> None:
    what = likeness.listed(f"{CAT}\n\n {DOG} \n{OWL}/pet_1.jpg\nb.jpg\n", tmp_path)
    assert what == Seen(None, frozenset({CAT, DOG, OWL}), ("pet_1.jpg", "b.jpg"))


@pytest.mark.parametrize("text", ["", " \n", "x\n" * (likeness.LISTED_LINES + 1)])
def test_a_list_has_lines_but_not_too_many(tmp_path: Path, text: str) -> None:
    with pytest.raises(InvalidInputError, match="A list has"):
        likeness.listed(text, tmp_path)


def test_a_variant_without_an_import_cannot_be_compared(bare_home: Home, tmp_path: Path) -> None:
    plant(bare_home, seeds.small())
    manifests.write_source([trees.entry("n1/a.jpg")], tmp_path / "x")
    with bare_home.reading() as session:
        assert likeness.compare(session, bare_home.blobs, tmp_path / "x", "pets/whole") is None
        with pytest.raises(NotFoundError):
            likeness.compare(session, bare_home.blobs, tmp_path / "x", "pets/none")
