"""Seeds: variants that the world knows are registered, with what is published about them and how they are related."""

import hashlib
from dataclasses import dataclass
from uuid import UUID

from sqlmodel import col, select

from registry import audit, ids
from registry.access import Permission, require
from registry.acts import Act
from registry.audit import Event
from registry.blobs import BlobStore
from registry.catalogue.seeds import document
from registry.catalogue.seeds.document import Seed, SeedVariant, SeedWeights
from registry.models.datasets import Dataset, Variant
from registry.models.lineage import VariantDescription, VariantRelation
from registry.models.weights import WeightFile
from registry.services import weights
from registry.services.weights import Evidence, Training, WeightWords


@dataclass(frozen=True, slots=True)
class Planted:
    """What a seed changed.

    Attributes:
        registered: variants that were not known before, by name.
        described: variants of which something new is said.
        related: relations that were not known before.
        differing: variants that keep their title or licence although the seed has another.
        weights: names of weights that were not on record before.
    """

    registered: tuple[str, ...]
    described: tuple[str, ...]
    related: int
    differing: tuple[str, ...]
    weights: tuple[str, ...] = ()


def plant(act: Act, blobs: BlobStore, data: bytes) -> Planted:
    """Every variant of the seed is registered, described and related; planting it again changes nothing.

    Raises:
        ForbiddenError: the actor may not import.
        InvalidInputError: the bytes spell no seed; the sentence names lines.
    """
    require(act.actor, Permission.DATASET_IMPORT)
    seed = document.parse(data)
    sha256 = blobs.put(data)
    dataset = _dataset(act, seed)
    before = {it.slug: it for it in act.session.exec(select(Variant).where(Variant.dataset_id == dataset.id))}
    variants = {it.name: before.get(it.name) or _registered(act, dataset, it) for it in seed.variants}
    act.session.flush()
    described = [it.name for it in seed.variants if _describe(act, seed, it, variants[it.name].id, sha256)]
    related = sum(_relate(act, seed, it, variants) for it in seed.variants)
    trained = [it.name for it in seed.weights if _train(act, seed, it)]
    planted = Planted(
        registered=tuple(f"{seed.dataset}/{name}" for name in variants if name not in before),
        described=tuple(f"{seed.dataset}/{name}" for name in described),
        related=related,
        differing=tuple(f"{seed.dataset}/{it.name}" for it in seed.variants if _differs(it, variants[it.name])),
        weights=tuple(trained),
    )
    if described or related:
        new = {"described": len(described), "related": related}
        audit.record(act, Event.SEED_PLANTED, "dataset", seed.dataset, sha256=sha256, **new)
    return planted


def _train(act: Act, seed: Seed, said: SeedWeights) -> bool:
    """Whether the weights were not on record before; what the seed says of them is, from now on."""
    before = act.session.exec(select(WeightFile).where(WeightFile.name == said.name)).first()
    trained = [
        Training(_evidence(seed, it.evidence, it.source), on=f"{seed.dataset}/{it.to}") for it in said.trained_on
    ]
    made = [Training(_evidence(seed, it.evidence, it.source), made_from=it.weights) for it in said.made_from]
    weights.add(act, WeightWords(said.name, said.title, said.licence, said.sha256), [*trained, *made])
    return before is None


def _evidence(seed: Seed, sentence: str, source: str) -> Evidence:
    return Evidence(sentence, seed.sources[source].title, seed.sources[source].url)


def _dataset(act: Act, seed: Seed) -> Dataset:
    known = act.session.exec(select(Dataset).where(Dataset.slug == seed.dataset)).first()
    if known is not None:
        return known
    dataset = Dataset(id=ids.new_id(), slug=seed.dataset, title=seed.title, created_at=act.now)
    act.session.add(dataset)
    act.session.flush()
    return dataset


def _registered(act: Act, dataset: Dataset, said: SeedVariant) -> Variant:
    variant = Variant(
        id=ids.new_id(),
        dataset_id=dataset.id,
        slug=said.name,
        title=said.title,
        licence=said.licence,
        created_at=act.now,
    )
    act.session.add(variant)
    name = f"{dataset.slug}/{said.name}"
    audit.record(act, Event.VARIANT_REGISTERED, "variant", name, licence=variant.licence)
    return variant


def _differs(said: SeedVariant, kept: Variant) -> bool:
    return (said.title, said.licence) != (kept.title, kept.licence)


def _describe(act: Act, seed: Seed, said: SeedVariant, variant_id: UUID, seed_sha256: str) -> bool:
    """Whether something is said of the variant that was not said last."""
    content = said.model_dump(mode="json", exclude={"relations"}, exclude_none=True)
    content["sources"] = {key: seed.sources[key].model_dump(mode="json") for key in sorted(document.cited(said))}
    newest = act.session.exec(
        select(VariantDescription)
        .where(VariantDescription.variant_id == variant_id)
        .order_by(col(VariantDescription.version).desc())
    ).first()
    if newest is not None and newest.content == content:
        return False
    act.session.add(
        VariantDescription(
            id=ids.new_id(),
            variant_id=variant_id,
            version=1 if newest is None else newest.version + 1,
            seed_sha256=seed_sha256,
            content=content,
            recorded_by=act.actor.person(),
            recorded_at=act.now,
        )
    )
    return True


def _relate(act: Act, seed: Seed, said: SeedVariant, variants: dict[str, Variant]) -> int:
    """How many relations of the variant were not known with this evidence."""
    of = variants[said.name].id
    known = {
        (it.kind, it.other_id, it.evidence_sha256)
        for it in act.session.exec(select(VariantRelation).where(VariantRelation.variant_id == of))
    }
    new = 0
    for relation in said.relations:
        source = seed.sources[relation.source]
        evidence_sha256 = hashlib.sha256(f"{relation.evidence}\n{source.url}".encode()).hexdigest()
        other = variants[relation.to].id
        if (relation.kind, other, evidence_sha256) in known:
            continue
        new += 1
        act.session.add(
            VariantRelation(
                id=ids.new_id(),
                variant_id=of,
                kind=relation.kind,
                other_id=other,
                evidence=relation.evidence,
                evidence_sha256=evidence_sha256,
                source_title=source.title,
                source_url=source.url,
                recorded_by=act.actor.person(),
                recorded_at=act.now,
            )
        )
    return new
