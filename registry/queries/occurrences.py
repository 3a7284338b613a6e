"""Where does one picture occur, in every variant at once: the same bytes, or something that looks like it?

By look only where an import computed perceptual hashes; the variants where nobody can tell are named, too. A picture is
told by the digest of its bytes, by hashes of its look, or by both; of bytes that the registry knows it takes the hash.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pyarrow.parquet as pq
from sqlmodel import Session

from registry.blobs import BlobStore
from registry.catalogue import manifests
from registry.catalogue.entries import SourceEntry
from registry.catalogue.pdq import index
from registry.errors import InvalidInputError
from registry.queries import datasets, layers
from registry.queries.search import INDEXES, NEAR_AT_MOST

AS_IT_IS = "as it is"


@dataclass(frozen=True, slots=True)
class Occurrence:
    """One image of a variant's newest import that is the picture, or looks like it.

    Attributes:
        variant: `DATASET/VARIANT`.
        entry: the image.
        bits: by how many of 256 its hash differs; null where the bytes are the same.
        turn: how the picture has to be turned to look like it; `AS_IT_IS` where not at all.
    """

    variant: str
    entry: SourceEntry
    bits: int | None
    turn: str = AS_IT_IS


@dataclass(frozen=True, slots=True)
class Occurrences:
    """Where a picture occurs.

    Attributes:
        found: the same bytes first, then what looks most like it.
        looked_in: every variant that was asked.
        without_hashes: those of them in which only the same bytes could be found.
    """

    found: tuple[Occurrence, ...]
    looked_in: tuple[str, ...]
    without_hashes: tuple[str, ...]


def occurrences(
    session: Session, blobs: BlobStore, home: Path, sha256: str | None, looks: Mapping[str, str] | None = None
) -> Occurrences:
    """The images of every variant's newest import that are this picture, or look like it.

    Args:
        session: the database.
        blobs: where the manifests are.
        home: the registry home, where indexes lie.
        sha256: of the picture's bytes; null where only its look is known.
        looks: its perceptual hash by how it is turned; none to take that of the same bytes, where an import has it.

    Raises:
        InvalidInputError: neither is given, or one has another form.
    """
    if sha256 is None and not looks:
        raise InvalidInputError("Say which picture: by the SHA-256 of its bytes, or by its perceptual hash.")
    newest = {name: str(layers.newest_manifest(session, name)) for name in datasets.variant_names(session)}
    same = [it for name, manifest in newest.items() for it in _same(blobs, name, manifest, sha256)]
    known_look = next((it.entry.pdq for it in same if it.entry.pdq is not None), None)
    digits = looks or ({} if known_look is None else {AS_IT_IS: known_look})
    near: list[Occurrence] = []
    blind = []
    for name, manifest in newest.items():
        with manifests.opened(blobs, manifest) as file:
            if index.COLUMN not in pq.read_schema(file).names:
                blind.append(name)
            else:
                near += _alike(name, file, index.opened(file, manifest, home / INDEXES), digits)
    known = {(it.variant, it.entry.path) for it in same}
    others = [it for it in near if (it.variant, it.entry.path) not in known]
    others.sort(key=lambda it: (it.bits, it.variant, it.entry.path))
    return Occurrences((*same, *others), tuple(newest), tuple(blind))


def _same(blobs: BlobStore, variant: str, manifest: str, sha256: str | None) -> list[Occurrence]:
    if sha256 is None:
        return []
    with manifests.opened(blobs, manifest) as file:
        return [Occurrence(variant, entry, None) for entry in manifests.find_source(file, sha256=sha256.lower())]


def _alike(variant: str, file: Path, opened: index.Index, looks: Mapping[str, str]) -> list[Occurrence]:
    """What looks like the picture in one variant, each image once, in the turn in which it is nearest."""
    nearest: dict[int, tuple[int, str]] = {}
    for turn, digits in looks.items():
        for it in opened.near(digits.lower())[:NEAR_AT_MOST]:
            nearest[it.row] = min(nearest.get(it.row, (it.distance, turn)), (it.distance, turn))
    rows = sorted(nearest)
    return [
        Occurrence(variant, entry, *nearest[row])
        for row, entry in zip(rows, manifests.at_rows(file, rows), strict=True)
    ]
