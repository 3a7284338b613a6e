"""Is the account closed? Every parent image has exactly one verdict in the release, or the release cannot exist.

Both sides stream in path order, so the answer takes flat memory; it names the images that are wrong.
"""

from collections.abc import Iterable, Iterator
from itertools import chain, islice
from pathlib import Path

from registry.catalogue import manifests
from registry.catalogue.entries import ReleaseEntry, SourceEntry
from registry.errors import AccountNotClosedError

NAMED_AT_MOST = 20


def check_files(parent: Path, release: Path) -> None:
    """As `check`, of two manifests: by the column, which is quick, and by the row only to name what is wrong."""
    if not manifests.have_same_sources(parent, release):
        check(manifests.iter_source(parent), manifests.iter_release(release))


def check(parent: Iterable[SourceEntry], release: Iterable[ReleaseEntry]) -> None:
    """Nothing, when the account is closed.

    Raises:
        AccountNotClosedError: images are missing, invented, repeated or not the same; the first twenty are named.
    """
    problems = list(islice(_problems(iter(parent), iter(release)), NAMED_AT_MOST + 1))
    if not problems:
        return
    named = problems[:NAMED_AT_MOST]
    more = " and more" if len(problems) > NAMED_AT_MOST else ""
    raise AccountNotClosedError(
        f"The account of the parent's images is not closed: {'; '.join(named)}{more}.", problems=named
    )


def _problems(parent: Iterator[SourceEntry], release: Iterator[ReleaseEntry]) -> Iterator[str]:
    """One sentence per image that is wrong, in path order."""
    ours, theirs = next(parent, None), next(release, None)
    while ours is not None and theirs is not None:
        if ours.path < theirs.source.path:
            yield _unjudged(ours)
            ours = next(parent, None)
        elif theirs.source.path < ours.path:
            yield _invented(theirs)
            theirs = next(release, None)
        else:
            if ours != theirs.source:
                yield f"{ours.path} is not the image that the parent holds"
            ours, theirs = next(parent, None), next(release, None)
    if ours is not None:
        yield from map(_unjudged, chain([ours], parent))
    if theirs is not None:
        yield from map(_invented, chain([theirs], release))


def _unjudged(entry: SourceEntry) -> str:
    return f"{entry.path} has no verdict"


def _invented(entry: ReleaseEntry) -> str:
    return f"{entry.source.path} is no image of the parent, or has two verdicts"
