"""At least one row in every table, for what has to hold for all of them."""

from uuid import UUID

from sqlmodel import Session, SQLModel

from policies.takedowns import CaseState
from registry import ids
from registry.catalogue.layers.kinds import Kind
from registry.models.audit import AuditEvent
from registry.models.faces import ReleaseFaces
from registry.models.links import LinkCheckShard
from registry.models.people import PersonRole, Role, WebSession
from registry.models.releases import Approval, ReleasePreviews, ReleaseShard
from registry.models.takedowns import (
    Revocation,
    StepKind,
    SubjectKind,
    TakedownImage,
    TakedownRequester,
    TakedownStep,
)
from registry.models.transparency import LogCheckpoint, LogSalt
from tests.factories import rows
from tests.factories.homes import NOW


def one_of_each(session: Session) -> None:
    """At least one row in every table but those of people, who are there already."""
    made = rows.release(session)
    asked = rows.case(session)
    person_id = rows.mara(session)
    rows.layer(session, variant_id=made.variant_id)
    rows.leaf(session, 0)
    rows.description(session, variant_id=made.variant_id)
    rows.relation(session)
    rows.taxonomy(session)
    rows.detector(session)
    rows.exception(session, variant_id=made.variant_id)
    rows.overlay(session, made)
    rows.image_review(session, release_id=made.id)
    rows.training(session, variant_id=made.variant_id)
    rows.procedure_change(session)
    said = rows.layer(session, variant_id=made.variant_id, name="urls", kind=Kind.SOURCES)
    checked = rows.link_check(session, variant_id=made.variant_id, layer_id=said.id)
    session.add_all(
        [
            LinkCheckShard(check_id=checked.id, number=0, link_count=1, found_sha256=rows.SHA256, done_at=NOW),
            LogCheckpoint(size=1, root_sha256=rows.SHA256, note=b"note", signed_at=NOW),
            PersonRole(person_id=person_id, role=Role.AUDITOR),
            rows.face_decision(session, release_id=made.id),
            ReleaseFaces(release_id=made.id, is_detected=True, decisions_sha256=rows.SHA256),
            ReleasePreviews(release_id=made.id, index_sha256=rows.SHA256),
            ReleaseShard(release_id=made.id, number=2**30, image_count=1, results_sha256=rows.SHA256, done_at=NOW),
            Approval(
                id=ids.new_id(),
                release_id=made.id,
                person_id=person_id,
                approval_digest=rows.DIGEST,
                reason="because",
                approved_at=NOW,
            ),
            *_of_case(asked.id, made.variant_id),
            WebSession(token_sha256=rows.SHA256, person_id=person_id, created_at=NOW, last_seen_at=NOW, expires_at=NOW),
            AuditEvent(
                id=ids.new_id(),
                happened_at=NOW,
                event="release.planned",
                actor_id=person_id,
                actor_name="mara",
                subject_kind="release",
                subject_id="sample/photos/2026.1",
                facts={"rows": 3},
            ),
        ]
    )
    session.flush()


def _of_case(case_id: UUID, variant_id: UUID) -> list[SQLModel]:
    """What a case leaves in other tables; the public log has a leaf already."""
    return [
        LogSalt(number=0, case_id=case_id, image_sha256=rows.SHA256, salt=bytes(32)),
        TakedownRequester(case_id=case_id, subject_kind=SubjectKind.PATH, subject="a/b"),
        TakedownImage(case_id=case_id, image_sha256=rows.SHA256, variant_id=variant_id, path="a/b", added_at=NOW),
        TakedownStep(
            id=ids.new_id(),
            case_id=case_id,
            kind=StepKind.RECEIVED,
            state_after=CaseState.RECEIVED,
            taken_at=NOW,
        ),
        Revocation(
            id=ids.new_id(),
            case_id=case_id,
            number=1,
            envelope_sha256=rows.SHA256,
            image_count=1,
            issued_at=NOW,
        ),
    ]
