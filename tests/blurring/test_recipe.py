import pickle
from pathlib import Path

import pytest
from pydantic import ValidationError

from blurring import recipe
from blurring.errors import RecipeError
from blurring.recipe import CenterFace, Recipe, SecondLook
from tests.factories import networks, recipes

DOCUMENT = b"""
format: accession/recipe/v1
name: mine
detector: {name: dlib-hog, weights: "sha256:%s", upsampling: 1, threshold: 0, picture_px_max: 1000}
obscuring: {mode: gaussian, growth: 0.1, sigma: 0.1, feather: through, softness: 0.1}
writing: {jpeg_quality: 95}
""" % (b"0" * 64)


def test_a_recipe_is_read_from_yaml() -> None:
    read = recipe.load(DOCUMENT)
    assert read.name == "mine"
    assert read.obscuring.growth == 0.1


def test_a_recipe_is_read_from_json_too() -> None:
    written = recipe.load(DOCUMENT).model_dump_json().encode()
    assert recipe.load(written) == recipe.load(DOCUMENT)


def test_the_digest_says_everything_that_the_recipe_says() -> None:
    one = recipe.load(DOCUMENT)
    same = recipe.load(DOCUMENT.replace(b"upsampling: 1,", b"upsampling:   1,"))
    other = recipe.load(DOCUMENT.replace(b"growth: 0.1", b"growth: 0.2"))
    assert one.digest() == same.digest()
    assert one.digest() != other.digest()
    assert one.digest().startswith("sha256:")


def test_a_recipe_cannot_be_changed() -> None:
    with pytest.raises(ValidationError):
        recipe.load(DOCUMENT).name = "other"  # type: ignore[misc]  # what is tested


@pytest.mark.parametrize(
    ("document", "said"),
    [
        (b"", "the document"),
        (b"[1, 2", "not YAML"),
        (b"\xff\xfe\xfa", "not YAML"),
        (DOCUMENT + b"extra: 1\n", "extra"),
        (DOCUMENT.replace(b"v1", b"v2"), "format"),
        (DOCUMENT.replace(b"dlib-hog", b"crystal-ball"), "detector"),
        (DOCUMENT.replace(b"growth: 0.1", b"growth: .nan"), "growth"),
        (DOCUMENT.replace(b"growth: 0.1", b"growth: -1"), "growth"),
        (DOCUMENT.replace(b"sha256:0", b"sha256:x"), "weights"),
        (b"a" * 70_000, "at most"),
    ],
)
def test_what_is_not_a_recipe_is_refused_with_the_place_named(document: bytes, said: str) -> None:
    with pytest.raises(RecipeError, match=said):
        recipe.load(document)


def test_every_shipped_recipe_can_be_read_and_is_called_as_its_file() -> None:
    for name in recipe.names():
        assert recipe.named(name).name == name
    assert {"dlib-hog", "dlib-cnn"} <= set(recipe.names())


def test_shipped_recipes_differ() -> None:
    digests = {recipe.named(name).digest() for name in recipe.names()}
    assert len(digests) == len(recipe.names())


@pytest.mark.parametrize("name", ["unknown", "../recipe", ""])
def test_a_name_that_is_not_shipped_is_refused_with_those_that_are(name: str) -> None:
    with pytest.raises(RecipeError, match="dlib-hog"):
        recipe.named(name)


def test_a_recipe_says_how_well_it_was_measured_or_that_nobody_has() -> None:
    measured = recipe.named("centerface").measured
    assert measured is not None
    assert measured.found_16_px <= measured.faces_16_px <= measured.faces
    assert measured.touched <= measured.faceless
    assert recipe.named("dlib-cnn").measured is None


def test_what_is_doubtful_is_never_surer_than_what_is_blurred() -> None:
    shipped = recipe.named("centerface").model_dump_json()
    assert '"review":0.02' in shipped
    with pytest.raises(RecipeError, match="review must not be above threshold"):
        recipe.load(shipped.replace('"review":0.02', '"review":0.2').encode())


def test_a_recipe_of_before_that_says_nothing_of_doubt_keeps_its_digest() -> None:
    shipped = recipe.named("centerface")
    assert isinstance(shipped.detector, CenterFace)
    before = shipped.model_copy(update={"detector": shipped.detector.model_copy(update={"doubt": None})})
    assert "doubt" not in before.model_dump_json()
    assert before.digest() != shipped.digest()
    assert recipe.load(before.model_dump_json().encode()) == before


def test_equal_recipes_are_equal_keys() -> None:
    assert isinstance(recipe.named("dlib-hog"), Recipe)
    assert hash(recipe.named("dlib-hog")) == hash(recipe.named("dlib-hog"))


def test_where_weights_lie_is_no_part_of_the_document(tmp_path: Path) -> None:
    file = networks.yunet(tmp_path)
    plain = recipes.recipe_of(recipes.yunet(file))
    knowing = plain.with_files({recipes.digest_of(file): file})
    assert knowing.digest() == plain.digest()
    assert knowing.model_dump() == plain.model_dump()
    assert pickle.loads(pickle.dumps(knowing)).files == {recipes.digest_of(file): file}  # noqa: S301 - our own
    assert plain.files == {}
    assert recipe.load(knowing.model_dump_json().encode()).files == {}


def test_a_recipe_names_the_weights_that_the_user_has_to_bring(tmp_path: Path) -> None:
    first, second = recipes.yunet(networks.yunet(tmp_path)), recipes.scrfd(networks.scrfd(tmp_path))
    both = recipes.recipe_of(first).model_copy(update={"second_look": SecondLook(detector=second)})
    assert both.supplied_weights() == [first.weights, second.weights]
    assert recipe.named("centerface").supplied_weights() == []
    again = both.with_files({second.weights: tmp_path}).again()
    assert again is not None
    assert again.files == {second.weights: tmp_path}
