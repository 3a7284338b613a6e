"""How do codes read to people? One sentence or phrase per code; a test checks that no code lacks one.

The codes themselves stay visible beside the words, so that a page, a command and a file say the same.
"""

from flask import Flask

from policies.takedowns import CaseState, Ground
from registry.access import Permission
from registry.catalogue.manifests import Looser
from registry.models.releases import ReleaseState
from registry.models.takedowns import StepKind, SubjectKind

RELEASES: dict[ReleaseState, str] = {
    ReleaseState.PLANNED: "A maintainer builds it next.",
    ReleaseState.BUILDING: "The worker is at it.",
    ReleaseState.FAILED: "A maintainer mends the cause and builds it again.",
    ReleaseState.BUILT: "Approvers look at it next and approve exactly this digest.",
    ReleaseState.SIGNING: "It is approved, and the signer is at it.",
    ReleaseState.SIGNED: "A maintainer publishes it next.",
    ReleaseState.PUBLISHED: "Anyone can check it; nothing about it changes any more.",
    ReleaseState.ABANDONED: "It will never be signed or published; its record stays.",
}
"""What the state of a release means, and who does what next."""

CASES: dict[CaseState, str] = {
    CaseState.RECEIVED: "Received. We are looking for the image.",
    CaseState.MATCHED: "Found. A reviewer looks at the request next.",
    CaseState.NO_MATCH: "Not found. A reviewer looks at the request next; the image may be here in another form.",
    CaseState.HELD: "On hold. The image enters no new release while the case is open; a reviewer decides next.",
    CaseState.UPHELD_PENDING_CONFIRMATION: "Upheld by one person; a second has to agree. The image stays on hold.",
    CaseState.REJECTED_PENDING_CONFIRMATION: "Rejected by one person; a second has to agree. The image stays on hold.",
    CaseState.UPHELD: "Upheld. The next release of every variant that holds the image leaves it out.",
    CaseState.REJECTED: "Rejected. The image stays.",
    CaseState.FULFILLED: "Fulfilled. The image is gone from the current releases.",
    CaseState.WITHDRAWN: "Withdrawn by whoever asked. The case is closed.",
}
"""What the state of a case means to whoever asked."""

STEPS: dict[StepKind, str] = {
    StepKind.RECEIVED: "Request received",
    StepKind.SEARCHED: "Searched for the image",
    StepKind.IMAGE_ADDED: "Image added by hand",
    StepKind.HOLD_PLACED: "Hold placed",
    StepKind.DECIDED: "Decided",
    StepKind.CONFIRMED: "Confirmed by a second person",
    StepKind.CONFIRMATION_REFUSED: "Sent back by a second person",
    StepKind.WITHDRAWN: "Withdrawn",
    StepKind.FULFILLED: "Fulfilled",
}
"""What was done in a step of a case."""

GROUNDS: dict[Ground, str] = {
    Ground.PRIVACY: "It shows me or somebody I speak for",
    Ground.COPYRIGHT: "I hold the rights to it",
    Ground.SAFETY: "It puts somebody in danger",
    Ground.COURT_ORDER: "A court or an authority ordered it",
    Ground.OTHER: "Another reason",
}
"""Why somebody asks."""

SUBJECTS: dict[SubjectKind, str] = {
    SubjectKind.URL: "The web address at which it was published",
    SubjectKind.PATH: "Its path in a dataset",
    SubjectKind.SHA256: "The SHA-256 of the file",
}
"""How the image is named."""

PERMISSIONS: dict[Permission, str] = {
    Permission.PEOPLE_MANAGE: "Add people, give roles, deactivate accounts",
    Permission.KEYS_MANAGE: "Change signing keys and the trust root",
    Permission.DATASET_IMPORT: "Import images",
    Permission.POLICY_PUBLISH: "Publish policies",
    Permission.PROCEDURE_PUBLISH: "Publish procedures, and propose to put them in force",
    Permission.PROCEDURE_CONFIRM: "Put procedures in force that others propose",
    Permission.RELEASE_PLAN: "Plan releases",
    Permission.RELEASE_BUILD: "Build releases",
    Permission.RELEASE_APPROVE: "Approve releases",
    Permission.RELEASE_SIGN: "Have releases signed",
    Permission.RELEASE_PUBLISH: "Publish releases",
    Permission.RELEASE_EXPORT: "Export releases",
    Permission.RELEASE_ABANDON: "Give releases up",
    Permission.IMAGE_SEE: "See small pictures, and one as it is released; each time is recorded",
    Permission.IMAGE_REVEAL: "Reveal original pictures; each time is recorded",
    Permission.IMAGE_REVIEW: "Answer for images that a rule has sent to review",
    Permission.FACES_DECIDE: "Decide what is a face and what is none",
    Permission.TAKEDOWN_READ: "Read takedown cases",
    Permission.TAKEDOWN_HOLD: "Place holds",
    Permission.TAKEDOWN_DECIDE: "Decide takedown cases",
    Permission.TAKEDOWN_CONFIRM: "Confirm decisions of others",
    Permission.TAKEDOWN_FORGET: "Make the public log forget a case",
    Permission.EXCEPTION_GRANT: "Grant exceptions for single images, and end them",
    Permission.AUDIT_READ: "Read the audit events",
}
"""What a permission lets somebody do."""


LOOSER: dict[Looser, str] = {
    Looser.ABSENT: "The release below has no image under this path.",
    Looser.EXCLUDED: "The release below excluded it.",
    Looser.OTHER_BYTES: "The release below handed out other bytes under this path.",
}
"""Why an image of an overlay is none that its base handed out."""


def install(app: Flask) -> None:
    """The templates of `app` may put codes into words: `{{ case.state | case_words }}`."""
    app.jinja_env.filters.update(
        case_words=CASES.__getitem__,
        ground_words=GROUNDS.__getitem__,
        looser_words=LOOSER.__getitem__,
        permission_words=PERMISSIONS.__getitem__,
        release_words=RELEASES.__getitem__,
        step_words=STEPS.__getitem__,
        subject_words=SUBJECTS.__getitem__,
    )
