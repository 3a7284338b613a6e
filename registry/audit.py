"""Audit: who did what to which thing, written in the transaction of the act itself."""

from enum import StrEnum

from registry import ids
from registry.acts import Act
from registry.errors import Fact
from registry.models.audit import AuditEvent


class Event(StrEnum):
    """What can have happened, as `subject.past-participle`."""

    PERSON_ADDED = "person.added"
    PERSON_DEACTIVATED = "person.deactivated"
    PERSON_ROLES_CHANGED = "person.roles-changed"
    PERSON_PASSWORD_CHANGED = "person.password-changed"  # noqa: S105 - the name of an event
    PERSON_SIGNED_IN = "person.signed-in"
    PERSON_SIGNED_OUT = "person.signed-out"
    KEY_MADE = "key.made"
    KEY_TRUSTED = "key.trusted"
    KEY_RETIRED = "key.retired"
    ROOT_PUBLISHED = "root.published"
    VARIANT_REGISTERED = "variant.registered"
    SEED_PLANTED = "seed.planted"
    WEIGHTS_RECORDED = "weights.recorded"
    IMPORT_STARTED = "import.started"
    IMPORT_FINISHED = "import.finished"
    IMPORT_FAILED = "import.failed"
    TAXONOMY_IMPORTED = "taxonomy.imported"
    WORDS_REVEALED = "words.revealed"
    LAYER_IMPORTED = "layer.imported"
    LINKS_CHECK_ASKED = "links.check-asked"
    LINKS_CHECKED = "links.checked"
    LINKS_CHECK_FAILED = "links.check-failed"
    POLICY_PUBLISHED = "policy.published"
    POLICY_FILE_ADDED = "policy.file-added"
    PROCEDURE_PUBLISHED = "procedure.published"
    PROCEDURE_PROPOSED = "procedure.proposed"
    PROCEDURE_CONFIRMED = "procedure.confirmed"
    PROCEDURE_REFUSED = "procedure.refused"
    DETECTOR_ADDED = "detector.added"
    OVERLAY_MADE = "overlay.made"
    EXCEPTION_GRANTED = "exception.granted"
    EXCEPTION_ENDED = "exception.ended"
    RELEASE_PLANNED = "release.planned"
    RELEASE_BUILD_ASKED = "release.build-asked"
    RELEASE_REMARKED = "release.remarked"
    RELEASE_BUILT = "release.built"
    RELEASE_FAILED = "release.failed"
    RELEASE_APPROVED = "release.approved"
    RELEASE_SIGNING_ASKED = "release.signing-asked"
    RELEASE_SIGNED = "release.signed"
    RELEASE_PUBLISHED = "release.published"
    RELEASE_EXPORTED = "release.exported"
    RELEASE_ABANDONED = "release.abandoned"
    IMAGE_REVEALED = "image.revealed"
    IMAGE_SHOWN = "image.shown"
    FACES_DECIDED = "faces.decided"
    IMAGE_REVIEWED = "image.reviewed"
    TAKEDOWN_RECEIVED = "takedown.received"
    TAKEDOWN_MATCHED = "takedown.matched"
    TAKEDOWN_HELD = "takedown.held"
    TAKEDOWN_DECIDED = "takedown.decided"
    TAKEDOWN_CONFIRMED = "takedown.confirmed"
    TAKEDOWN_REFUSED = "takedown.refused"
    TAKEDOWN_WITHDRAWN = "takedown.withdrawn"
    TAKEDOWN_FULFILLED = "takedown.fulfilled"
    TAKEDOWN_FORGOTTEN = "takedown.forgotten"


def record(act: Act, event: Event, subject_kind: str, subject_id: object, **facts: Fact) -> None:
    """The act's event will be in the audit trail exactly when the act commits.

    `facts` never hold what a claimant said or who they are.
    """
    act.session.add(
        AuditEvent(
            id=ids.new_id(),
            happened_at=act.now,
            event=event.value,
            actor_id=act.actor.person_id,
            actor_name=act.actor.name,
            subject_kind=subject_kind,
            subject_id=str(subject_id),
            facts=dict(facts),
        )
    )
