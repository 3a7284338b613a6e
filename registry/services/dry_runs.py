"""What would a policy do that nobody has published yet? Counted over a variant as it is; nothing is changed.

`effect` is cheap enough to be asked while somebody types. `beyond` looks at every image that would go, and says whom
else that would concern: other variants that hold the same bytes, and the label spaces and layers of labels that name
what vanishes, and the weights that have seen what goes; and it looks for rules that never matter.
"""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from sqlmodel import Session, col, select

from policies import findings, impact, vectorised
from policies.document import Policy
from policies.impact import ClassImpact, Impact
from policies.verdicts import Verdict
from registry.blobs import BlobStore
from registry.catalogue import manifests
from registry.catalogue.layers import content
from registry.catalogue.layers.kinds import Kind
from registry.errors import WrongStateError
from registry.kept import Kept
from registry.models.datasets import Variant
from registry.models.imports import Import
from registry.queries import exposures, layers, names
from registry.queries.exposures import Exposure, Leaving
from registry.services import evidence, planning, policies, verdicts
from registry.services.verdicts import Stops

FLOOR = 50
PENDING = planning.PENDING
# What an account counts by beside what decides.
_COUNTED = frozenset({"label", "split", "rights_conflicts"})


@dataclass(frozen=True, slots=True)
class Touched:
    """Something that holds what would go.

    Attributes:
        what: a variant, or the label of a layer.
        kind: `variant`, `label space` or `labels`.
        total: images, synsets or labelled images of it.
        affected: how many of these would go, or name what vanishes.
    """

    what: str
    kind: str
    total: int
    affected: int


@dataclass(frozen=True, slots=True)
class Beyond:
    """What is to be said about a policy beyond its account of one variant.

    Attributes:
        touched: whom else it would concern.
        exposed: weights that have seen, or may have seen, what goes.
        look_again: what is odd about the document.
    """

    touched: tuple[Touched, ...]
    exposed: tuple[Exposure, ...]
    look_again: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DryRun:
    """The effect of a policy on a variant.

    Attributes:
        policy: `NAME@VERSION` as the document says it.
        digest: of the document.
        total: images of the variant's newest import.
        verdicts, reasons: as a plan keeps them.
        rules: number of images that each rule decides; those that wait are not counted.
        splits: the same as `verdicts` for each split that the images tell of.
        classes: before and after, for each class.
        vanishing: classes of which nothing can be left.
        under_floor: classes that had at least `floor` images, and may have fewer.
        floor: as it was asked for.
        changes: against the policy in force.
        examples: for each rule that excludes images, the paths of some of them.
        beyond: what takes longer to find out; None where nobody has asked.
    """

    policy: str
    digest: str
    total: int
    verdicts: dict[str, int]
    reasons: dict[str, dict[str, int]]
    rules: dict[str, int]
    splits: dict[str, dict[str, int]]
    classes: tuple[ClassImpact, ...]
    vanishing: tuple[str, ...]
    under_floor: tuple[str, ...]
    floor: int
    changes: list[dict[str, Any]]
    examples: dict[str, tuple[str, ...]]
    beyond: Beyond | None = None


def run(
    session: Session, blobs: BlobStore, kept: Kept, variant_name: str, data: bytes, now: datetime, floor: int = FLOOR
) -> DryRun:
    """What the policy document would do to the variant's newest import, and beyond; raises as `effect`."""
    found = effect(session, blobs, kept, variant_name, data, now, floor)
    return replace(found, beyond=beyond(session, blobs, kept, variant_name, data, now))


def effect(
    session: Session,
    blobs: BlobStore,
    kept: Kept,
    variant_name: str,
    data: bytes,
    now: datetime,
    floor: int = FLOOR,
) -> DryRun:
    """What the policy document would do to the variant's newest import, as things stand now.

    Raises:
        NotFoundError: there is no such variant.
        InvalidInputError: the document cannot be run as written, or leaves nothing; the sentence names lines.
        WrongStateError: nothing has been imported yet.
    """
    asked = _asked(session, blobs, variant_name, data, now)
    before = planning.in_force(session, blobs, variant_name)
    policies_asked = (asked.policy, *([before] if before else []))
    columns = vectorised.columns_of(*policies_asked) | _COUNTED
    with _groups(session, blobs, kept, asked, policies_asked, columns) as batches:
        found = impact.measure(asked.policy, batches, before)
    return _report(asked.policy, found, floor)


def beyond(session: Session, blobs: BlobStore, kept: Kept, variant_name: str, data: bytes, now: datetime) -> Beyond:
    """What is to be said about the policy document beyond its account of the variant; raises as `effect`."""
    asked = _asked(session, blobs, variant_name, data, now)
    columns = vectorised.columns_of(asked.policy) | {"label", "sha256"}
    with tempfile.TemporaryDirectory(prefix="accession-dry-run-") as folder:
        gone = Path(folder) / "gone.parquet"
        with (
            pq.ParquetWriter(gone, exposures.SCHEMA) as writer,
            _groups(session, blobs, kept, asked, (asked.policy,), columns) as batches,
        ):
            found = impact.measure(
                asked.policy, batches, gone=lambda batch: writer.write_batch(batch.select(["sha256"]))
            )
        touched = (*_variants(session, blobs, asked.variant, gone), *_labels(session, blobs, found))
        exposed = exposures.find(session, blobs, Leaving(gone, (asked.variant.id,), _vanishing(found)))
    return Beyond(touched, exposed, tuple(map(str, findings.findings(asked.policy))))


@dataclass(frozen=True, slots=True)
class _Asked:
    variant: Variant
    policy: Policy
    newest: Import
    stopped: Stops


def _asked(session: Session, blobs: BlobStore, variant_name: str, data: bytes, now: datetime) -> _Asked:
    variant = names.variant(session, variant_name)
    parsed = policies.parse(data, policies.files_of(blobs, data))
    policies.expect_usable(parsed, now)
    newest = planning.newest_import(session, variant.id, variant_name)
    return _Asked(variant, parsed, newest, verdicts.known(session, now))


@contextmanager
def _groups(
    session: Session,
    blobs: BlobStore,
    kept: Kept,
    asked: _Asked,
    asking: tuple[Policy, ...],
    columns: frozenset[str],
) -> Iterator[Iterator[pa.RecordBatch]]:
    """The facts that these policies ask for, of images or of groups of them."""
    pinned = evidence.newest(session, asked.variant.id, *asking)
    manifest = planning.manifest_of(asked.newest)
    with evidence.groups(blobs, kept, manifest, pinned, asked.stopped, columns) as batches:
        yield batches


def _report(parsed: Policy, found: Impact, floor: int) -> DryRun:
    splits: dict[str, dict[str, int]] = {}
    for (split, outcome), count in found.splits.items():
        word = outcome.action.value if isinstance(outcome, Verdict) else PENDING
        counts = splits.setdefault(split, {})
        counts[word] = counts.get(word, 0) + count
    return DryRun(
        policy=f"{parsed.name}@{parsed.document.version}",
        digest=parsed.digest,
        total=found.total,
        verdicts=planning.by_verdict(found),
        reasons=planning.by_reason(found),
        rules=dict(found.by_rule()),
        splits=splits,
        classes=found.classes,
        vanishing=tuple(label or "" for label in found.vanishing()),
        under_floor=tuple(label or "" for label in found.under(floor)),
        floor=floor,
        changes=[planning.described(change) for change in found.changes],
        examples=dict(found.examples),
    )


def _variants(session: Session, blobs: BlobStore, variant: Variant, gone: Path) -> list[Touched]:
    """Other variants that hold bytes which would go."""
    found = []
    for other in session.exec(select(Variant).where(col(Variant.id) != variant.id)):
        name = names.variant_name(session, other.id)
        try:
            newest = planning.newest_import(session, other.id, name)
        except WrongStateError:
            continue
        with manifests.opened(blobs, planning.manifest_of(newest)) as file:
            affected = manifests.count_shared(file, gone)
        if affected:
            found.append(Touched(name, "variant", newest.row_count or 0, affected))
    return found


def _labels(session: Session, blobs: BlobStore, found: Impact) -> list[Touched]:
    """Label spaces and layers of labels, over all variants, that name what vanishes."""
    vanishing = _vanishing(found)
    touched = []
    for kind, words in ((Kind.SYNSETS, "label space"), (Kind.LABELS, "labels")):
        for line in layers.newest(session, kind) if vanishing else ():
            with layers.opened(blobs, line) as file:
                affected = content.count_naming(kind, file, vanishing)
            if affected:
                touched.append(Touched(f"{line.variant} {line.label}", words, line.row_count, affected))
    return touched


def _vanishing(found: Impact) -> set[str]:
    """The classes of which nothing can be left."""
    return {label for label in found.vanishing() if label is not None}
