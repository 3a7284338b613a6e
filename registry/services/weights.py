"""Weights: what somebody has trained is on record, with what it was trained on and how that is known.

The file itself is never kept: its digest says which one is meant. What is on record is not taken back; a correction is
further evidence.
"""

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from pydantic import TypeAdapter, ValidationError
from sqlmodel import col, select

from registry import audit, ids
from registry.access import Permission, require
from registry.acts import Act
from registry.audit import Event
from registry.catalogue.layers.kinds import Kind
from registry.catalogue.seeds.document import Url
from registry.errors import InvalidInputError, WrongStateError
from registry.models.releases import ReleaseState
from registry.models.weights import WeightFile, WeightTraining
from registry.queries import layers, names
from registry.queries import weights as queries
from registry.services import imports
from registry.services.imports import VariantWords

EVIDENCE_LENGTH = 1000
NO_ASSERTION = imports.NO_ASSERTION
_SHA256 = re.compile(r"[0-9a-f]{64}")
_URL = TypeAdapter(Url)


@dataclass(frozen=True, slots=True)
class WeightWords:
    """What weights are called, their licence, and the digest and size of their file where these are known."""

    name: str
    title: str
    licence: str = NO_ASSERTION
    sha256: str | None = None
    size_bytes: int | None = None


@dataclass(frozen=True, slots=True)
class Evidence:
    """How it is known what weights saw: a sentence, and where that can be read."""

    sentence: str
    source_title: str
    source_url: str | None = None


@dataclass(frozen=True, slots=True)
class Training:
    """One thing that weights were trained on, or made from; exactly one of `on` and `made_from` is said.

    Attributes:
        on: `DATASET/VARIANT`, or a published release `DATASET/VARIANT/NUMBER`.
        label_space: a layer of synsets of the variant, as `synsets/NAME@VERSION`, where only its classes are known.
        made_from: the name of other weights that these began as.
    """

    evidence: Evidence
    on: str | None = None
    label_space: str | None = None
    made_from: str | None = None


def add(act: Act, words: WeightWords, trainings: Sequence[Training]) -> WeightFile:
    """The weights are on record; what was known of them before stays, and what is the same is on record once.

    Raises:
        ForbiddenError: the actor may not import.
        NotFoundError: there is no such variant, release, label space or set of weights.
        InvalidInputError: name, title, licence, digest or evidence will not do, or nothing says what they saw.
        WrongStateError: name or digest belong to other weights; or a release is not published.
    """
    require(act.actor, Permission.DATASET_IMPORT)
    _expect(words, trainings)
    found, is_new = _registered(act, words)
    recorded = sum(_record(act, found.id, training) for training in trainings)
    if recorded or is_new:
        audit.record(act, Event.WEIGHTS_RECORDED, "weights", found.name, sha256=found.sha256, evidence=recorded)
    return found


def _expect(words: WeightWords, trainings: Sequence[Training]) -> None:
    names.slug(words.name, "set of weights")
    imports.expect_words(VariantWords(words.title, words.licence))
    if words.sha256 is not None and not _SHA256.fullmatch(words.sha256):
        raise InvalidInputError("A SHA-256 has 64 small hexadecimal digits.")
    if not trainings:
        raise InvalidInputError("Say what these weights were trained on, or made from, and how that is known.")
    for training in trainings:
        said = training.evidence
        for text in (said.sentence, said.source_title):
            if not text.strip() or len(text) > EVIDENCE_LENGTH or not names.is_line(text):
                raise InvalidInputError(
                    f"Evidence and its source are one line of at most {EVIDENCE_LENGTH} characters."
                )
        if said.source_url is not None:
            _expect_url(said.source_url)


def _expect_url(url: str) -> None:
    try:
        _URL.validate_python(url)
    except ValidationError as error:
        raise InvalidInputError("A source is found under an address that begins with http:// or https://.") from error


def _registered(act: Act, words: WeightWords) -> tuple[WeightFile, bool]:
    """The row, and whether it says something that was not on record."""
    known = act.session.exec(select(WeightFile).where(WeightFile.name == words.name)).first()
    if words.sha256 is not None:
        same = act.session.exec(select(WeightFile).where(WeightFile.sha256 == words.sha256)).first()
        if same is not None and same is not known:
            raise WrongStateError(f"These very bytes are on record as {same.name}.", name=same.name)
    if known is None:
        known = WeightFile(
            id=ids.new_id(),
            name=words.name,
            title=words.title,
            licence=words.licence,
            sha256=words.sha256,
            size_bytes=words.size_bytes,
            recorded_by=act.actor.person(),
            recorded_at=act.now,
        )
        act.session.add(known)
        act.session.flush()
        return known, True
    if words.sha256 is not None and known.sha256 is None:
        known.sha256, known.size_bytes = words.sha256, words.size_bytes
        return known, True
    if words.sha256 is not None and known.sha256 != words.sha256:
        raise WrongStateError(f"{words.name} is on record with another digest.", name=words.name)
    return known, False


def _record(act: Act, weights_id: UUID, training: Training) -> bool:
    """Whether this was not on record with this evidence."""
    target = _target(act, weights_id, training)
    said = training.evidence
    parts = [*(str(target.get(name)) for name in queries.TARGETS), said.sentence, said.source_url or said.source_title]
    evidence_sha256 = hashlib.sha256("\n".join(parts).encode()).hexdigest()
    of = select(WeightTraining).where(WeightTraining.weights_id == weights_id)
    if act.session.exec(of.where(col(WeightTraining.evidence_sha256) == evidence_sha256)).first() is not None:
        return False
    act.session.add(
        WeightTraining(
            id=ids.new_id(),
            weights_id=weights_id,
            **target,
            evidence=said.sentence,
            evidence_sha256=evidence_sha256,
            source_title=said.source_title,
            source_url=said.source_url,
            recorded_by=act.actor.person(),
            recorded_at=act.now,
        )
    )
    act.session.flush()
    return True


def _target(act: Act, weights_id: UUID, training: Training) -> dict[str, UUID]:
    """The columns that say what is meant."""
    if training.made_from is not None:
        base = queries.find(act.session, training.made_from)
        if weights_id in queries.ancestors(act.session, base.id):
            raise WrongStateError(f"{training.made_from} was made from these very weights.")
        return {"base_id": base.id}
    name = training.on or ""
    if name.count("/") == names.RELEASE_PARTS - 1:
        release = names.release(act.session, name)
        if release.state is not ReleaseState.PUBLISHED:
            raise WrongStateError(f"{name} is {release.state}; weights are trained on what was published.")
        return {"variant_id": release.variant_id, "release_id": release.id}
    variant = names.variant(act.session, name)
    if training.label_space is None:
        return {"variant_id": variant.id}
    layer = layers.read_layer(act.session, name, training.label_space)
    if layer.kind is not Kind.SYNSETS:
        raise InvalidInputError(f"{training.label_space} is no label space, such as synsets/classes@1.")
    return {"variant_id": variant.id, "layer_id": layer.id}
