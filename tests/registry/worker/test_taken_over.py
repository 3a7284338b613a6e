from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from blurring import recipe as recipes
from blurring.boxes import Box as Face
from blurring.engines import Item, ItemResult, blame
from blurring.known import Known
from blurring.pipeline import Action, Outcome
from registry.blobs import BlobStore
from registry.catalogue.entries import Box, FaceOrigin, FaceZone
from registry.catalogue.seen import Seen
from registry.worker import taken_over
from registry.worker.taken_over import Conditions, Earlier

RECIPE = recipes.named("dlib-hog")
ITEM = Item("a/1.jpg", "/x/a/1.jpg", "5" * 64, known=Known(faces=(Face(1, 2, 3, 4),)), is_previewed=True)
ASKED = "0" * 32


def result(path: str, asked: str = ASKED, output_sha256: str | None = None) -> Seen:
    """What became of an image without a face."""
    return Seen(path, False, None, (), output_sha256, None, "cpu", asked=asked)


def test_a_result_says_what_became_of_the_image_and_what_was_asked() -> None:
    here = Conditions.here(RECIPE, "cpu")
    outcome = Outcome(
        Action.BLURRED, boxes=(Face(1, 2, 3, 4, 0.7),), width=9, height=9, change_outside=0, preview=b"\xff\x00"
    )
    seen = here.seen(ITEM, ItemResult(ITEM.path, outcome, "6" * 64, 77))
    assert seen.boxes == (Box(1, 2, 3, 4, 0.7, FaceZone.BLUR, FaceOrigin.KNOWN),)
    assert (seen.path, seen.is_blurred, seen.preview, seen.device) == (ITEM.path, True, b"\xff\x00", "cpu")
    assert (seen.output_sha256, seen.output_size_bytes, seen.asked) == ("6" * 64, 77, here.asked(ITEM))


@pytest.mark.parametrize(
    "changed",
    [
        replace(ITEM, sha256="6" * 64),
        replace(ITEM, look=False),
        replace(ITEM, is_previewed=False),
        replace(ITEM, known=Known()),
        replace(ITEM, known=replace(ITEM.known, faces=(Face(1, 2, 3, 5),))),
        replace(ITEM, known=replace(ITEM.known, faces=(), left=ITEM.known.faces)),
        replace(ITEM, known=replace(ITEM.known, faces=(), hidden=ITEM.known.faces)),
        replace(ITEM, known=replace(ITEM.known, is_detected=False)),
    ],
)
def test_whatever_a_result_follows_from_is_asked_for(changed: Item) -> None:
    here = Conditions.here(RECIPE, "cpu")
    assert here.asked(changed) != here.asked(ITEM)


def test_where_the_image_lies_is_not_asked_for() -> None:
    here = Conditions.here(RECIPE, "cpu")
    assert here.asked(replace(ITEM, path="b", file="/y/b")) == here.asked(ITEM)
    assert len(here.asked(ITEM)) == taken_over.ASKED_DIGITS


@pytest.mark.parametrize("what", ["recipe", "device", "library"])
def test_another_recipe_device_or_library_asks_for_something_else(what: str, monkeypatch: pytest.MonkeyPatch) -> None:
    before = Conditions.here(RECIPE, "cpu").asked(ITEM)
    assert Conditions.here(RECIPE, "cpu").asked(ITEM) == before
    recipe = RECIPE.model_copy(update={"name": "other"}) if what == "recipe" else RECIPE
    if what == "library":
        versions = blame.libraries()
        monkeypatch.setattr(blame, "libraries", lambda: versions | {"numpy": "0"})
    assert Conditions.here(recipe, "cuda:0" if what == "device" else "cpu").asked(ITEM) != before


def test_an_earlier_build_is_met_in_step_and_skipped_where_it_has_more(tmp_path: Path) -> None:
    results = [result(path) for path in ("a", "b", "d", "e", "g")]
    earlier = Earlier(iter(results), BlobStore(tmp_path))
    met = [earlier.among(dict.fromkeys(paths, ASKED)) for paths in (("b", "c"), ("d",), (), ("f", "g", "h"), ("i",))]
    assert met == [{"b": results[1]}, {"d": results[2]}, {}, {"g": results[4]}, {}]
    assert Earlier(iter(()), BlobStore(tmp_path)).among({"a": ASKED}) == {}


@pytest.mark.parametrize(
    "change",
    [
        lambda made: replace(made, asked="1" * 32),
        lambda made: replace(made, asked=""),
        lambda made: replace(made, defect="worker-died"),
        lambda made: replace(made, output_sha256="7" * 64),
    ],
    ids=["something else", "nobody knows what", "could not be opened", "output is gone"],
)
def test_what_is_not_the_answer_to_the_same_question_is_not_taken_over(
    tmp_path: Path, change: Callable[[Seen], Seen]
) -> None:
    blobs = BlobStore(tmp_path)
    fine = result("a", output_sha256=blobs.put(b"an output"))
    beside = result("b", output_sha256=fine.output_sha256)
    asked = {"a": ASKED, "b": ASKED}
    assert Earlier(iter([fine, beside]), blobs).among(asked) == {"a": fine, "b": beside}
    assert Earlier(iter([change(fine), beside]), blobs).among(asked) == {"b": beside}
