"""Taxonomies: what was read is kept as the next version; words that may hurt are shown to who may ask, on record."""

from sqlmodel import Session, col, select

from policies.conditions import Condition
from policies.rules import Then
from policies.synsets import is_wnid
from registry import audit, ids
from registry.access import Permission, require
from registry.acts import Act
from registry.audit import Event
from registry.blobs import BlobStore
from registry.catalogue.taxonomy import store
from registry.catalogue.taxonomy.graph import Taxonomy
from registry.catalogue.taxonomy.sources import Reading
from registry.models.policies import Policy
from registry.models.taxonomies import TaxonomyVersion
from registry.queries import names
from registry.services import policies


def add(act: Act, blobs: BlobStore, name: str, reading: Reading) -> TaxonomyVersion:
    """The next version of the taxonomy of this name; the newest one itself, where it says the same.

    Raises:
        ForbiddenError: the actor may not import.
        InvalidInputError: the name has another form.
    """
    require(act.actor, Permission.DATASET_IMPORT)
    names.slug(name, "taxonomy")
    found = reading.taxonomy
    sha256 = blobs.put(store.encode(found))
    newest = act.session.exec(
        select(TaxonomyVersion).where(TaxonomyVersion.name == name).order_by(col(TaxonomyVersion.version).desc())
    ).first()
    if newest is not None and newest.sha256 == sha256:
        return newest
    version = TaxonomyVersion(
        id=ids.new_id(),
        name=name,
        version=1 if newest is None else newest.version + 1,
        form=reading.form,
        sha256=sha256,
        synset_count=len(found.synsets),
        kind_count=len(found.kinds),
        instance_count=len(found.instances),
        refused_count=len(reading.report.refusals),
        imported_by=act.actor.person(),
        imported_at=act.now,
    )
    act.session.add(version)
    label = f"{name}@{version.version}"
    audit.record(act, Event.TAXONOMY_IMPORTED, "taxonomy", label, sha256=sha256, synsets=version.synset_count)
    return version


def marked(session: Session, blobs: BlobStore) -> frozenset[str]:
    """The synsets that the newest version of any published policy excludes by name."""
    newest: dict[str, Policy] = {}
    for policy in session.exec(select(Policy).order_by(col(Policy.id))):
        newest[policy.name] = policy
    found: set[str] = set()
    for policy in newest.values():
        document = policies.load(blobs, policy)
        for rule, condition in zip(document.document.rules, document.conditions, strict=True):
            if rule.then is Then.EXCLUDE:
                found |= _named(condition)
    return frozenset(found)


def is_hidden(taxonomy: Taxonomy, unsafe: frozenset[str], wnid: str) -> bool:
    """Whether a synset's words are shown only to who may ask: kinds of person, and what a policy marks unsafe."""
    return wnid in unsafe or taxonomy.is_sensitive(wnid)


def reveal(act: Act, label: str, wnid: str) -> None:
    """That the actor asked for the words of a synset is on record.

    Raises:
        ForbiddenError: the actor may not see what is hidden.
    """
    require(act.actor, Permission.IMAGE_REVEAL)
    audit.record(act, Event.WORDS_REVEALED, "synset", wnid, taxonomy=label)


def _named(condition: Condition) -> set[str]:
    """The synsets that the condition asks for by name; what stands under a `not` is not meant."""
    if condition.synset is not None:
        return set(condition.synset.among or ())
    if condition.label is not None:
        return {label for label in condition.label.among or () if is_wnid(label)}
    return {wnid for part in (*(condition.all_of or ()), *(condition.any_of or ())) for wnid in _named(part)}
