"""How many of the images that a layer speaks of are in a manifest?

An image with a folder in its name is meant by its path; a bare name means the file that is called so, whatever its
suffix: annotations drop it, and layouts put the same file into different folders.
"""

from dataclasses import dataclass
from pathlib import Path

from registry.catalogue.manifests import session


@dataclass(frozen=True)
class Coverage:
    """How a layer and a manifest lie over each other.

    Attributes:
        images: of the layer.
        images_here: of these, how many the manifest has.
        entries: of the manifest.
        entries_spoken_of: of these, how many the layer speaks of.
    """

    images: int
    images_here: int
    entries: int
    entries_spoken_of: int


STEM = r"regexp_replace(regexp_extract({}, '[^/]*$'), '\.[^.]*$', '')"
_KEY = f"CASE WHEN contains(image, '/') THEN image ELSE {STEM.format('image')} END"
_QUESTION = f"""
WITH spoken AS (SELECT DISTINCT {_KEY} AS key FROM layer),
    held AS (SELECT path, {STEM.format("path")} AS stem FROM manifest)
SELECT
    (SELECT count(*) FROM spoken),
    (SELECT count(*) FROM spoken WHERE key IN (SELECT path FROM held) OR key IN (SELECT stem FROM held)),
    (SELECT count(*) FROM held),
    (SELECT count(*) FROM held WHERE path IN (SELECT key FROM spoken) OR stem IN (SELECT key FROM spoken))
"""  # noqa: S608 - constants of this room


def measure(layer: Path, manifest: Path) -> Coverage:
    """How a layer and a manifest lie over each other.

    Raises:
        InvalidInputError: the layer speaks of no images, or a file is something else.
    """
    with session.opened(layer=layer, manifest=manifest) as both:
        return Coverage(*both.execute(_QUESTION).fetchone())
