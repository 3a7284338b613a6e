"""What is said of how faces were looked for, on the page of a release and in its datasheet?

Names and values in words, from the recipe, from what was known beforehand, and from what a build has counted.
"""

from collections.abc import Mapping

from blurring.recipe import Measured, Recipe
from registry.models.faces import ReleaseFaces
from registry.models.layers import Layer
from registry.queries.faces import Standing
from registry.services.builds import TakenOver

Counts = Mapping[str, int]


def of_build(
    recipe: Recipe,
    device: str,
    known: ReleaseFaces | None,
    layer: Layer | None,
    counts: Counts,
    taken_over: TakenOver | None = None,
) -> dict[str, str]:
    """What is said of a build.

    Args:
        recipe: that it followed.
        device: where it looked.
        known: what it took as known besides decisions; None for nothing.
        layer: the layer of faces among it, if there is one.
        counts: by the names of `registry.services.builds.FACE_COUNTS`.
        taken_over: how much of it an earlier release had seen; None where none was asked.
    """
    facts = of_recipe(recipe, device)
    if layer is not None:
        facts["known faces"] = f"Layer {layer.kind}/{layer.name}@{layer.version}, {layer.digest}."
    if known is not None and not known.is_detected:
        facts["detection"] = "None: the known faces are all that was blurred."
    facts["faces"] = (
        f"{counts['faces_blurred']:,} in {counts['images_looked_at']:,} images that were looked at; "
        f"{counts['faces_known']:,} of them were known beforehand or decided by people."
    )
    if taken_over is not None and taken_over.image_count:
        facts["taken over"] = (
            f"{taken_over.image_count:,} of {taken_over.total:,} results are those of {taken_over.label}, from the "
            "same bytes by the same recipe and the same software."
        )
    if recipe.second_look is not None:
        facts["second look"] = (
            f"{recipe.second_look.detector.name}, {recipe.second_look.detector.weights}, looked at "
            f"{counts['images_looked_at_again']:,} images as they came out and still found something in "
            f"{counts['images_found_again']:,}."
        )
    return facts


def of_recipe(recipe: Recipe, device: str) -> dict[str, str]:
    """What is said of a recipe, whatever was built with it."""
    facts = {"name": recipe.detector.name, "weights": recipe.detector.weights, "device": device}
    return facts if recipe.measured is None else facts | {"measured": _measured(recipe.measured)}


def of_review(standing: Standing) -> dict[str, str]:
    """What is said of the review of a release."""
    if not standing.doubtful:
        return {}
    decided = standing.doubtful - standing.open
    words = f"{decided:,} of {standing.doubtful:,} doubtful images are decided by people."
    return {"review": words, "waiting": f"{standing.open:,}"}


def _measured(known: Measured) -> str:
    return (
        f"On {known.photographs}, it found {known.found_16_px} of {known.faces_16_px} faces of 16 pixels and more, "
        f"{known.found} of {known.faces} in all, and changed {known.touched} of {known.faceless} without a face."
    )
