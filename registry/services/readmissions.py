"""Which images come back? What the newest published release of a variant left out, and a newer one would hand out.

An exclusion cannot be lifted in copies that are out in the world, so lifting one asks for more people. Refuses to be
led astray by a new name: an image that comes back under another path has come back.
"""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from sqlmodel import Session, col, select

from registry.blobs import BlobStore
from registry.catalogue import manifests
from registry.catalogue.entries import ReleaseEntry
from registry.catalogue.manifests import Change
from registry.models.releases import Release, ReleaseState
from registry.proof.manifest import Verdict


def count(session: Session, blobs: BlobStore, release: Release) -> int:
    """How many images of a built release were excluded from the newest published release of its variant.

    An image is the same where its path is, or where its bytes are: a path that was excluded and is handed out now, or a
    new path with bytes that were excluded before and handed out nowhere.
    """
    previous = session.exec(
        select(Release)
        .where(Release.variant_id == release.variant_id, Release.state == ReleaseState.PUBLISHED)
        .order_by(col(Release.published_at).desc(), col(Release.id).desc())
    ).first()
    if previous is None or previous.manifest_sha256 is None or release.manifest_sha256 is None:
        return 0
    with (
        manifests.opened(blobs, previous.manifest_sha256) as old,
        manifests.opened(blobs, release.manifest_sha256) as new,
    ):
        return _count(old, new)


def _count(old: Path, new: Path) -> int:
    under_their_path = 0
    under_a_new_path: Counter[str] = Counter()
    for before, after in _handed_out(manifests.diff(old, new)):
        if before is None:
            under_a_new_path[after.source.sha256 or ""] += 1
        elif before.verdict is Verdict.EXCLUDE:
            under_their_path += 1
    return under_their_path + sum(under_a_new_path[digest] for digest in _left_out(old, under_a_new_path))


def _handed_out(changes: Iterator[Change]) -> Iterator[tuple[ReleaseEntry | None, ReleaseEntry]]:
    for change in changes:
        if change.new is not None and change.new.verdict is not Verdict.EXCLUDE:
            yield change.old, change.new


def _left_out(old: Path, digests: Counter[str]) -> set[str]:
    """Those of the digests that the release excluded, and handed out under no path."""
    if not digests:
        return set()
    excluded: set[str] = set()
    handed_out: set[str] = set()
    for entry in manifests.iter_release(old):
        digest = entry.source.sha256
        if digest is not None and digest in digests:
            (excluded if entry.verdict is Verdict.EXCLUDE else handed_out).add(digest)
    return excluded - handed_out
