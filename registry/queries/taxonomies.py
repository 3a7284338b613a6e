"""Which taxonomies are there, what does one say of a synset, and how do lists of synsets lie in it?"""

from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

import sqlalchemy as sa
from sqlmodel import Session, col, select

from registry.blobs import BlobStore
from registry.catalogue.layers import content
from registry.catalogue.layers.kinds import Kind
from registry.catalogue.taxonomy import store
from registry.catalogue.taxonomy.graph import Depths, Taxonomy
from registry.errors import InvalidInputError, NotFoundError
from registry.models.people import Person
from registry.models.taxonomies import TaxonomyVersion
from registry.queries import layers, names, paging
from registry.queries.layers import LayerLine

# A taxonomy is the same for ever, and takes a third of a second to read.
KEPT_OPEN = 2


@dataclass(frozen=True, slots=True)
class TaxonomyLine:
    """One version of a taxonomy."""

    name: str
    version: int
    form: str
    digest: str
    synset_count: int
    kind_count: int
    instance_count: int
    refused_count: int
    imported_by: str
    imported_at: datetime

    @property
    def label(self) -> str:
        """`NAME@VERSION`, as commands take it."""
        return f"{self.name}@{self.version}"


@dataclass(frozen=True, slots=True)
class Within:
    """How a list of synsets lies below one of them.

    Attributes:
        layer: the list.
        has: whether it names the synset itself.
        below: how many of it are below, by hyponyms.
        several_parents: of these, how many are a kind of several things.
        parent_outside: of these, those with a parent neither at nor below the synset, in order.
    """

    layer: LayerLine
    has: bool
    below: int
    several_parents: int
    parent_outside: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Place:
    """Where a synset stands; parents and children of either kind, in order."""

    parents: tuple[str, ...]
    children: tuple[str, ...]
    below_by_hyponyms: int
    below_with_instances: int
    above: int
    depths: Depths


def list_taxonomies(session: Session) -> tuple[TaxonomyLine, ...]:
    """Every version of every taxonomy, by name, the newest first."""
    rows = session.execute(_lines().order_by(col(TaxonomyVersion.name), col(TaxonomyVersion.version).desc()))
    return tuple(_line(*row) for row in rows)


def find(session: Session, label: str | None) -> TaxonomyLine:
    """The taxonomy `NAME@VERSION`, the newest of `NAME`; without a label, the newest of the only name there is.

    Raises:
        NotFoundError: there is none of this name, or none at all.
        InvalidInputError: nothing was named and there are several; or the label has another form.
    """
    if label is None:
        known = sorted(set(session.exec(select(TaxonomyVersion.name))))
        if len(known) > 1:
            raise InvalidInputError(f"There are several taxonomies; say which: {', '.join(known)}.")
        if not known:
            raise NotFoundError("No taxonomy has been imported yet.")
        label = known[0]
    name, _, version = label.partition("@")
    statement = _lines().where(col(TaxonomyVersion.name) == names.slug(name, "taxonomy"))
    if version:
        if not (version.isascii() and version.isdecimal() and len(version) <= paging.NUMBER_DIGITS):
            raise InvalidInputError(f"{label!r} is not of the form NAME@VERSION, such as wordnet@1.")
        statement = statement.where(col(TaxonomyVersion.version) == int(version))
    row = session.execute(statement.order_by(col(TaxonomyVersion.version).desc()).limit(1)).first()
    if row is None:
        raise NotFoundError(f"There is no taxonomy {label}.")
    return _line(*row)


def load(blobs: BlobStore, line: TaxonomyLine) -> Taxonomy:
    """What this version says.

    Raises:
        NotVerifiedError: the stored bytes are no longer those that were imported.
    """
    return _opened(blobs, line.digest)


def place(taxonomy: Taxonomy, wnid: str) -> Place:
    """Where the synset stands.

    Raises:
        NotFoundError: the taxonomy has no such synset.
    """
    taxonomy.require(wnid)
    graph = taxonomy.with_instances
    return Place(
        parents=tuple(sorted(graph.parents.get(wnid, ()))),
        children=tuple(sorted(graph.children.get(wnid, ()))),
        below_by_hyponyms=len(taxonomy.below(wnid)),
        below_with_instances=len(taxonomy.below(wnid, instances=True)),
        above=len(taxonomy.above(wnid)),
        depths=taxonomy.depths(wnid),
    )


def within(session: Session, blobs: BlobStore, taxonomy: Taxonomy, wnid: str) -> tuple[Within, ...]:
    """How every list of synsets that was imported lies below the synset; those that have nothing there are left out."""
    below = taxonomy.below(wnid)
    found = []
    for layer in layers.newest(session, Kind.SYNSETS):
        listed = synsets_of(blobs, layer)
        inside = listed & below
        if inside or wnid in listed:
            several, outside = taxonomy.with_several_parents(inside), taxonomy.with_parent_outside(inside, wnid)
            found.append(Within(layer, wnid in listed, len(inside), len(several), outside))
    return tuple(found)


def shared(session: Session, blobs: BlobStore, layer: LayerLine) -> tuple[tuple[LayerLine, int], ...]:
    """The newest version of every other list of synsets, and how many it shares with this one."""
    mine = synsets_of(blobs, layer)
    others = [it for it in layers.newest(session, Kind.SYNSETS) if (it.variant, it.name) != (layer.variant, layer.name)]
    return tuple((it, len(mine & synsets_of(blobs, it))) for it in others)


def without_edge(
    session: Session, blobs: BlobStore, layer: LayerLine
) -> tuple[tuple[TaxonomyLine, tuple[str, ...]], ...]:
    """The newest version of every taxonomy, and the synsets of the list that it connects with nothing."""
    newest = {line.name: line for line in reversed(list_taxonomies(session))}
    listed = synsets_of(blobs, layer)
    return tuple((line, load(blobs, line).without_edge(listed)) for _, line in sorted(newest.items()))


def synsets_of(blobs: BlobStore, layer: LayerLine) -> frozenset[str]:
    """The synsets that a layer of them lists."""
    with layers.opened(blobs, layer) as file:
        return frozenset(synset for (synset,) in content.rows_of(file))


@lru_cache(maxsize=KEPT_OPEN)
def _opened(blobs: BlobStore, digest: str) -> Taxonomy:
    return store.decode(blobs.read(digest.removeprefix("sha256:")))


def _lines() -> sa.Select[TaxonomyVersion, str]:
    return sa.select(TaxonomyVersion, col(Person.handle)).join(
        Person, col(Person.id) == col(TaxonomyVersion.imported_by)
    )


def _line(found: TaxonomyVersion, handle: str) -> TaxonomyLine:
    return TaxonomyLine(
        name=found.name,
        version=found.version,
        form=found.form,
        digest=f"sha256:{found.sha256}",
        synset_count=found.synset_count,
        kind_count=found.kind_count,
        instance_count=found.instance_count,
        refused_count=found.refused_count,
        imported_by=handle,
        imported_at=found.imported_at,
    )
