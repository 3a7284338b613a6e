"""How much of one source is in another: by path, by bytes, by class?"""

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from registry.catalogue.manifests.session import opened


class Relation(StrEnum):
    """What one source is to another, by the bytes of its files."""

    IDENTICAL = "identical"
    SAME_FILES_ELSEWHERE = "same files at other paths"
    PART = "part"
    WHOLE = "whole, and more"
    OVERLAPPING = "overlapping"
    UNRELATED = "unrelated"


@dataclass(frozen=True)
class Overlap:
    """The rows of one manifest (here) beside those of another (there).

    Each row here is exactly one of `same`, `moved`, `changed` and `only_here`.

    Attributes:
        here: rows here.
        there: rows there.
        same: rows here whose path has the same bytes there.
        moved: rows here whose bytes lie there, at another path only.
        changed: rows here whose bytes are not there, and whose path has other bytes there.
        only_here: rows here whose bytes and path are not there.
        only_there: rows there whose bytes are not here.
        labels_shared: classes of both.
        labels_only_here: classes that there has not.
        labels_only_there: classes that here has not.
    """

    here: int
    there: int
    same: int
    moved: int
    changed: int
    only_here: int
    only_there: int
    labels_shared: int
    labels_only_here: int
    labels_only_there: int

    @property
    def known(self) -> int:
        """Rows here whose bytes are there."""
        return self.same + self.moved

    @property
    def confidence(self) -> float:
        """The part of all rows, here and there, whose bytes are in both: from 0 to 1."""
        rows = self.here + self.there
        return (self.known + self.there - self.only_there) / rows if rows else 0.0

    @property
    def relation(self) -> Relation:
        """What here is to there."""
        if not self.known:
            return Relation.UNRELATED
        is_inside, is_around = self.known == self.here, self.only_there == 0
        if is_inside and is_around:
            return Relation.IDENTICAL if self.same == self.here == self.there else Relation.SAME_FILES_ELSEWHERE
        if is_inside or is_around:
            return Relation.PART if is_inside else Relation.WHOLE
        return Relation.OVERLAPPING


# Files without bytes (links, unreadable files) are nowhere else, so only their paths can be the same.
_ROWS = """
SELECT
    count(*) AS here,
    (SELECT count(*) FROM there) AS there,
    count(*) FILTER (fate = 'same'),
    count(*) FILTER (fate = 'moved'),
    count(*) FILTER (fate = 'changed'),
    count(*) FILTER (fate = 'only here'),
    (SELECT count(*) FROM there AS t WHERE NOT EXISTS (FROM here AS h WHERE h.sha256 = t.sha256)
        AND NOT EXISTS (FROM here AS h WHERE h.path = t.path AND h.sha256 IS NULL AND t.sha256 IS NULL))
FROM (
    SELECT CASE
        WHEN t.path IS NOT NULL AND h.sha256 IS NOT DISTINCT FROM t.sha256 THEN 'same'
        WHEN EXISTS (FROM there AS other WHERE other.sha256 = h.sha256) THEN 'moved'
        WHEN t.path IS NOT NULL THEN 'changed'
        ELSE 'only here'
        END AS fate
    FROM here AS h LEFT JOIN there AS t ON h.path = t.path
)
"""
_LABELS = """
SELECT count(*) FILTER (h.label IS NOT NULL AND t.label IS NOT NULL),
    count(*) FILTER (t.label IS NULL), count(*) FILTER (h.label IS NULL)
FROM (SELECT DISTINCT label FROM here WHERE label IS NOT NULL) AS h
    FULL JOIN (SELECT DISTINCT label FROM there WHERE label IS NOT NULL) AS t ON h.label = t.label
"""


def overlap(here: Path, there: Path) -> Overlap:
    """How the rows of the manifest `here` lie in the manifest `there`; of releases, their sources count.

    Raises:
        InvalidInputError: a file is no manifest.
    """
    with opened(here=here, there=there) as manifests:
        rows = manifests.execute(_ROWS).fetchone()
        labels = manifests.execute(_LABELS).fetchone()
    return Overlap(*rows, *labels)
