"""Rows of every table, valid as they are; tests change one thing and ask what the database says."""

from datetime import UTC, datetime
from typing import Any, TypeVar
from uuid import UUID

from sqlmodel import Session, SQLModel, select

from policies import procedures
from policies.procedures import SHIPPED
from policies.procedures import Kind as ProcedureKind
from policies.takedowns import CaseState, Ground
from policies.verdicts import Action
from registry import ids
from registry.catalogue.layers.kinds import Kind
from registry.catalogue.seeds.document import RelationKind
from registry.models.datasets import Dataset, Variant
from registry.models.detectors import SuppliedDetector
from registry.models.exceptions import Grant, ImageException
from registry.models.faces import FaceDecision, FaceStep, FaceVerdict
from registry.models.image_reviews import ImageReview
from registry.models.imports import Import, ImportState
from registry.models.layers import Layer
from registry.models.lineage import VariantDescription, VariantRelation
from registry.models.links import CheckState, LinkCheck
from registry.models.overlays import Overlay
from registry.models.people import Person
from registry.models.policies import Policy
from registry.models.procedures import ChangeState, Procedure, ProcedureChange
from registry.models.releases import Release, ReleaseState
from registry.models.takedowns import (
    TakedownCase,
)
from registry.models.taxonomies import TaxonomyVersion
from registry.models.transparency import LogLeaf
from registry.models.weights import WeightFile, WeightTraining
from tests.factories.homes import NOW

SHA256 = "5" * 64
FAR = datetime(2999, 1, 1, tzinfo=UTC)
DIGEST = f"sha256:{SHA256}"
TAKEDOWNS = procedures.digest(SHIPPED[ProcedureKind.TAKEDOWNS]).removeprefix("sha256:")

Row = TypeVar("Row", bound=SQLModel)


def mara(session: Session) -> UUID:
    """Somebody whom rows can name."""
    return session.exec(select(Person.id).where(Person.handle == "mara")).one()


def dataset(session: Session, slug: str = "sample") -> Dataset:
    """A dataset."""
    return _added(session, Dataset(id=ids.new_id(), slug=slug, title=slug, created_at=NOW))


def variant(session: Session, slug: str = "photos", **changes: Any) -> Variant:  # noqa: ANN401 - any column
    """A variant, of a dataset of its own if none is named."""
    fields: dict[str, Any] = {
        "id": ids.new_id(),
        "slug": slug,
        "title": slug,
        "licence": "NOASSERTION",
        "created_at": NOW,
    }
    if "dataset_id" not in changes:
        fields["dataset_id"] = dataset(session).id
    return _added(session, Variant(**(fields | changes)))


def policy(session: Session, **changes: Any) -> Policy:  # noqa: ANN401 - any column
    """A published policy."""
    fields: dict[str, Any] = {
        "id": ids.new_id(),
        "name": "faces",
        "version": "1",
        "title": "Faces",
        "sha256": SHA256,
        "published_by": mara(session),
        "published_at": NOW,
    }
    return _added(session, Policy(**(fields | changes)))


def import_(session: Session, **changes: Any) -> Import:  # noqa: ANN401 - any column
    """A finished import, into a variant of its own if none is named."""
    fields: dict[str, Any] = {
        "id": ids.new_id(),
        "source": "/srv/photos",
        "layout": "image-folder",
        "state": ImportState.DONE,
        "started_by": mara(session),
        "started_at": NOW,
        "finished_at": NOW,
        "manifest_sha256": SHA256,
        "root": DIGEST,
        "row_count": 3,
        "total_bytes": 2**40,
        "counts": {"formats": {}, "defects": {}, "labels": {}},
    }
    if "variant_id" not in changes:
        fields["variant_id"] = variant(session).id
    return _added(session, Import(**(fields | changes)))


def unfinished_import(session: Session) -> Import:
    """An import that is still running, into a variant of its own."""
    nothing = dict.fromkeys(("finished_at", "manifest_sha256", "root", "row_count"))
    return import_(
        session,
        variant_id=variant(session, "unread", dataset_id=dataset(session, "unread").id).id,
        state=ImportState.RUNNING,
        **nothing,
    )


def layer(session: Session, **changes: Any) -> Layer:  # noqa: ANN401 - any column
    """A layer of labels, over a variant of its own if none is named."""
    fields: dict[str, Any] = {
        "id": ids.new_id(),
        "kind": Kind.LABELS,
        "name": "real",
        "version": 1,
        "digest": DIGEST,
        "sha256": SHA256,
        "row_count": 2**40,
        "refused_count": 0,
        "totals": {"images": 2},
        "source": "somewhere",
        "dated_on": NOW.date(),
        "imported_by": mara(session),
        "imported_at": NOW,
    }
    if "variant_id" not in changes:
        fields["variant_id"] = variant(session).id
    return _added(session, Layer(**(fields | changes)))


def link_check(session: Session, **changes: Any) -> LinkCheck:  # noqa: ANN401 - any column
    """A check of the links of a layer that runs, over a variant of its own if none is named."""
    fields: dict[str, Any] = {
        "id": ids.new_id(),
        "state": CheckState.RUNNING,
        "started_by": mara(session),
        "started_at": NOW,
    }
    if "variant_id" not in changes:
        said = layer(session, kind=Kind.SOURCES)
        fields |= {"variant_id": said.variant_id, "layer_id": said.id}
    return _added(session, LinkCheck(**(fields | changes)))


def relation(session: Session, **changes: Any) -> VariantRelation:  # noqa: ANN401 - any column
    """A relation between two variants of their own, if none is named."""
    fields: dict[str, Any] = {
        "id": ids.new_id(),
        "kind": RelationKind.SUBSET_OF,
        "evidence": "It is said so.",
        "evidence_sha256": SHA256,
        "source_title": "Somebody",
        "source_url": "https://example.org",
        "recorded_by": mara(session),
        "recorded_at": NOW,
    }
    if "variant_id" not in changes:
        owner = dataset(session, "related")
        fields["variant_id"] = variant(session, "part", dataset_id=owner.id).id
        fields["other_id"] = variant(session, "whole", dataset_id=owner.id).id
    return _added(session, VariantRelation(**(fields | changes)))


def description(session: Session, **changes: Any) -> VariantDescription:  # noqa: ANN401 - any column
    """What is said of a variant of its own, if none is named."""
    fields: dict[str, Any] = {
        "id": ids.new_id(),
        "version": 1,
        "seed_sha256": SHA256,
        "content": {},
        "recorded_by": mara(session),
        "recorded_at": NOW,
    }
    if "variant_id" not in changes:
        fields["variant_id"] = variant(session).id
    return _added(session, VariantDescription(**(fields | changes)))


def taxonomy(session: Session, **changes: Any) -> TaxonomyVersion:  # noqa: ANN401 - any column
    """A version of a taxonomy."""
    fields: dict[str, Any] = {
        "id": ids.new_id(),
        "name": "wordnet",
        "version": 1,
        "form": "wordnet",
        "sha256": SHA256,
        "synset_count": 3,
        "kind_count": 2,
        "instance_count": 1,
        "refused_count": 0,
        "imported_by": mara(session),
        "imported_at": NOW,
    }
    return _added(session, TaxonomyVersion(**(fields | changes)))


def detector(session: Session, **changes: Any) -> SuppliedDetector:  # noqa: ANN401 - any column
    """Weights that somebody brought."""
    fields: dict[str, Any] = {
        "id": ids.new_id(),
        "name": "mine",
        "kind": "yunet",
        "sha256": SHA256,
        "size_bytes": 7,
        "licence": "MIT",
        "added_by": mara(session),
        "added_at": NOW,
    }
    return _added(session, SuppliedDetector(**(fields | changes)))


def release(session: Session, **changes: Any) -> Release:  # noqa: ANN401 - any column
    """A published release: it has everything that any state asks for."""
    fields: dict[str, Any] = {
        "id": ids.new_id(),
        "number": "2026.1",
        "state": ReleaseState.PUBLISHED,
        "recipe_name": "dlib-hog",
        "recipe_sha256": SHA256,
        "plan": {},
        "planned_by": mara(session),
        "planned_at": NOW,
        "manifest_sha256": SHA256,
        "lines_sha256": SHA256,
        "root": DIGEST,
        "counts": {},
        "approval_digest": DIGEST,
        "built_at": NOW,
        "signed_by": mara(session),
        "signed_at": NOW,
        "files": {},
        "published_by": mara(session),
        "published_at": NOW,
    }
    if "import_id" not in changes:
        parent = import_(session)
        fields |= {"import_id": parent.id, "variant_id": parent.variant_id, "policy_id": policy(session).id}
    return _added(session, Release(**(fields | changes)))


def case(session: Session, **changes: Any) -> TakedownCase:  # noqa: ANN401 - any column
    """A takedown case that nobody has looked at."""
    fields: dict[str, Any] = {
        "id": ids.new_id(),
        "number": ids.new_case_number(),
        "code_words_hash": "argon2",
        "ground": Ground.OTHER,
        "state": CaseState.RECEIVED,
        "received_at": NOW,
        "procedure_sha256": TAKEDOWNS,
    }
    return _added(session, TakedownCase(**(fields | changes)))


def leaf_of(number: int, entry: bytes = b"{}") -> LogLeaf:
    """A leaf of the public log that nobody has appended."""
    return LogLeaf(number=number, kind="release", subject=DIGEST, label="a/b/2026.1", entry=entry, appended_at=NOW)


def leaf(session: Session, number: int, entry: bytes = b"{}") -> LogLeaf:
    """A leaf of the public log."""
    return _added(session, leaf_of(number, entry))


def face_decision(session: Session, **changes: Any) -> FaceDecision:  # noqa: ANN401 - any column
    """A decision that a box is a face, about a release of its own if none is named."""
    fields: dict[str, Any] = {
        "id": ids.new_id(),
        "image_sha256": SHA256,
        "step": FaceStep.ACCEPTED,
        "verdict": FaceVerdict.FACE,
        "left_px": 0,
        "top_px": 0,
        "right_px": 10,
        "bottom_px": 12,
        "path": "a/b",
        "reason": "a face",
        "decided_by": mara(session),
        "decided_at": NOW,
    }
    if "release_id" not in changes:
        fields["release_id"] = release(session).id
    return _added(session, FaceDecision(**(fields | changes)))


def exception(session: Session, **changes: Any) -> ImageException:  # noqa: ANN401 - any column
    """An exception that keeps an image, of a variant of its own if none is named."""
    fields: dict[str, Any] = {
        "id": ids.new_id(),
        "grants": Grant.KEEP,
        "image_sha256": SHA256,
        "path": "a/b",
        "reason": "because",
        "owner_id": mara(session),
        "granted_by": mara(session),
        "granted_at": NOW,
        "until": FAR,
    }
    if "variant_id" not in changes:
        fields["variant_id"] = variant(session).id
    return _added(session, ImageException(**(fields | changes)))


def procedure(session: Session, **changes: Any) -> Procedure:  # noqa: ANN401 - any column
    """A published procedure."""
    fields: dict[str, Any] = {
        "id": ids.new_id(),
        "kind": ProcedureKind.TAKEDOWNS,
        "name": "ours",
        "version": "1",
        "title": "Ours",
        "sha256": SHA256,
        "published_by": mara(session),
        "published_at": NOW,
    }
    return _added(session, Procedure(**(fields | changes)))


def procedure_change(session: Session, **changes: Any) -> ProcedureChange:  # noqa: ANN401 - any column
    """A proposal to put a procedure in force, one of its own if none is named."""
    fields: dict[str, Any] = {
        "id": ids.new_id(),
        "state": ChangeState.PROPOSED,
        "begins_at": NOW,
        "proposed_by": mara(session),
        "proposed_at": NOW,
        "reason": "because",
    }
    if "procedure_id" not in changes:
        fields["procedure_id"] = procedure(session).id
    return _added(session, ProcedureChange(**(fields | changes)))


def overlay(session: Session, base: Release) -> Overlay:
    """An overlay that stands on a release."""
    words: dict[str, Any] = {"datasheet_sha256": SHA256, "pins": [DIGEST], "made_by": mara(session), "made_at": NOW}
    return _added(session, Overlay(variant_id=base.variant_id, base_id=base.id, **words))


def image_review(session: Session, **changes: Any) -> ImageReview:  # noqa: ANN401 - any column
    """A decision to keep an image that waits, about a release of its own if none is named."""
    fields: dict[str, Any] = {
        "id": ids.new_id(),
        "image_sha256": SHA256,
        "asked": "person-subtree",
        "decided": Action.KEEP,
        "path": "a/b",
        "reason": "because",
        "decided_by": mara(session),
        "decided_at": NOW,
    }
    if "release_id" not in changes:
        fields["release_id"] = release(session).id
    return _added(session, ImageReview(**(fields | changes)))


def weights(session: Session, **changes: Any) -> WeightFile:  # noqa: ANN401 - any column
    """Weights of which nobody has said what they saw."""
    words: dict[str, Any] = {
        "name": "resnet",
        "title": "A network",
        "licence": "MIT",
        "sha256": SHA256,
        "size_bytes": 7,
    }
    when: dict[str, Any] = {"id": ids.new_id(), "recorded_by": mara(session), "recorded_at": NOW}
    return _added(session, WeightFile(**(words | when | changes)))


def training(session: Session, **changes: Any) -> WeightTraining:  # noqa: ANN401 - any column
    """What weights of their own were trained on: a variant of its own, if nothing is named."""
    fields: dict[str, Any] = {
        "id": ids.new_id(),
        "evidence": "The paper says so.",
        "evidence_sha256": SHA256,
        "source_title": "A paper",
        "recorded_by": mara(session),
        "recorded_at": NOW,
    }
    if "weights_id" not in changes:
        fields["weights_id"] = weights(session).id
    if not {"variant_id", "base_id"} & changes.keys():
        fields["variant_id"] = variant(session).id
    return _added(session, WeightTraining(**(fields | changes)))


def _added(session: Session, row: Row) -> Row:
    session.add(row)
    session.flush()
    return row
