"""Which images of a variant are meant by what somebody knows of them, and what is the variant made of?

Looks into the newest import. Words mean synsets of the taxonomy; those whose words are hidden are not found by them.
"""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from sqlmodel import Session

from registry.blobs import BlobStore
from registry.catalogue import manifests
from registry.catalogue.entries import SourceEntry
from registry.catalogue.layers.kinds import Kind
from registry.catalogue.manifests import search as rows
from registry.catalogue.manifests import statistics
from registry.catalogue.manifests.search import Beside, Wanted
from registry.catalogue.manifests.statistics import Statistics
from registry.catalogue.pdq import index
from registry.catalogue.taxonomy.graph import Taxonomy
from registry.errors import InvalidInputError, WrongStateError
from registry.queries import layers, names, paging, taxonomies
from registry.queries.paging import Page

INDEXES = "indexes"
PER_PAGE = 50
NEAR_AT_MOST = 200


@dataclass(frozen=True, slots=True)
class Lookalike:
    """An image and how many bits its perceptual hash differs by."""

    entry: SourceEntry
    distance: int


@dataclass(frozen=True, slots=True)
class Copies:
    """Bytes that several images share."""

    sha256: str
    paths: tuple[str, ...]


def search(
    session: Session,
    blobs: BlobStore,
    variant: str,
    wanted: Wanted,
    *,
    after: str | None = None,
    limit: int = PER_PAGE,
) -> Page[SourceEntry]:
    """The images of the newest import of which all holds that is wanted, by path.

    Raises:
        NotFoundError: there is no such variant.
        WrongStateError: nothing has been imported into it.
        InvalidInputError: what is wanted has another form.
    """
    limit = paging.bounded(limit)
    with _opened(session, blobs, variant) as (file, _), _beside(session, blobs, variant, wanted) as beside:
        found = rows.search(file, wanted, after, limit + 1, beside)
    return paging.cut(found, limit, lambda entry: entry.path)


def alike(
    session: Session, blobs: BlobStore, home: Path, variant: str, digits: str, distance: int = index.MAX_DISTANCE
) -> list[Lookalike]:
    """The images whose perceptual hash differs by this many bits at most, the nearest first; of very many, the first.

    Args:
        session: the database.
        blobs: where the manifest is.
        home: the registry home, where the index lies beside it.
        variant: `DATASET/VARIANT`.
        digits: the hash, 64 hexadecimal digits.
        distance: in bits, 0..31.

    Raises:
        NotFoundError: there is no such variant.
        WrongStateError: nothing has been imported into it.
        InvalidInputError: the digits are no hash, or its manifest has no hashes.
    """
    with _opened(session, blobs, variant) as (file, sha256):
        near = index.opened(file, sha256, home / INDEXES).near(digits.lower(), distance)[:NEAR_AT_MOST]
        entries = manifests.at_rows(file, [it.row for it in near])
    return [Lookalike(entry, it.distance) for entry, it in zip(entries, near, strict=True)]


def copies(
    session: Session, blobs: BlobStore, variant: str, *, after: str | None = None, limit: int = PER_PAGE
) -> Page[Copies]:
    """The bytes that several images of the newest import share, by digest.

    Raises:
        NotFoundError: there is no such variant.
        WrongStateError: nothing has been imported into it.
    """
    limit = paging.bounded(limit)
    with _opened(session, blobs, variant) as (file, _):
        found = [Copies(sha256, tuple(paths)) for sha256, paths in rows.copies(file, after, limit + 1)]
    return paging.cut(found, limit, lambda it: it.sha256)


def lookalikes(
    session: Session, blobs: BlobStore, home: Path, variant: str, distance: int, limit: int
) -> list[tuple[str, str, int]]:
    """Pairs of images of the newest import that look alike, by path, with the bits by which they differ.

    Takes a search for every image: about a millisecond each among a million. Raises as `alike`.
    """
    with _opened(session, blobs, variant) as (file, sha256):
        opened = index.opened(file, sha256, home / INDEXES)
        pairs = list(islice(opened.pairs(distance), limit))
        named = sorted({row for one, other, _ in pairs for row in (one, other)})
        called = dict(zip(named, manifests.at_rows(file, named), strict=True))
    return [(called[one].path, called[other].path, bits) for one, other, bits in pairs]


def measure(session: Session, blobs: BlobStore, variant: str) -> Statistics:
    """What the newest import of a variant is made of.

    Raises:
        NotFoundError: there is no such variant.
        WrongStateError: nothing has been imported into it.
    """
    with _opened(session, blobs, variant) as (file, _):
        return statistics.measure(file)


def synsets_called(taxonomy: Taxonomy, word: str, hidden: frozenset[str]) -> tuple[str, ...]:
    """The synsets one of whose words this is, small or large, in order; those that are hidden are left out.

    Raises:
        InvalidInputError: no synset is called so.
    """
    asked = word.strip().lower()
    found = [
        wnid
        for wnid, synset in taxonomy.synsets.items()
        if asked in (it.strip().lower() for it in synset.words.split(","))
    ]
    shown = tuple(sorted(wnid for wnid in found if wnid not in hidden and not taxonomy.is_sensitive(wnid)))
    if not shown:
        raise InvalidInputError("No synset is called so, or its words are hidden; ask by its id.")
    return shown


def below(taxonomy: Taxonomy, wnid: str) -> tuple[str, ...]:
    """The synset and every one below it.

    Raises:
        NotFoundError: the taxonomy has no such synset.
    """
    taxonomy.require(wnid)
    return wnid, *sorted(taxonomy.below(wnid))


def classes_meant(
    session: Session,
    blobs: BlobStore,
    hidden: Callable[[], frozenset[str]],
    *,
    wnid: str | None,
    word: str | None,
    is_below: bool,
    taxonomy: str | None,
) -> tuple[str, ...] | None:
    """The classes that are the synset, and are called by the word; null where neither is said.

    Args:
        session: the database.
        blobs: where the taxonomies are.
        hidden: says which synsets no word finds; asked where there is a word.
        wnid: a class; null for any.
        word: any of the words of a synset; null for any.
        is_below: whether all that lies below is meant, too.
        taxonomy: which knows words and what lies below, `NAME[@VERSION]`; null where there is only one.

    Raises:
        NotFoundError: there is no such taxonomy, or no such synset in it.
        InvalidInputError: nothing is called so, or there are several taxonomies and none is named.
    """
    if not word and not (wnid and is_below):
        return (wnid,) if wnid else None
    graph = taxonomies.load(blobs, taxonomies.find(session, taxonomy))
    said: list[tuple[str, ...]] = [(wnid,)] if wnid else []
    if word:
        said.append(synsets_called(graph, word, hidden()))
    if is_below:
        said = [tuple(it for one in synsets for it in below(graph, one)) for synsets in said]
    return tuple(sorted(set.intersection(*map(set, said))))


@contextmanager
def _opened(session: Session, blobs: BlobStore, variant: str) -> Iterator[tuple[Path, str]]:
    """The manifest of a variant's newest import as a local file, and its digest."""
    sha256 = layers.newest_manifest(session, variant)
    if sha256 is None:
        raise WrongStateError(f"Nothing has been imported into {variant} yet.")
    with manifests.opened(blobs, sha256) as file:
        yield file, sha256


@contextmanager
def _beside(session: Session, blobs: BlobStore, variant: str, wanted: Wanted) -> Iterator[Beside]:
    """The newest layers that have to be asked, while the block runs."""
    asked = {Kind.SOURCES: wanted.url, Kind.RIGHTS: wanted.licence, Kind.DEFECTS: wanted.defect}
    every = layers.list_layers(session, names.variant(session, variant).id)
    newest = {(line.kind, line.name): line for line in reversed(every)}
    with ExitStack() as stack:
        files: dict[Kind, list[Path]] = {kind: [] for kind in asked}
        for (kind, _), line in sorted(newest.items()):
            if asked.get(kind) is not None:
                files[kind].append(stack.enter_context(layers.opened(blobs, line)))
        yield Beside(files[Kind.SOURCES], files[Kind.RIGHTS], files[Kind.DEFECTS])
