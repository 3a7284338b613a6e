"""What changed from one release to another, image by image?"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from registry.catalogue.entries import ReleaseEntry
from registry.catalogue.manifests import columns
from registry.catalogue.manifests.session import opened

FETCH_ROWS = 1024


class ChangeKind(StrEnum):
    """How the two rows of one path differ; of several ways, the first that is true."""

    ADDED = "added"
    REMOVED = "removed"
    SOURCE_CHANGED = "source-changed"
    VERDICT_CHANGED = "verdict-changed"
    OUTPUT_CHANGED = "output-changed"
    REASONS_CHANGED = "reasons-changed"


@dataclass(frozen=True)
class Change:
    """One path that differs; the entry is null on the side that has no such path."""

    path: str
    kind: ChangeKind
    old: ReleaseEntry | None
    new: ReleaseEntry | None


_KIND = f"""CASE
    WHEN o.path IS NULL THEN '{ChangeKind.ADDED}'
    WHEN n.path IS NULL THEN '{ChangeKind.REMOVED}'
    WHEN o.sha256 IS DISTINCT FROM n.sha256 THEN '{ChangeKind.SOURCE_CHANGED}'
    WHEN o.verdict <> n.verdict THEN '{ChangeKind.VERDICT_CHANGED}'
    WHEN o.changed_sha256 IS DISTINCT FROM n.changed_sha256 THEN '{ChangeKind.OUTPUT_CHANGED}'
    WHEN o.reasons <> n.reasons THEN '{ChangeKind.REASONS_CHANGED}'
    END"""
_JOINED = "FROM old AS o FULL JOIN new AS n USING (path)"


def diff(old: Path, new: Path) -> Iterator[Change]:
    """Every path of two releases that differs, in path order.

    Raises:
        InvalidInputError: a file is no manifest of a release.
    """
    fields = ", ".join(f"{side}.{name}" for side in "on" for name in columns.RELEASE.names)
    # Every name is a constant of this room; the files are views, not text.
    question = f"SELECT {_KIND} AS kind, {fields} {_JOINED} WHERE kind IS NOT NULL ORDER BY path"
    with opened(old=old, new=new) as connection:
        answer = connection.execute(question)
        while rows := answer.fetchmany(FETCH_ROWS):
            yield from map(_change, rows)


def diff_counts(old: Path, new: Path) -> dict[str, int]:
    """How many paths differ in each way; every way is named, also with 0.

    Raises:
        InvalidInputError: a file is no manifest of a release.
    """
    question = f"SELECT {_KIND} AS kind, count(*) {_JOINED} WHERE kind IS NOT NULL GROUP BY kind"
    with opened(old=old, new=new) as connection:
        found = dict(connection.execute(question).fetchall())
    return {kind.value: found.get(kind.value, 0) for kind in ChangeKind}


def _change(row: tuple[Any, ...]) -> Change:
    width = len(columns.RELEASE)
    old, new = (
        columns.release_entry(fields) if fields[0] is not None else None
        for fields in (row[1 : 1 + width], row[1 + width :])
    )
    path = row[1] if row[1] is not None else row[1 + width]
    return Change(path, ChangeKind(row[0]), old, new)
