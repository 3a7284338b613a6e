"""How many images does a variant have of a class, and of everything below a synset?

Counted when a source was read, and kept with the import: nobody reads fourteen million rows again for it.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from sqlmodel import Session, select

from policies.taxonomy import Taxonomy
from registry.blobs import BlobStore
from registry.catalogue import manifests
from registry.catalogue.manifests import LabelCount
from registry.models.datasets import Dataset, Variant
from registry.models.imports import Import
from registry.queries import names
from registry.queries.taxonomies import TaxonomyLine


@dataclass(frozen=True, slots=True)
class Branch:
    """What hangs at a synset: itself and everything below it, each image once however many ways lead to its class.

    Attributes:
        synset: its id.
        own: images of the synset itself.
        classes: how many synsets of the branch have images.
        images: of all of these.
    """

    synset: str
    own: int
    classes: int
    images: int


@dataclass(frozen=True, slots=True)
class Holding:
    """What the newest import of a variant has at and below a synset."""

    variant: str
    branch: Branch


def graph(blobs: BlobStore, line: TaxonomyLine) -> Taxonomy:
    """What lies below what, of this version of a taxonomy; without the words, which take ten times as long to read."""
    return Taxonomy.parse(blobs.read(line.digest.removeprefix("sha256:")))


def counts(blobs: BlobStore, found: Import) -> list[LabelCount]:
    """The classes of a finished import, each with its number of images, in order; null first."""
    kept = (found.counts or {}).get("labels")
    if kept is None:  # imports of before counted less
        with manifests.opened(blobs, str(found.manifest_sha256)) as file:
            return manifests.labels(file)
    without = (found.row_count or 0) - sum(kept.values())
    listed = [LabelCount(label, kept[label]) for label in sorted(kept)]
    return [LabelCount(None, without), *listed] if without else listed


def branch(taxonomy: Taxonomy, counted: Mapping[str | None, int], synset: str, *, instances: bool = False) -> Branch:
    """What hangs at a synset, by hyponyms, or with instances, too."""
    images = [counted[it] for it in taxonomy.subtree(synset, instances=instances) if it in counted]
    return Branch(synset, counted.get(synset, 0), len(images), sum(images))


def branches(
    taxonomy: Taxonomy, counted: Mapping[str | None, int], synset: str, *, instances: bool = False
) -> list[Branch]:
    """What hangs at each synset directly below this one, the most images first; those without any are left out."""
    below = sorted(taxonomy.subtree(synset, 1, instances=instances) - {synset})
    found = [branch(taxonomy, counted, it, instances=instances) for it in below]
    return sorted((it for it in found if it.images), key=lambda it: (-it.images, it.synset))


def holdings(session: Session, blobs: BlobStore, taxonomy: Taxonomy, synset: str) -> list[Holding]:
    """What every variant has at and below a synset, by hyponyms, by name; those without any are left out."""
    below = taxonomy.subtree(synset)
    found = []
    for variant in session.exec(select(Variant).join(Dataset).order_by(Dataset.slug, Variant.slug)):
        newest = names.newest_import(session, variant.id)
        if newest is None:
            continue
        counted = Counter({it.label: it.rows for it in counts(blobs, newest) if it.label in below})
        if counted:
            own, images = counted[synset], counted.total()
            found.append(Holding(names.variant_name(session, variant.id), Branch(synset, own, len(counted), images)))
    return found
