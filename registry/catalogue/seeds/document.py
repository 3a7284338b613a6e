"""What does a seed file say? YAML in, one frozen document out; every problem is named with its line."""

from collections.abc import Iterator
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, StringConstraints, ValidationError

from policies import patterns, strict_yaml
from policies.errors import PolicyError
from policies.problems import Loc, problem_at, problems_of
from policies.strict_yaml import Node
from registry.errors import InvalidInputError
from registry.proof.datasheet import Licence

_SLUG = r"^[a-z0-9][a-z0-9.-]{0,63}$"
Slug = Annotated[str, StringConstraints(pattern=_SLUG)]
Line = Annotated[str, StringConstraints(min_length=1, max_length=200, pattern=r"^[^\n\r]+$")]
Sentence = Annotated[str, StringConstraints(min_length=1, max_length=1000)]
Url = Annotated[str, StringConstraints(max_length=500, pattern=r"^https?://[^\s]+$")]
Key = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]*$", max_length=64)]
Sha256 = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
Md5 = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{32}$")]
Digest = Annotated[str, StringConstraints(pattern=r"^sha256:[0-9a-f]{64}$")]


class RelationKind(StrEnum):
    """What one variant is to another."""

    DERIVED_FROM = "derived-from"
    SUBSET_OF = "subset-of"
    RELABELS = "relabels"
    REPLACES = "replaces"


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Source(_Part):
    """Where a claim can be read."""

    title: Sentence
    url: Url


class Terms(_Part):
    """Under which terms the variant is handed out, in one sentence."""

    sentence: Sentence
    source: Key


class Count(_Part):
    """How many of something there are, as published."""

    what: Line
    count: int
    source: Key


class Archive(_Part):
    """A file in which the variant was handed out; a digest that nobody has published is left out.

    `also` are further sources: of a second digest, or of the same one.
    """

    name: Line
    url: Url | None = None
    size: Line | None = None
    size_bytes: int | None = None
    md5: Md5 | None = None
    sha256: Sha256 | None = None
    source: Key
    also: tuple[Key, ...] = ()


class Classes(_Part):
    """The label space: how many synsets, and the digest of their ids, sorted, each with LF."""

    count: int
    digest: Digest | None = None
    source: Key


class Names(_Part):
    """How the variant's files are called: a pattern (RE2) that the whole bare name matches."""

    pattern: Line
    source: Key


class Relation(_Part):
    """What the variant is to another one of the same seed, and how that is known."""

    kind: RelationKind
    to: Slug
    evidence: Sentence
    source: Key


class SeedVariant(_Part):
    """One variant."""

    name: Slug
    title: Line
    summary: Sentence
    licence: Licence
    terms: Terms | None = None
    counts: tuple[Count, ...] = ()
    archives: tuple[Archive, ...] = ()
    classes: Classes | None = None
    names: Names | None = None
    relations: tuple[Relation, ...] = ()
    unknown: tuple[Line, ...] = ()


class TrainedOn(_Part):
    """A variant of the same seed that weights were trained on, and how that is known."""

    to: Slug
    evidence: Sentence
    source: Key


class MadeFrom(_Part):
    """Other weights of the same seed that these were made from, and how that is known."""

    weights: Slug
    evidence: Sentence
    source: Key


class SeedWeights(_Part):
    """A published set of weights; a digest that nobody has published is left out."""

    name: Slug
    title: Line
    licence: Licence
    sha256: Sha256 | None = None
    trained_on: tuple[TrainedOn, ...] = ()
    made_from: tuple[MadeFrom, ...] = ()


class Seed(_Part):
    """A dataset's variants and the weights that were trained on them, as they are known to the world."""

    format: Literal["accession-seed/1"]
    dataset: Slug
    title: Line
    sources: dict[Key, Source]
    variants: tuple[SeedVariant, ...]
    weights: tuple[SeedWeights, ...] = ()


def parse(data: bytes) -> Seed:
    """The seed that the bytes spell.

    Raises:
        InvalidInputError: they spell none; every problem that could be found, with its line.
    """
    try:
        return _parsed(strict_yaml.read(data))
    except PolicyError as error:
        raise InvalidInputError(f"This is no seed: {error}") from error


def _parsed(root: Node) -> Seed:
    try:
        seed = Seed.model_validate(root.plain())
    except ValidationError as error:
        raise PolicyError(*problems_of(error, root, Seed)) from error
    problems = [problem_at(root, loc, sentence) for loc, sentence in _contradictions(seed)]
    if problems:
        raise PolicyError(*problems)
    return seed


def cited(variant: SeedVariant) -> set[str]:
    """The sources that the variant names, its relations' left out."""
    return {key for loc, key in _sources(variant) if loc[0] != "relations"}


def _contradictions(seed: Seed) -> Iterator[tuple[Loc, str]]:
    """What cannot be true of the document as a whole."""
    if not seed.variants:
        yield ("variants",), "A seed without a variant says nothing."
    known: set[str] = set()
    for place, variant in enumerate(seed.variants):
        if variant.name in known:
            yield ("variants", place, "name"), f"`{variant.name}` stands here for a second time."
        known.add(variant.name)
    for place, variant in enumerate(seed.variants):
        for loc, key in _sources(variant):
            yield from _unknown_source(seed, ("variants", place, *loc), key)
        yield from _relations(place, variant, known)
        if variant.names is not None and not _compiles(variant.names.pattern):
            yield ("variants", place, "names", "pattern"), "This is no pattern."
    yield from _circles(seed)
    yield from _weights(seed, known)


def _weights(seed: Seed, variants: set[str]) -> Iterator[tuple[Loc, str]]:
    """What cannot be true of weights; they can be made from those that stand above them only, so in no circle."""
    known: set[str] = set()
    for place, weights in enumerate(seed.weights):
        if weights.name in known:
            yield ("weights", place, "name"), f"`{weights.name}` stands here for a second time."
        if not weights.trained_on and not weights.made_from:
            yield ("weights", place, "name"), "Say what these weights were trained on, or made from."
        for number, trained in enumerate(weights.trained_on):
            loc: Loc = ("weights", place, "trained_on", number)
            if trained.to not in variants:
                yield (*loc, "to"), f"`{trained.to}` is none of the variants."
            yield from _unknown_source(seed, (*loc, "source"), trained.source)
        for number, made in enumerate(weights.made_from):
            loc = ("weights", place, "made_from", number)
            if made.weights not in known:
                yield (*loc, "weights"), f"`{made.weights}` is none of the weights above."
            yield from _unknown_source(seed, (*loc, "source"), made.source)
        known.add(weights.name)


def _unknown_source(seed: Seed, loc: Loc, source: str) -> Iterator[tuple[Loc, str]]:
    if source not in seed.sources:
        yield loc, f"`{source}` is none of the sources."


def _sources(variant: SeedVariant) -> Iterator[tuple[Loc, str]]:
    for name in ("terms", "classes", "names"):
        part = getattr(variant, name)
        if part is not None:
            yield (name, "source"), part.source
    for name in ("counts", "archives", "relations"):
        for place, part in enumerate(getattr(variant, name)):
            yield (name, place, "source"), part.source
    for place, archive in enumerate(variant.archives):
        for number, key in enumerate(archive.also):
            yield ("archives", place, "also", number), key


def _relations(place: int, variant: SeedVariant, known: set[str]) -> Iterator[tuple[Loc, str]]:
    seen: set[tuple[RelationKind, str]] = set()
    for number, relation in enumerate(variant.relations):
        loc = ("variants", place, "relations", number, "to")
        if relation.to not in known:
            yield loc, f"`{relation.to}` is none of the variants."
        if relation.to == variant.name:
            yield loc, "A variant has no relation to itself."
        if (relation.kind, relation.to) in seen:
            yield loc, "This relation is told twice."
        seen.add((relation.kind, relation.to))


def _circles(seed: Seed) -> Iterator[tuple[Loc, str]]:
    """Relations of one kind by which a variant would come from itself."""
    for kind in RelationKind:
        to = {it.name: [r.to for r in it.relations if r.kind is kind] for it in seed.variants}
        for place, variant in enumerate(seed.variants):
            if variant.name in _reached(to, variant.name):
                yield ("variants", place, "relations"), f"By {kind} the variant `{variant.name}` leads back to itself."


def _reached(to: dict[str, list[str]], start: str) -> set[str]:
    found: set[str] = set()
    waiting = list(to[start])
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting += to.get(name, [])
    return found


def _compiles(pattern: str) -> bool:
    try:
        patterns.compiled(pattern)
    except ValueError:
        return False
    return True
