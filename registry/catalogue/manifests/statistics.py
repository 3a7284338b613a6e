"""What is a source made of? Formats, modes, sizes, defects, classes, and how often the same picture is in it."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from registry.catalogue.manifests.session import opened


@dataclass(frozen=True)
class Spread:
    """How a number is spread over the images that have it."""

    least: int
    quarter: int
    half: int
    three_quarters: int
    most: int


@dataclass(frozen=True)
class Statistics:
    """The numbers of a source's manifest.

    Attributes:
        rows: entries, defects included.
        formats: entries by format; those without one under `none`.
        modes: likewise by colour mode.
        defects: likewise by defect.
        widths: null, like the next two, where no entry has any.
        heights: in pixels as stored.
        sizes: in bytes.
        classes: how many there are, and the images of the smallest and of the largest.
        with_thumbnail: entries that carry a smaller copy of themselves.
        with_metadata: entries that carry metadata that may tell of people or places.
        rotated: entries that EXIF orientation turns or mirrors.
        copies: entries beyond the first of equal bytes.
        lookalikes: entries beyond the first of equal PDQ hash and other bytes; null where there are no hashes.
    """

    rows: int
    formats: dict[str, int]
    modes: dict[str, int]
    defects: dict[str, int]
    widths: Spread | None
    heights: Spread | None
    sizes: Spread | None
    classes: tuple[int, int, int]
    with_thumbnail: int
    with_metadata: int
    rotated: int
    copies: int
    lookalikes: int | None


_COUNTS = """
SELECT count(*), count(*) FILTER (len(thumbnails) > 0), count(*) FILTER (has_metadata),
    count(*) FILTER (orientation > 1), count(sha256) - count(DISTINCT sha256)
FROM manifest
"""
_CLASSES = """
SELECT count(*), coalesce(min(images), 0), coalesce(max(images), 0)
FROM (SELECT count(*) AS images FROM manifest WHERE label IS NOT NULL GROUP BY label)
"""
_LOOKALIKES = """
SELECT sum(pictures - 1)::BIGINT
FROM (SELECT count(DISTINCT sha256) AS pictures FROM manifest WHERE pdq IS NOT NULL GROUP BY pdq)
"""


def measure(file: Path) -> Statistics:
    """The numbers of a source's manifest.

    Raises:
        InvalidInputError: the file is no manifest.
    """
    with opened(manifest=file) as manifest:
        rows, thumbnails, metadata, rotated, copies = manifest.execute(_COUNTS).fetchone()
        return Statistics(
            rows=rows,
            formats=_by(manifest, "format"),
            modes=_by(manifest, "mode"),
            defects=_by(manifest, "defect"),
            widths=_spread(manifest, "width"),
            heights=_spread(manifest, "height"),
            sizes=_spread(manifest, "size_bytes"),
            classes=manifest.execute(_CLASSES).fetchone(),
            with_thumbnail=thumbnails,
            with_metadata=metadata,
            rotated=rotated,
            copies=copies,
            lookalikes=manifest.execute(_LOOKALIKES).fetchone()[0],
        )


def _by(manifest: Any, column: str) -> dict[str, int]:  # noqa: ANN401 - a DuckDB connection
    # The column is one of the three above.
    question = f"SELECT coalesce({column}, 'none'), count(*) FROM manifest GROUP BY 1 ORDER BY 2 DESC, 1"  # noqa: S608
    found: dict[str, int] = dict(manifest.execute(question).fetchall())
    return found


def _spread(manifest: Any, column: str) -> Spread | None:  # noqa: ANN401 - likewise
    question = f"SELECT quantile_disc({column}, [0, 0.25, 0.5, 0.75, 1]) FROM manifest"  # noqa: S608 - as above
    found = manifest.execute(question).fetchone()[0]
    return None if found is None or found[0] is None else Spread(*found)
