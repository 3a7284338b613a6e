"""Does a release hand out anything that the release below it did not? Compared over two manifests, byte by byte."""

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from registry.catalogue.manifests.session import opened

_HANDED_OUT = "FROM release LEFT JOIN base ON base.path = release.path WHERE release.verdict <> 'exclude'"
# What is unknown is looser: only bytes that are there, and the same, come from the base.
_LOOSER = """
    AND NOT coalesce(
        base.verdict <> 'exclude' AND coalesce(base.changed_sha256, base.sha256) = release.sha256, false
    )
"""
_WHY = """
    CASE WHEN base.path IS NULL THEN 'absent' WHEN base.verdict = 'exclude' THEN 'excluded' ELSE 'other-bytes' END
"""


class Looser(StrEnum):
    """Why an image is none that the base handed out."""

    ABSENT = "absent"
    EXCLUDED = "excluded"
    OTHER_BYTES = "other-bytes"


@dataclass(frozen=True, slots=True)
class Looseness:
    """What a release hands out that the release below it did not.

    Attributes:
        handed_out: images that it hands out.
        looser: how many of them the base did not hand out under the same path with the same bytes.
        first: paths of the first of these, each with why.
    """

    handed_out: int
    looser: int
    first: tuple[tuple[str, Looser], ...]


def looseness(file: Path, base: Path, limit: int) -> Looseness:
    """What a release hands out, and what of it came from elsewhere than its base; at most `limit` are named."""
    with opened(release=file, base=base) as both:
        [(handed_out, looser)] = both.execute(
            f"SELECT count(*), count(*) FILTER (WHERE true {_LOOSER}) {_HANDED_OUT}"
        ).fetchall()
        question = f"SELECT release.path, {_WHY} {_HANDED_OUT} {_LOOSER} ORDER BY release.path LIMIT ?"
        first = both.execute(question, [limit]).fetchall() if looser else []
    return Looseness(handed_out, looser, tuple((path, Looser(why)) for path, why in first))
