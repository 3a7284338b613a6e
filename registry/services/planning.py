"""Planning: what a policy would do to a variant, shown before anything is built, and the release that is to do it."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlmodel import Session, select

from policies import impact
from policies.document import Policy as Document
from policies.evaluate import Pending
from policies.impact import Impact, Outcome
from policies.procedures import Kind
from policies.verdicts import Action
from registry import audit, ids
from registry.access import Permission, require
from registry.acts import Act
from registry.audit import Event
from registry.blobs import BlobStore
from registry.errors import WrongStateError
from registry.models.faces import ReleaseFaces
from registry.models.imports import Import
from registry.models.policies import Policy
from registry.models.releases import Release, ReleaseState
from registry.queries import names, procedures, releases
from registry.services import evidence, overlays, policies, verdicts
from registry.services.known_faces import NOTHING_KNOWN, Chosen
from registry.services.verdicts import Stops

PENDING = "pending"


@dataclass(frozen=True, slots=True)
class Recipe:
    """How pixels will be changed: the recipe's name and the SHA-256 of its canonical bytes in the blob store."""

    name: str
    sha256: str


@dataclass(frozen=True, slots=True)
class Preview:
    """What the policy says about every image of the newest import, before any pixel is looked at.

    Attributes:
        verdicts: number of images by verdict, and under `pending` those that wait until faces have been looked for.
        reasons: number of images by verdict and reason.
        vanishing: classes of which nothing can be left; the empty name stands for images without a class.
        changes: against the policy of the newest published release, the most frequent first.
        layers: what else is known of the images; the build will ask these and no newer ones.
        exceptions: what is granted for single images now; a build uses these as far as they are still in force.
        reviewed: what people have decided about images that rules sent to review; a build uses exactly these.
        conflicts_released: images that may stay although their evidence of rights contradicts itself.
        valid_until: the last day of the policy, as it writes it; None where it says none.
        procedure: digest of the procedure by which the release will be approved.
    """

    variant_id: UUID
    import_id: UUID
    policy_id: UUID
    row_count: int
    verdicts: dict[str, int]
    reasons: dict[str, dict[str, int]]
    vanishing: list[str]
    changes: list[dict[str, Any]]
    layers: list[evidence.Pinned]
    procedure: str
    conflicts_released: int = 0
    exceptions: dict[str, str] = field(default_factory=dict)
    reviewed: dict[str, dict[str, str]] = field(default_factory=dict)
    valid_until: str | None = None

    def as_json(self) -> dict[str, Any]:
        """The counts, as `Release.plan` keeps them."""
        return {
            "rows": self.row_count,
            "verdicts": self.verdicts,
            "reasons": self.reasons,
            "vanishing": self.vanishing,
            "changes": self.changes,
            "layers": self.layers,
            "conflicts_released": self.conflicts_released,
            "exceptions": self.exceptions,
            "reviewed": self.reviewed,
            "procedure": self.procedure,
        }


def preview(session: Session, blobs: BlobStore, variant_name: str, policy_name: str, now: datetime) -> Preview:
    """The policy's effect on the variant's newest import, as things stand now; changes nothing.

    Raises:
        NotFoundError: there is no such variant or policy.
        WrongStateError: nothing has been imported yet.
    """
    variant = names.variant(session, variant_name)
    policy = names.policy(session, policy_name)
    newest = newest_import(session, variant.id, variant_name)
    document = policies.load(blobs, policy)
    known = verdicts.known(session, now)
    found, pinned = measured(session, blobs, newest, document, known, in_force(session, blobs, variant_name))
    return Preview(
        variant_id=variant.id,
        import_id=newest.id,
        policy_id=policy.id,
        row_count=found.total,
        verdicts=by_verdict(found),
        reasons=by_reason(found),
        vanishing=[label or "" for label in found.vanishing()],
        changes=[described(change) for change in found.changes],
        layers=pinned,
        procedure=procedures.in_force(session, Kind.RELEASE_APPROVAL, now),
        conflicts_released=found.conflicts_stay,
        exceptions={digest: action.value for digest, action in known.excepted.items()},
        reviewed={digest: {reason: it.value for reason, it in said} for digest, said in known.reviewed.items()},
        valid_until=document.document.valid_until,
    )


def in_force(session: Session, blobs: BlobStore, variant_name: str) -> Document | None:
    """The policy of the newest published release; None before the first."""
    newest = releases.newest_published(session, variant_name)
    return None if newest is None else policies.load(blobs, session.get_one(Policy, newest.policy_id))


def newest_import(session: Session, variant_id: UUID, variant_name: str) -> Import:
    """The variant's newest finished import.

    Raises:
        WrongStateError: there is none.
    """
    found = names.newest_import(session, variant_id)
    if found is None:
        raise WrongStateError(f"Nothing has been imported into {variant_name} yet.")
    return found


def measured(
    session: Session,
    blobs: BlobStore,
    newest: Import,
    document: Document,
    stopped: Stops,
    before: Document | None,
) -> tuple[Impact, list[evidence.Pinned]]:
    """What the policy would do to the images of an import, against what was in force before; and the layers asked."""
    pinned = evidence.newest(session, newest.variant_id, document, *([before] if before else []))
    with evidence.facts(blobs, manifest_of(newest), pinned, stopped) as batches:
        return impact.measure(document, batches, before), pinned


def _word(outcome: Outcome) -> str:
    return PENDING if isinstance(outcome, Pending) else outcome.action.value


def _reasons(outcome: Outcome) -> tuple[str, ...]:
    if isinstance(outcome, Pending):
        return tuple(f"{fact}-not-looked-for-yet" for fact in sorted(outcome.needs))
    return outcome.reasons


def by_verdict(found: Impact) -> dict[str, int]:
    """Number of images by verdict, those that wait under `pending`."""
    counts: Counter[str] = Counter({**{action.value: 0 for action in Action}, PENDING: 0})
    for outcome, count in found.outcomes.items():
        counts[_word(outcome)] += count
    return dict(counts)


def by_reason(found: Impact) -> dict[str, dict[str, int]]:
    """Number of images by verdict and reason."""
    counts: dict[str, Counter[str]] = {}
    for outcome, count in found.outcomes.items():
        counts.setdefault(_word(outcome), Counter()).update(dict.fromkeys(_reasons(outcome), count))
    return {verdict: dict(sorted(reasons.items())) for verdict, reasons in counts.items()}


def described(change: impact.Change) -> dict[str, Any]:
    """A change as a plan keeps it."""
    return {
        "before": _word(change.before),
        "after": _word(change.after),
        "reasons": list(_reasons(change.after)),
        "count": change.count,
        "example": change.example,
    }


def manifest_of(done: Import) -> str:
    """The SHA-256 of a finished import's manifest.

    Raises:
        WrongStateError: the import is not finished.
    """
    if done.manifest_sha256 is None:
        raise WrongStateError("This import is not finished.")
    return done.manifest_sha256


def plan(act: Act, shown: Preview, recipe: Recipe, known: Chosen = NOTHING_KNOWN) -> Release:
    """A planned release that will do what the preview showed.

    Args:
        act: the act of the planner.
        shown: what they saw.
        recipe: how pixels are changed.
        known: which faces are known beforehand, besides what people decide.

    Raises:
        ForbiddenError: the actor may not plan releases.
        WrongStateError: a newer import was finished since the preview, another procedure is in force, nothing is left,
            the policy's time is over, or the variant pins others.
    """
    require(act.actor, Permission.RELEASE_PLAN)
    variant_name = names.variant_name(act.session, shown.variant_id)
    if newest_import(act.session, shown.variant_id, variant_name).id != shown.import_id:
        raise WrongStateError(f"{variant_name} was imported again since the plan was shown; look at it again.")
    if procedures.in_force(act.session, Kind.RELEASE_APPROVAL, act.now) != shown.procedure:
        raise WrongStateError("Releases are approved by another procedure since the plan was shown; look at it again.")
    overlays.expect_pinned(act.session, variant_name, act.session.get_one(Policy, shown.policy_id))
    if not any(count for verdict, count in shown.verdicts.items() if verdict != Action.EXCLUDE.value):
        raise WrongStateError(f"This policy would exclude every image of {variant_name}; nothing would be released.")
    if shown.valid_until is not None and shown.valid_until < act.now.date().isoformat():
        raise WrongStateError(f"This policy was valid until {shown.valid_until}; publish a version that still is.")
    release = Release(
        id=ids.new_id(),
        variant_id=shown.variant_id,
        number=_next_number(act, shown.variant_id),
        state=ReleaseState.PLANNED,
        import_id=shown.import_id,
        policy_id=shown.policy_id,
        recipe_name=recipe.name,
        recipe_sha256=recipe.sha256,
        plan=shown.as_json(),
        planned_by=act.actor.person(),
        planned_at=act.now,
    )
    act.session.add(release)
    act.session.flush()
    if known != NOTHING_KNOWN:
        layer_id = None if known.layer is None else known.layer.id
        act.session.add(ReleaseFaces(release_id=release.id, layer_id=layer_id, is_detected=known.is_detected))
    audit.record(act, Event.RELEASE_PLANNED, "release", names.release_label(act.session, release), rows=shown.row_count)
    return release


def _next_number(act: Act, variant_id: UUID) -> str:
    numbers = act.session.exec(select(Release.number).where(Release.variant_id == variant_id))
    year = f"{act.now.year}."
    used = [int(number.removeprefix(year)) for number in numbers if number.startswith(year)]
    return f"{year}{max(used, default=0) + 1}"
