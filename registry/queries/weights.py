"""Which weights are on record, what were they trained on, and which of them may have seen what a variant holds?

Lineage leads on in two directions that are never mixed: what a variant was made of holds its images, and what was made
of it may hold some. Two splits of one variant share none.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select

from registry.catalogue.seeds.document import RelationKind
from registry.errors import NotFoundError
from registry.models.datasets import Dataset, Variant
from registry.models.layers import Layer
from registry.models.lineage import VariantRelation
from registry.models.releases import Release
from registry.models.weights import WeightFile, WeightTraining
from registry.queries import names

TARGETS = ("variant_id", "release_id", "layer_id", "base_id")
# By these kinds of relation images pass from one variant to another.
PASSING = (RelationKind.DERIVED_FROM, RelationKind.SUBSET_OF)


@dataclass(frozen=True, slots=True)
class TrainingLine:
    """One piece of evidence: the weights, and what they were `trained on` or `made from`.

    Attributes:
        on: `DATASET/VARIANT`, a release's label, or a variant and its label space; or the name of other weights.
        variant_id, release_id, layer_id: the same as rows; all are None for other weights.
    """

    weights: str
    how: str
    on: str
    variant_id: UUID | None
    release_id: UUID | None
    layer_id: UUID | None
    evidence: str
    source_title: str
    source_url: str | None
    recorded_at: datetime


@dataclass(frozen=True, slots=True)
class WeightLine:
    """A set of weights, and what it was trained on or made from, with the evidence."""

    name: str
    title: str
    licence: str
    sha256: str | None
    size_bytes: int | None
    recorded_at: datetime
    trainings: tuple[TrainingLine, ...]

    @property
    def saw(self) -> tuple[str, ...]:
        """What they were trained on or made from, each once, however much evidence there is."""
        return tuple(dict.fromkeys(f"{it.how} {it.on}" for it in self.trainings))


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a way: a variant is `derived-from` or `subset-of` another; weights were `made from` others."""

    name: str
    how: str
    of: str

    @property
    def words(self) -> str:
        """The step in a line of words."""
        return f"{self.name} {self.how} {self.of}"


@dataclass(frozen=True, slots=True)
class Way:
    """Weights that may have seen images of a variant, and by which way; empty where they were trained on it."""

    line: TrainingLine
    by: tuple[Step, ...]


def list_weights(session: Session) -> tuple[WeightLine, ...]:
    """Every set of weights, by name."""
    said: dict[str, list[TrainingLine]] = {}
    for line in trainings(session):
        said.setdefault(line.weights, []).append(line)
    return tuple(_line(found, said.get(found.name, ())) for found in session.exec(select(WeightFile).order_by("name")))


def read_weights(session: Session, name: str) -> WeightLine:
    """The weights of this name.

    Raises:
        NotFoundError: there are none.
    """
    found = find(session, name)
    return _line(found, trainings(session, found.id))


def find(session: Session, name: str) -> WeightFile:
    """The row of the weights of this name.

    Raises:
        NotFoundError: there is none.
    """
    known = select(WeightFile).where(WeightFile.name == name)
    found = session.exec(known).first() if names.is_line(name) else None
    if found is None:
        raise NotFoundError(f"There are no weights {name!r} on record.")
    return found


def ancestors(session: Session, weights_id: UUID) -> frozenset[UUID]:
    """These weights, and all that they were made from, over as many steps as there are."""
    made = session.exec(select(WeightTraining).where(col(WeightTraining.base_id).is_not(None)))
    pairs = [(it.weights_id, it.base_id) for it in made]
    reached, waiting = {weights_id}, [weights_id]
    while waiting:
        last = waiting.pop()
        new = {base for made_of, base in pairs if made_of == last and base is not None} - reached
        reached |= new
        waiting += new
    return frozenset(reached)


def trainings(session: Session, weights_id: UUID | None = None) -> tuple[TrainingLine, ...]:
    """Every piece of evidence, by the name of the weights, the oldest first; or that about one of them."""
    base = aliased(WeightFile)
    statement = (
        sa.select(
            WeightTraining, col(WeightFile.name), col(base.name), col(Dataset.slug), col(Variant.slug), Layer, Release
        )
        .join(WeightFile, col(WeightFile.id) == col(WeightTraining.weights_id))
        .join(base, col(base.id) == col(WeightTraining.base_id), isouter=True)
        .join(Variant, col(Variant.id) == col(WeightTraining.variant_id), isouter=True)
        .join(Dataset, col(Dataset.id) == col(Variant.dataset_id), isouter=True)
        .join(Layer, col(Layer.id) == col(WeightTraining.layer_id), isouter=True)
        .join(Release, col(Release.id) == col(WeightTraining.release_id), isouter=True)
        .order_by(col(WeightFile.name), col(WeightTraining.id))
    )
    if weights_id is not None:
        statement = statement.where(col(WeightTraining.weights_id) == weights_id)
    return tuple(_training(*row) for row in session.execute(statement))


def ways(session: Session, variant_id: UUID) -> tuple[Way, ...]:
    """Weights that were trained on the variant, or on one that lineage ties to it; the nearest first.

    Whatever was made from such weights has seen what they have seen.
    """
    reached = related(session, variant_id)
    found = [Way(it, reached[it.variant_id]) for it in trainings(session) if it.variant_id and it.variant_id in reached]
    return tuple(sorted(heirs(session, found), key=lambda way: (len(way.by), way.line.weights)))


def heirs(session: Session, found: Iterable[Way]) -> list[Way]:
    """The ways, and one for each set of weights that was made from those, each set of weights once."""
    made = [line for line in trainings(session) if line.variant_id is None]
    by_name: dict[str, Way] = {}
    for way in sorted(found, key=lambda way: len(way.by)):
        by_name.setdefault(way.line.weights, way)
    waiting = list(by_name)
    while waiting:
        name = waiting.pop(0)
        for line in made:
            if line.on == name and line.weights not in by_name:
                by_name[line.weights] = Way(line, (*by_name[name].by, Step(line.weights, line.how, name)))
                waiting.append(line.weights)
    return list(by_name.values())


def related(session: Session, variant_id: UUID) -> Mapping[UUID, tuple[Step, ...]]:
    """The variant itself, all that it was made of, and all that was made of it; each with the shortest way there."""
    rows = session.exec(select(VariantRelation).where(col(VariantRelation.kind).in_(PASSING)))
    ties = [(row.variant_id, row.other_id, row.kind) for row in rows]
    up = _reached(session, variant_id, [(made, of, (made, of, kind)) for made, of, kind in ties])
    down = _reached(session, variant_id, [(of, made, (made, of, kind)) for made, of, kind in ties])
    return down | up


def _reached(
    session: Session, start: UUID, steps: Iterable[tuple[UUID, UUID, tuple[UUID, UUID, RelationKind]]]
) -> dict[UUID, tuple[Step, ...]]:
    """Everything that the steps lead to from the start, breadth first, each with the relations between."""
    reached: dict[UUID, tuple[Step, ...]] = {start: ()}
    waiting, steps = [start], list(steps)
    while waiting:
        last = waiting.pop(0)
        for here, there, (made, of, kind) in steps:
            if here == last and there not in reached:
                step = Step(names.variant_name(session, made), kind.value, names.variant_name(session, of))
                reached[there] = (*reached[last], step)
                waiting.append(there)
    return reached


def _training(
    found: WeightTraining,
    weights: str,
    base: str | None,
    dataset: str | None,
    slug: str | None,
    layer: Layer | None,
    release: Release | None,
) -> TrainingLine:
    on = base or f"{dataset}/{slug}"
    if release is not None:
        on = f"{on}/{release.number}"
    if layer is not None:
        on = f"{on} {layer.kind}/{layer.name}@{layer.version}"
    return TrainingLine(
        weights=weights,
        how="trained on" if base is None else "made from",
        on=on,
        variant_id=found.variant_id,
        release_id=found.release_id,
        layer_id=found.layer_id,
        evidence=found.evidence,
        source_title=found.source_title,
        source_url=found.source_url,
        recorded_at=found.recorded_at,
    )


def _line(found: WeightFile, said: Iterable[TrainingLine]) -> WeightLine:
    return WeightLine(
        found.name, found.title, found.licence, found.sha256, found.size_bytes, found.recorded_at, tuple(said)
    )
