"""Recipes for detectors whose weights a user brings."""

import hashlib
from pathlib import Path

from blurring import recipe
from blurring.recipe import Precision, Recipe, Scrfd, Yunet


def digest_of(file: Path) -> str:
    """As recipes name weights."""
    return "sha256:" + hashlib.sha256(file.read_bytes()).hexdigest()


def scrfd(file: Path, **changes: object) -> Scrfd:
    """SCRFD with these weights."""
    choice = Scrfd(
        name="scrfd",
        weights=digest_of(file),
        precision=Precision.F32,
        overlap_max=0.3,
        threshold=0.5,
        review=0.3,
        picture_px_max=1_000_000,
    )
    return choice.model_copy(update=changes)


def yunet(file: Path, **changes: object) -> Yunet:
    """YuNet with these weights."""
    choice = Yunet(
        name="yunet", weights=digest_of(file), overlap_max=0.3, threshold=0.5, review=0.3, picture_px_max=1_000_000
    )
    return choice.model_copy(update=changes)


def recipe_of(choice: Scrfd | Yunet) -> Recipe:
    """A recipe with this detector, and no second look."""
    return recipe.named("dlib-hog").model_copy(update={"name": "mine", "detector": choice, "second_look": None})
