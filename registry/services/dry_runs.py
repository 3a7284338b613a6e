"""What would a policy do that nobody has published yet? Counted over a variant as it is; nothing is changed or kept.

It also says whom else it would concern: other variants that hold the same bytes, the label spaces and layers of labels
that name what vanishes, and the weights that have seen what goes.
"""

import tempfile
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
from sqlmodel import Session, col, select

from policies import findings
from policies.document import Policy
from policies.impact import ClassImpact, Impact
from policies.verdicts import Verdict
from registry.blobs import BlobStore
from registry.catalogue import manifests
from registry.catalogue.layers import content
from registry.catalogue.layers.kinds import Kind
from registry.errors import WrongStateError
from registry.models.datasets import Variant
from registry.queries import exposures, layers, names
from registry.queries.exposures import Exposure, Leaving
from registry.services import planning, policies, verdicts

FLOOR = 50
PENDING = planning.PENDING


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
        touched: whom else it would concern.
        exposed: weights that have seen, or may have seen, what goes.
        look_again: what is odd about the policy.
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
    touched: tuple[Touched, ...]
    exposed: tuple[Exposure, ...]
    look_again: tuple[str, ...]


def run(
    session: Session, blobs: BlobStore, variant_name: str, data: bytes, now: datetime, floor: int = FLOOR
) -> DryRun:
    """What the policy document would do to the variant's newest import, as things stand now.

    Raises:
        NotFoundError: there is no such variant.
        InvalidInputError: the document cannot be run as written, or leaves nothing; the sentence names lines.
        WrongStateError: nothing has been imported yet.
    """
    variant = names.variant(session, variant_name)
    parsed = policies.parse(data, policies.files_of(blobs, data))
    policies.expect_usable(parsed, now)
    newest = planning.newest_import(session, variant.id, variant_name)
    with tempfile.TemporaryDirectory(prefix="accession-dry-run-") as folder:
        gone = Path(folder) / "gone.parquet"
        with pq.ParquetWriter(gone, exposures.SCHEMA) as writer:
            found, _ = planning.measured(
                session,
                blobs,
                newest,
                parsed,
                verdicts.known(session, now),
                planning.in_force(session, blobs, variant_name),
                lambda batch: writer.write_batch(batch.select(["sha256"])),
            )
        touched = (*_variants(session, blobs, variant, gone), *_labels(session, blobs, found))
        leaving = Leaving(gone, (variant.id,), _vanishing(found))
        exposed = exposures.find(session, blobs, leaving)
    return _report(parsed, found, floor, touched, exposed)


def _report(
    parsed: Policy, found: Impact, floor: int, touched: tuple[Touched, ...], exposed: tuple[Exposure, ...]
) -> DryRun:
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
        touched=touched,
        exposed=exposed,
        look_again=tuple(map(str, findings.findings(parsed))),
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
                affected = sum(not vanishing.isdisjoint(_named(row)) for row in content.rows_of(file))
            if affected:
                touched.append(Touched(f"{line.variant} {line.label}", words, line.row_count, affected))
    return touched


def _vanishing(found: Impact) -> set[str]:
    """The classes of which nothing can be left."""
    return {label for label in found.vanishing() if label is not None}


def _named(row: content.Row) -> list[str]:
    """The synsets that a row of a label space, or of a layer of labels, names."""
    return [row[0]] if isinstance(row[-1], str) else list(row[-1])
