"""What changed from one release to another, image by image and in sum?"""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import islice

from sqlmodel import Session

from registry.blobs import BlobStore
from registry.catalogue import manifests
from registry.catalogue.manifests import Change
from registry.queries import pictures, releases

CHANGES_SHOWN = 200


@dataclass(frozen=True, slots=True)
class Diff:
    """Two releases side by side.

    Attributes:
        counts: how many images differ, by kind of change; every kind is named.
        changes: the first of them by path, at most `CHANGES_SHOWN`.
        is_cut: whether there are more than are listed.
    """

    old: str
    new: str
    counts: Mapping[str, int]
    changes: tuple[Change, ...]
    is_cut: bool


def read_diff(
    session: Session, blobs: BlobStore, old: str, new: str, *, is_insider: bool, limit: int = CHANGES_SHOWN
) -> Diff:
    """What is different in release `new` from release `old`, both by their labels.

    Raises:
        NotFoundError: there is no such release, or it is not published and the reader is no insider.
        WrongStateError: one of them is not built yet.
    """
    before = releases.find(session, old, is_insider=is_insider)
    after = releases.find(session, new, is_insider=is_insider)
    with pictures.manifest_of(blobs, before) as old_file, pictures.manifest_of(blobs, after) as new_file:
        counts = manifests.diff_counts(old_file, new_file)
        changes = tuple(islice(manifests.diff(old_file, new_file), limit))
    return Diff(old, new, counts, changes, is_cut=sum(counts.values()) > len(changes))
