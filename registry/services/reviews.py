"""Reviews: has enough of what was doubtful about faces been decided for a release to be signed?"""

from sqlmodel import Session

from policies import releases as rules
from policies.releases import ApprovalProblem
from registry.blobs import BlobStore
from registry.errors import WrongStateError
from registry.models.policies import Policy
from registry.models.releases import Release
from registry.queries import faces
from registry.services import policies


def problems(session: Session, blobs: BlobStore, release: Release) -> tuple[ApprovalProblem, ...]:
    """Why the review of a built release stands between it and its signature; empty where it does not."""
    document = policies.load(blobs, session.get_one(Policy, release.policy_id)).document
    standing = faces.standing(session, blobs, release)
    return rules.check_reviews(document.open_reviews_at_most, is_open=standing.open, unmet=standing.unmet)


def expect_reviewed(session: Session, blobs: BlobStore, release: Release) -> None:
    """Nothing, when as much of the release is reviewed as its policy asks for, and it blurs what was confirmed.

    Raises:
        WrongStateError: it is not.
    """
    found = problems(session, blobs, release)
    if found:
        raise WrongStateError(" ".join(problem.sentence for problem in found))
