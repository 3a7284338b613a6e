"""What is wrong with images, as far as a manifest tells it? Advisories, which warn and decide nothing.

A defect of import (truncated, empty ...) keeps an image out of every release and stands in the manifest itself; here is
what a reader may trip over: four-colour pictures, a suffix that is not the format, equal bytes under several names.
"""

from pathlib import Path

from registry.catalogue.layers import content
from registry.catalogue.layers.content import Row
from registry.catalogue.manifests import session

CMYK, MISNAMED, DUPLICATE = "cmyk", "misnamed", "duplicate"
LABEL_ERROR = "label-error"

_SUFFIX = r"lower(regexp_extract(path, '\.([A-Za-z0-9]+)$', 1))"
_QUESTION = rf"""
SELECT path, '{CMYK}', 'the picture is ' || mode FROM manifest WHERE mode IN ('CMYK', 'YCCK')
UNION ALL
SELECT path, '{MISNAMED}', 'a ' || format || ' named .' || {_SUFFIX} FROM manifest
    WHERE format IS NOT NULL AND {_SUFFIX} <> ''
    AND CASE {_SUFFIX} WHEN 'jpg' THEN 'jpeg' WHEN 'jpe' THEN 'jpeg' WHEN 'tif' THEN 'tiff' ELSE {_SUFFIX} END <> format
UNION ALL
SELECT path, '{DUPLICATE}', 'the same bytes as ' || first FROM (
    SELECT path, min(path) OVER (PARTITION BY sha256) AS first, count(*) OVER (PARTITION BY sha256) AS copies
    FROM manifest WHERE sha256 IS NOT NULL
) WHERE copies > 1 AND path <> first
"""  # noqa: S608 - constants of this room


def of_manifest(file: Path) -> list[Row]:
    """The rows of a layer of defects, of all that the manifest tells.

    Raises:
        InvalidInputError: the file is no manifest.
    """
    with session.opened(manifest=file) as manifest:
        return content.ordered(manifest.execute(_QUESTION).fetchall())


def of_quality(rows: list[Row]) -> list[Row]:
    """An advisory for each label that fewer than half of the votes confirmed."""
    return content.ordered(
        (image, LABEL_ERROR, f"{share:.0%} of the votes confirmed {label}; most said {majority}")
        for image, label, majority, share, *_ in rows
        if share < 0.5  # noqa: PLR2004 - half
    )
