import pytest

from blurring import recipe as recipes
from blurring.recipe import SecondLook
from registry import ids
from registry.catalogue.layers.kinds import Kind
from registry.models.faces import ReleaseFaces
from registry.models.layers import Layer
from registry.queries.faces import Standing
from registry.services.builds import FACE_COUNTS
from registry.worker import figures
from tests.factories.homes import NOW

COUNTS = {name: number for number, name in enumerate(FACE_COUNTS, start=1)}
HOG = recipes.named("dlib-hog")
DIGEST = "sha256:" + "5" * 64


def layer() -> Layer:
    return Layer(
        id=ids.new_id(),
        variant_id=ids.new_id(),
        kind=Kind.FACES,
        name="published",
        version=2,
        digest=DIGEST,
        sha256="5" * 64,
        row_count=1,
        refused_count=0,
        totals={},
        source="drawn",
        imported_by=ids.new_id(),
        imported_at=NOW,
    )


def test_what_is_known_of_a_recipes_recall_is_said_and_what_is_not_is_not() -> None:
    recipe = recipes.named("centerface")
    assert recipe.measured is not None
    said = figures.of_recipe(recipe, "cpu")["measured"]
    assert f"{recipe.measured.found_16_px} of {recipe.measured.faces_16_px} faces of 16 pixels and more" in said
    assert figures.of_recipe(recipe.model_copy(update={"measured": None}), "cuda:0") == {
        "name": "centerface",
        "weights": recipe.detector.weights,
        "device": "cuda:0",
    }


def test_a_build_tells_what_it_counted() -> None:
    said = figures.of_build(HOG, "cpu", None, None, COUNTS)
    assert said["faces"].startswith("2 in 1 images that were looked at; 3 of them")
    assert {"known faces", "detection", "second look"}.isdisjoint(said)


def test_a_second_look_is_told_with_what_it_found() -> None:
    recipe = HOG.model_copy(update={"second_look": SecondLook(detector=HOG.detector)})
    said = figures.of_build(recipe, "cpu", None, None, COUNTS)["second look"]
    assert said.startswith(f"dlib-hog, {HOG.detector.weights}, looked at 4 images")
    assert said.endswith("in 6.")


@pytest.mark.parametrize("is_detected", [True, False])
def test_known_faces_are_named_and_so_is_that_nobody_looked(is_detected: bool) -> None:  # noqa: FBT001 - a parameter
    known = ReleaseFaces(release_id=ids.new_id(), is_detected=is_detected)
    said = figures.of_build(HOG, "cpu", known, layer(), COUNTS)
    assert said["known faces"] == f"Layer faces/published@2, {DIGEST}."
    assert ("detection" in said) is not is_detected


def test_a_review_is_told_where_there_was_one() -> None:
    assert figures.of_review(Standing(0, 0, 0)) == {}
    assert figures.of_review(Standing(1200, 200, 0)) == {
        "review": "1,000 of 1,200 doubtful images are decided by people.",
        "waiting": "200",
    }
