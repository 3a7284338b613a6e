"""Datasheets: every fact about a release computed from the record, to be signed and shown."""

from collections.abc import Iterator

from sqlmodel import Session, col, select

from registry.errors import WrongStateError
from registry.models.datasets import Variant
from registry.models.imports import Import
from registry.models.people import Person
from registry.models.policies import Policy
from registry.models.releases import Approval, Release, ReleaseState
from registry.proof import bundle
from registry.proof.datasheet import (
    NONE,
    UNKNOWN,
    Datasheet,
    ManifestFacts,
    ParentFacts,
    PersonFacts,
    PolicyFacts,
    RecipeFacts,
    VerdictCounts,
)
from registry.proof.manifest import Totals
from registry.queries import names, overlays
from registry.services.imports import NO_ASSERTION
from registry.services.planning import PENDING


def compose(session: Session, release: Release, totals: Totals, detector: dict[str, str]) -> Datasheet:
    """The datasheet of a release that is being signed.

    Args:
        session: to read the record with.
        release: built, with a signer.
        totals: what the release's canonical lines add up to.
        detector: what the recipe says about how faces were looked for.

    Raises:
        AccountNotClosedError: the totals do not add up to the parent.
        WrongStateError: the release is not being signed.
    """
    if release.signed_by is None or release.built_at is None:
        raise WrongStateError("Only a release that is being signed has a datasheet.")
    dataset_slug, variant_slug = names.variant_name(session, release.variant_id).split("/")
    parent = session.get_one(Import, release.import_id)
    variant = session.get_one(Variant, release.variant_id)
    policy = session.get_one(Policy, release.policy_id)
    return Datasheet(
        release=names.release_label(session, release),
        dataset=dataset_slug,
        variant=variant_slug,
        release_number=release.number,
        created_at=release.built_at,
        parent=ParentFacts(root=totals.parent_root, rows=totals.rows),
        manifest=ManifestFacts.of(totals),
        verdicts=VerdictCounts(**totals.verdicts),
        reasons=totals.reasons,
        policy=PolicyFacts(name=policy.name, version=policy.version, digest=f"sha256:{policy.sha256}"),
        recipe=RecipeFacts(digest=f"sha256:{release.recipe_sha256}", detector=detector),
        sources=(_source(parent), *_base(session, release)),
        licence=UNKNOWN if variant.licence == NO_ASSERTION else variant.licence,
        people=tuple(_people(session, release)),
        known_limits=tuple(_known_limits(variant, release, totals, detector)),
        previous_release=_previous(session, release),
    )


def _source(parent: Import) -> str:
    folder = parent.source.rstrip("/").rpartition("/")[2]
    return (
        f"The folder {folder!r}, layout {parent.layout}, read on {parent.started_at:%Y-%m-%d}: "
        f"{parent.row_count} files, {parent.total_bytes} bytes."
    )


def _base(session: Session, release: Release) -> Iterator[str]:
    """What an overlay stands on; nothing where the variant is none."""
    found = overlays.read(session, names.variant_name(session, release.variant_id))
    if found is not None:
        yield (
            f"Every image is one that the release {found.base} handed out (datasheet {found.datasheet}); "
            f"policies pinned: {', '.join(found.pins)}."
        )


def _people(session: Session, release: Release) -> Iterator[PersonFacts]:
    def handle(person_id: object) -> str:
        return session.get_one(Person, person_id).handle

    yield PersonFacts(role="planned", person=handle(release.planned_by))
    given = select(Approval).where(
        Approval.release_id == release.id, Approval.approval_digest == release.approval_digest
    )
    for approval in session.exec(given.order_by(col(Approval.approved_at))):
        yield PersonFacts(role="approved", person=handle(approval.person_id))
    yield PersonFacts(role="signed", person=handle(release.signed_by))


def _known_limits(variant: Variant, release: Release, totals: Totals, detector: dict[str, str]) -> Iterator[str]:
    # What waits for faces in the plan is what they were looked for in; policies choose their own words for the rest.
    if totals.verdicts["blur"] or release.plan.get("verdicts", {}).get(PENDING):
        if "detection" in detector:
            yield "Nobody looked for faces: those that were known beforehand were blurred, and no others."
        else:
            yield _missed(detector)
        yield "A blurred face hides who somebody is from sight; clothes, places and captions may still tell."
    if detector.get("waiting", "0") != "0":
        yield f"In {detector['waiting']} images nobody has decided what is a face; doubtful places are as they were."
    if totals.verdicts["exclude"]:
        excluded = totals.verdicts["exclude"]
        yield f"{excluded} images of the parent are not in the release; the manifest says why for each."
    if variant.licence == NO_ASSERTION:
        yield "The registry records no licence for this collection, and none for its images."
    yield "Labels are those of the source; they have not been verified."


def _missed(detector: dict[str, str]) -> str:
    return (
        f"Faces were looked for by {detector['name']}, which misses some: a face that was not found was not "
        f"blurred. {detector.get('measured', 'How many it misses has not been measured.')}"
        " On this dataset nobody has measured it."
    )


def _previous(session: Session, release: Release) -> str:
    statement = (
        select(Release)
        .where(Release.variant_id == release.variant_id, Release.state == ReleaseState.PUBLISHED)
        .order_by(col(Release.published_at).desc())
    )
    found = session.exec(statement).first()
    if found is None or found.files is None:
        return NONE
    return f"sha256:{found.files[bundle.DATASHEET]}"
