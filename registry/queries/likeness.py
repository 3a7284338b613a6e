"""What is this folder? Compared with every known variant: by the bytes of its files, by its classes, by their names.

Bytes are compared with what was imported; classes with the label spaces that lie here as lists, or that are known by
their digest; names and numbers of files with what is published about a variant. Nothing is recorded.
"""

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from sqlmodel import Session, select

from policies import patterns
from policies.synsets import is_wnid
from registry.blobs import BlobStore
from registry.catalogue import manifests
from registry.catalogue.entries import SourceEntry
from registry.catalogue.layers import content
from registry.catalogue.layers.kinds import Kind
from registry.catalogue.manifests import Overlap, Relation
from registry.errors import InvalidInputError
from registry.models.imports import Import, ImportState
from registry.queries import layers, lineage, names
from registry.queries.lineage import Description

DIFFERENCES_SHOWN = 5
LISTED_LINES = 20_000
# Names of a pattern may be shared by several variants, and so prove less than bytes or classes do.
NAMES_WEIGHT = 0.5


# A line of coreutils' sha256sum: digest, blank, blank or asterisk, name.
_SUM = re.compile(r"([0-9a-f]{64}) [ *](.+)")


class By(StrEnum):
    """What was compared."""

    IMAGES = "images"
    CLASSES = "classes"
    NAMES = "names"


@dataclass(frozen=True, slots=True)
class Seen:
    """What there is to compare.

    Attributes:
        manifest: of a folder or a list; None where only classes are known.
        classes: its class names.
        files: its bare file names.
    """

    manifest: Path | None
    classes: frozenset[str]
    files: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Likeness:
    """How what was seen is like one known variant.

    Attributes:
        variant: `DATASET/VARIANT`.
        by: what was compared.
        relation: what the one is to the other.
        confidence: from 0 to 1; of images and classes, the part of both that is in both.
        shared: images, classes or names in both.
        only_here: of these, not there; null where that cannot be told.
        only_there: of these, not here; null as above.
        examples: a few that are not in both, with where they are.
        overlap: of images, the whole comparison.
    """

    variant: str
    by: By
    relation: str
    confidence: float
    shared: int
    only_here: int | None
    only_there: int | None
    examples: tuple[str, ...] = ()
    overlap: Overlap | None = None


def seen(manifest: Path) -> Seen:
    """What a manifest shows."""
    classes = {it.label for it in manifests.labels(manifest) if it.label is not None}
    files = tuple(entry.path.rpartition("/")[2] for entry in manifests.iter_source(manifest))
    return Seen(manifest, frozenset(classes), files)


def listed(text: str, folder: Path) -> Seen:
    """What a list shows that somebody has typed: lines of `sha256sum`, of file names, or of class names.

    Args:
        text: the list.
        folder: where a manifest of it may lie as long as it is needed.

    Raises:
        InvalidInputError: the list is empty, or longer than `LISTED_LINES`.
    """
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    if not lines or len(lines) > LISTED_LINES:
        raise InvalidInputError(f"A list has 1 to {LISTED_LINES:,} lines.")
    sums = {match[2]: match[1] for line in lines if (match := _SUM.fullmatch(line))}
    bare = [line for line in lines if not _SUM.fullmatch(line)]
    paths = [*sums, *(line for line in bare if "." in line)]
    classes = {path.split("/")[0] for path in paths if "/" in path} | {line for line in bare if "." not in line}
    if not sums:
        return Seen(None, frozenset(classes), tuple(path.rpartition("/")[2] for path in paths))
    # Sizes are not compared; a row with a digest has one.
    entries = [SourceEntry(path, size_bytes=0, sha256=sums[path]) for path in sorted(sums)]
    manifests.write_source(entries, folder / "listed.parquet")
    return Seen(folder / "listed.parquet", frozenset(classes), tuple(path.rpartition("/")[2] for path in paths))


def identify(session: Session, blobs: BlobStore, what: Seen) -> tuple[Likeness, ...]:
    """The known variants that share anything with what was seen, the likeliest first."""
    described = lineage.descriptions(session)
    found = [
        *_by_images(session, blobs, what.manifest),
        *_by_classes(session, blobs, what.classes, described),
        *_by_names(what.files, described),
    ]
    return tuple(sorted(found, key=lambda it: (-it.confidence, it.by, it.variant)))


def compare(session: Session, blobs: BlobStore, here: Path, variant: str) -> Likeness | None:
    """How a manifest is like the newest import of a variant; None where nothing was imported into it."""
    sha256 = layers.newest_manifest(session, variant)
    if sha256 is None:
        return None
    with manifests.opened(blobs, sha256) as there:
        found = manifests.overlap(here, there)
    missing = found.only_there
    return Likeness(
        variant, By.IMAGES, found.relation, found.confidence, found.known, found.here - found.known, missing, (), found
    )


def _by_images(session: Session, blobs: BlobStore, here: Path | None) -> Iterable[Likeness]:
    if here is None:
        return
    done = select(Import.variant_id).where(Import.state == ImportState.DONE).distinct()
    for name in sorted(names.variant_name(session, variant_id) for variant_id in session.exec(done)):
        found = compare(session, blobs, here, name)
        if found is not None and found.shared:
            yield found


def _by_classes(
    session: Session, blobs: BlobStore, classes: frozenset[str], described: tuple[Description, ...]
) -> Iterable[Likeness]:
    mine = frozenset(filter(is_wnid, classes))
    if not mine:
        return
    listed = set()
    for layer in layers.newest(session, Kind.SYNSETS):
        with layers.opened(blobs, layer) as file:
            theirs = frozenset(synset for (synset,) in content.rows_of(file))
        listed.add(digest_of(theirs))
        if mine & theirs:
            yield _of_sets(f"{layer.variant} ({layer.label})", mine, theirs)
    digest = digest_of(mine)
    for it in described:
        if it.said.classes is not None and it.said.classes.digest == digest and digest not in listed:
            yield Likeness(it.variant, By.CLASSES, Relation.IDENTICAL, 1.0, len(mine), 0, 0)


def _of_sets(name: str, mine: frozenset[str], theirs: frozenset[str]) -> Likeness:
    shared, here, there = mine & theirs, sorted(mine - theirs), sorted(theirs - mine)
    relation = Relation.OVERLAPPING
    if not here or not there:
        relation = Relation.PART if not here else Relation.WHOLE
    if not here and not there:
        relation = Relation.IDENTICAL
    examples = [f"{it} only here" for it in here[:DIFFERENCES_SHOWN]]
    examples += [f"{it} only there" for it in there[:DIFFERENCES_SHOWN]]
    confidence = len(shared) / len(mine | theirs)
    return Likeness(name, By.CLASSES, relation, confidence, len(shared), len(here), len(there), tuple(examples))


def _by_names(files: tuple[str, ...], described: tuple[Description, ...]) -> Iterable[Likeness]:
    for it in described:
        if it.said.names is None or not files:
            continue
        pattern = patterns.compiled(it.said.names.pattern)
        matching = sum(1 for name in files if pattern.fullmatch(name))
        if not matching:
            continue
        numbers = {count.count: count.what for count in it.said.counts}
        said = numbers.get(len(files))
        relation = "named alike" if said is None else f"named alike, and as many as its {said}"
        confidence = NAMES_WEIGHT * matching / len(files) if said is None else matching / len(files)
        yield Likeness(it.variant, By.NAMES, relation, confidence, matching, len(files) - matching, None)


def digest_of(synsets: Iterable[str]) -> str:
    """What a label space is known by: its sorted ids, each with LF."""
    lines = "".join(f"{synset}\n" for synset in sorted(synsets))
    return f"sha256:{hashlib.sha256(lines.encode()).hexdigest()}"
