"""Planning: what a policy would do to a variant, shown before anything is built, and the release that is to do it."""

from collections import Counter
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlmodel import Session, col, select

from policies.evaluate import Pending
from policies.verdicts import Verdict
from registry import audit, ids
from registry.access import Permission, require
from registry.acts import Act
from registry.audit import Event
from registry.blobs import BlobStore
from registry.catalogue import manifests
from registry.errors import WrongStateError
from registry.models.imports import Import, ImportState
from registry.models.policies import Policy
from registry.models.releases import Release, ReleaseState
from registry.queries import names
from registry.services import policies, verdicts

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
        labels: number of images by label and verdict.
    """

    variant_id: UUID
    import_id: UUID
    policy_id: UUID
    row_count: int
    verdicts: dict[str, int]
    reasons: dict[str, dict[str, int]]
    labels: dict[str, dict[str, int]]

    def as_json(self) -> dict[str, Any]:
        """The counts, as `Release.plan` keeps them."""
        return {"rows": self.row_count, "verdicts": self.verdicts, "reasons": self.reasons, "labels": self.labels}


def preview(session: Session, blobs: BlobStore, variant_name: str, policy_name: str) -> Preview:
    """The policy's effect on the variant's newest import; changes nothing.

    Raises:
        NotFoundError: there is no such variant or policy.
        WrongStateError: nothing has been imported yet.
    """
    variant = names.variant(session, variant_name)
    policy = names.policy(session, policy_name)
    newest = newest_import(session, variant.id, variant_name)
    tally = _tally(session, blobs, newest, policy)
    return Preview(variant.id, newest.id, policy.id, tally.row_count, *tally.as_dicts())


def newest_import(session: Session, variant_id: UUID, variant_name: str) -> Import:
    """The variant's newest finished import.

    Raises:
        WrongStateError: there is none.
    """
    statement = (
        select(Import)
        .where(Import.variant_id == variant_id, Import.state == ImportState.DONE)
        .order_by(col(Import.finished_at).desc(), col(Import.id).desc())
    )
    found = session.exec(statement).first()
    if found is None:
        raise WrongStateError(f"Nothing has been imported into {variant_name} yet.")
    return found


class _Tally:
    """Counts verdicts by what people ask about."""

    def __init__(self) -> None:
        self.row_count = 0
        self.verdicts: Counter[str] = Counter(dict.fromkeys(("keep", "blur", "exclude", PENDING), 0))
        self.reasons: dict[str, Counter[str]] = {}
        self.labels: dict[str, Counter[str]] = {}

    def add(self, label: str | None, decided: Verdict | Pending) -> None:
        """One image more."""
        if isinstance(decided, Pending):
            action, reasons = PENDING, tuple(f"{fact}-not-looked-for-yet" for fact in sorted(decided.needs))
        else:
            action, reasons = decided.action.value, decided.reasons
        self.row_count += 1
        self.verdicts[action] += 1
        self.reasons.setdefault(action, Counter()).update(reasons)
        self.labels.setdefault(label or "", Counter())[action] += 1

    def as_dicts(self) -> tuple[dict[str, int], dict[str, dict[str, int]], dict[str, dict[str, int]]]:
        """Verdicts, reasons and labels, as plain dictionaries."""
        return (
            dict(self.verdicts),
            {action: dict(sorted(counts.items())) for action, counts in self.reasons.items()},
            {label: dict(counts) for label, counts in self.labels.items()},
        )


def _tally(session: Session, blobs: BlobStore, newest: Import, policy: Policy) -> _Tally:
    document = policies.load(blobs, policy)
    stopped = verdicts.stops(session)
    tally = _Tally()
    with manifests.opened(blobs, manifest_of(newest)) as file:
        for entry in manifests.iter_source(file):
            tally.add(entry.label, verdicts.decide(document, entry, stopped))
    return tally


def manifest_of(done: Import) -> str:
    """The SHA-256 of a finished import's manifest.

    Raises:
        WrongStateError: the import is not finished.
    """
    if done.manifest_sha256 is None:
        raise WrongStateError("This import is not finished.")
    return done.manifest_sha256


def plan(act: Act, shown: Preview, recipe: Recipe) -> Release:
    """A planned release that will do what the preview showed.

    Raises:
        ForbiddenError: the actor may not plan releases.
        WrongStateError: a newer import was finished since the preview.
    """
    require(act.actor, Permission.RELEASE_PLAN)
    variant_name = names.variant_name(act.session, shown.variant_id)
    if newest_import(act.session, shown.variant_id, variant_name).id != shown.import_id:
        raise WrongStateError(f"{variant_name} was imported again since the plan was shown; look at it again.")
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
    audit.record(act, Event.RELEASE_PLANNED, "release", names.release_label(act.session, release), rows=shown.row_count)
    return release


def _next_number(act: Act, variant_id: UUID) -> str:
    numbers = act.session.exec(select(Release.number).where(Release.variant_id == variant_id))
    year = f"{act.now.year}."
    used = [int(number.removeprefix(year)) for number in numbers if number.startswith(year)]
    return f"{year}{max(used, default=0) + 1}"
